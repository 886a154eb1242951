package dev.loopgate.model;

/**
 * A path prefix that matches on segment borders: {@code /api} matches {@code /api} and {@code /api/x}, not {@code /apix}.
 *
 * @param value begins with a slash and does not end in one, except for {@code /} itself, which matches every path
 */
public record PathPrefix(String value) {

    public static final PathPrefix ROOT = new PathPrefix("/");

    @Override
    public String toString() {
        return value;
    }
}

package dev.loopgate.model;

import java.util.Locale;

/**
 * The names a virtual host answers to.
 *
 * @param kind how {@code name} is matched
 * @param name lower case; without the leading {@code *.} for a wildcard, empty for {@link Kind#ANY}
 */
public record HostPattern(Kind kind, String name) {

    /** How a name is matched; an exact name beats a wildcard, and the longest wildcard wins. */
    public enum Kind {
        /** This name only. */
        EXACT,
        /** Any number of labels, at least one, before the name. */
        WILDCARD,
        /** Every name that nothing else matches. */
        ANY
    }

    public static HostPattern exact(String name) {
        return new HostPattern(Kind.EXACT, name.toLowerCase(Locale.ROOT));
    }

    /** @param suffix the name behind {@code *.} */
    public static HostPattern wildcard(String suffix) {
        return new HostPattern(Kind.WILDCARD, suffix.toLowerCase(Locale.ROOT));
    }

    public static HostPattern any() {
        return new HostPattern(Kind.ANY, "");
    }

    /** As in the file: {@code app.localhost}, {@code *.shop.localhost}, {@code *}. */
    @Override
    public String toString() {
        return switch (kind) {
            case EXACT -> name;
            case WILDCARD -> "*." + name;
            case ANY -> "*";
        };
    }
}

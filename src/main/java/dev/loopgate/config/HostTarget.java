package dev.loopgate.config;

import java.nio.file.Path;

/**
 * What a host is to lead to, as it is typed on a command line.
 *
 * @param word a port, a URL, a Unix socket, or a folder
 * @param folder whether it is a folder
 */
public record HostTarget(String word, boolean folder) {

    /**
     * @param word a path, where it begins with {@code /}, {@code ./} or {@code ../}
     * @param from the folder that relative paths are meant from
     * @param file the configuration, absolute, from whose folder it counts them
     */
    public static HostTarget of(String word, Path from, Path file) {
        boolean folder = word.matches("\\.{0,2}/.*|\\.{1,2}");
        Path base = file.getParent();
        if (!folder || word.startsWith("/") || base == null) {
            return new HostTarget(word, folder);
        }
        if (base.normalize().equals(from.normalize())) {
            return new HostTarget(word, true);
        }
        String path =
                base.normalize().relativize(from.resolve(word).normalize()).toString();
        return new HostTarget(path.startsWith("..") ? path : "./" + path, true);
    }

    String text(boolean json) {
        String text = scalar(word, json);
        return folder ? "{" + scalar("files", json) + ": " + text + "}" : text;
    }

    /** With quotes where it needs some. */
    static String scalar(String word, boolean json) {
        boolean number = word.matches("0|[1-9][0-9]{0,8}");
        if (number || (!json && HostEdit.plain(word))) {
            return word;
        }
        StringBuilder quoted = new StringBuilder("\"");
        word.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
            } else if (c < ' ' || c == 0x7f) {
                quoted.append(String.format(java.util.Locale.ROOT, "\\u%04x", c));
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return quoted.append('"').toString();
    }
}

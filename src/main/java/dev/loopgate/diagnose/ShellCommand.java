package dev.loopgate.diagnose;

import dev.loopgate.net.Printable;
import java.util.List;
import java.util.stream.Collectors;

/** A command line to paste into a shell: what is special to one, in paths for the most part, is quoted. */
public final class ShellCommand {

    private ShellCommand() {}

    public static String of(String... words) {
        return of(List.of(words));
    }

    public static String of(List<String> words) {
        return words.stream().map(ShellCommand::word).collect(Collectors.joining(" "));
    }

    /** One word of it. */
    public static String word(String word) {
        if (word.matches("[A-Za-z0-9_@%+=:,./-]+")) {
            return word;
        }
        return Printable.is(word) ? "'" + word.replace("'", "'\\''") + "'" : escaped(word);
    }

    /** What a terminal would not show: by its number, as bash, zsh and POSIX since 2024 have it. */
    private static String escaped(String word) {
        StringBuilder escaped = new StringBuilder("$'");
        word.codePoints().forEach(point -> {
            if (point == '\'' || point == '\\') {
                escaped.append('\\').appendCodePoint(point);
            } else if (Printable.is(point)) {
                escaped.appendCodePoint(point);
            } else {
                for (byte part : Character.toString(point).getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
                    escaped.append(String.format(java.util.Locale.ROOT, "\\%03o", part & 0xff));
                }
            }
        });
        return escaped.append('\'').toString();
    }
}

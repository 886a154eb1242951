package dev.loopgate.devserver;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The words of a command line of the shell, as far as they can be told without a shell. */
final class ShellWords {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=@%+,-]+");

    private ShellWords() {}

    /**
     * The words of the last command, which is the one that whatever is appended goes to.
     *
     * @return empty where something appended would go elsewhere (a pipe, a command in the background, a comment), or where
     *     the words depend on the shell
     */
    static Optional<List<String>> ofLastCommand(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean open = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\'' || c == '"') {
                int end = line.indexOf(c, i + 1);
                String quoted = end < 0 ? "" : line.substring(i + 1, end);
                if (end < 0 || (c == '"' && (quoted.contains("`") || quoted.contains("\\")))) {
                    return Optional.empty();
                }
                word.append(quoted);
                open = true;
                i = end;
            } else if (Character.isWhitespace(c) || c == ';' || c == '&' || c == '|') {
                if (open) {
                    words.add(word.toString());
                    word.setLength(0);
                    open = false;
                }
                boolean doubled = i + 1 < line.length() && line.charAt(i + 1) == c;
                if (c == ';' || c == '\n' || ((c == '&' || c == '|') && doubled)) {
                    words.clear();
                    i += c == '&' || c == '|' ? 1 : 0;
                } else if (c == '&' || c == '|') {
                    return Optional.empty();
                }
            } else if ("<>()`\\#{}".indexOf(c) >= 0 || (c == '$' && line.startsWith("$(", i))) {
                return Optional.empty();
            } else {
                word.append(c);
                open = true;
            }
        }
        if (open) {
            words.add(word.toString());
        }
        return words.isEmpty() ? Optional.empty() : Optional.of(words);
    }

    /** The line with more words behind it. */
    static String appended(String line, List<String> words) {
        StringBuilder all = new StringBuilder(line.stripTrailing());
        words.forEach(word -> all.append(' ').append(quoted(word)));
        return all.toString();
    }

    private static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}

package dev.loopgate.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Collects what is wrong. The same problem at the same place, met twice through an alias, counts once. */
final class Problems {

    private static final int LONGEST_QUOTE = 60;

    private final Set<Problem> errors = new LinkedHashSet<>();
    private final Set<Problem> warnings = new LinkedHashSet<>();
    private final Set<Place> unknowable = new HashSet<>();

    void error(Place place, String message) {
        error(place, message, Optional.empty());
    }

    void error(Place place, String message, String hint) {
        error(place, message, Optional.of(hint));
    }

    /** As {@link #error}, of a value that cannot be known because of it: nothing more is said of that place. */
    void errorAndNoMore(Place place, String message, String hint) {
        error(place, message, hint);
        unknowable.add(place);
    }

    private void error(Place place, String message, Optional<String> hint) {
        if (!unknowable.contains(place)) {
            errors.add(problem(place, message, hint));
        }
    }

    void warn(Place place, String message, String hint) {
        warnings.add(problem(place, message, Optional.of(hint)));
    }

    int errorCount() {
        return errors.size();
    }

    /** In the order of the files and, within one, of its lines. */
    List<Problem> errors(List<Path> files) {
        return sorted(errors, files);
    }

    List<Problem> warnings(List<Path> files) {
        return sorted(warnings, files);
    }

    private static List<Problem> sorted(Collection<Problem> problems, List<Path> files) {
        List<Problem> list = new ArrayList<>(problems);
        list.sort(Comparator.comparingInt((Problem problem) -> files.indexOf(problem.file()))
                .thenComparingInt(Problem::line)
                .thenComparingInt(Problem::column));
        return list;
    }

    private static Problem problem(Place place, String message, Optional<String> hint) {
        return new Problem(
                place.file(), place.line(), place.column(), printable(message), hint.map(Problems::printable));
    }

    /** The text in double quotes, shortened where it is long. */
    static String quote(String text) {
        if (text.codePointCount(0, text.length()) <= LONGEST_QUOTE) {
            return '"' + text + '"';
        }
        return '"' + text.substring(0, text.offsetByCodePoints(0, LONGEST_QUOTE)) + "…\"";
    }

    /** Control characters and line separators as escapes: a file must not be able to drive a terminal. */
    private static String printable(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (Character.getType(c)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.SURROGATE,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR -> out.append(escape(c));
                default -> out.appendCodePoint(c);
            }
        });
        return out.toString();
    }

    private static String escape(int c) {
        return switch (c) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default ->
                c < 0x10000 ? String.format(Locale.ROOT, "\\u%04x", c) : String.format(Locale.ROOT, "\\U%08x", c);
        };
    }
}

package dev.loopgate.cli;

import dev.loopgate.net.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What one change of a text looks like, as {@code diff -u} would print it. */
final class LineDiff {

    private static final Pattern LINE = Pattern.compile("[^\n]*\n|[^\n]+$");
    private static final int CONTEXT = 3;

    private LineDiff() {}

    /** @return empty where the texts are equal */
    static List<String> lines(String name, String old, String changed, Style style) {
        if (old.equals(changed)) {
            return List.of();
        }
        List<String> from = split(old);
        List<String> to = split(changed);
        int head = 0;
        while (head < Math.min(from.size(), to.size()) && from.get(head).equals(to.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < Math.min(from.size(), to.size()) - head
                && from.get(from.size() - 1 - tail).equals(to.get(to.size() - 1 - tail))) {
            tail++;
        }
        int start = Math.max(0, head - CONTEXT);
        int after = Math.min(CONTEXT, tail);
        List<String> lines = new ArrayList<>();
        lines.add(style.bold("--- " + name));
        lines.add(style.bold("+++ " + name));
        lines.add(style.cyan("@@ -" + range(start, from.size() - tail + after) + " +"
                + range(start, to.size() - tail + after) + " @@"));
        from.subList(start, head).forEach(line -> add(" ", line, lines));
        from.subList(head, from.size() - tail).forEach(line -> add(style.red("-"), line, lines));
        to.subList(head, to.size() - tail).forEach(line -> add(style.green("+"), line, lines));
        from.subList(from.size() - tail, from.size() - tail + after).forEach(line -> add(" ", line, lines));
        return lines;
    }

    /** Lines count from one; an empty range is named by the line before it. */
    private static String range(int start, int end) {
        return (end == start ? start : start + 1) + "," + (end - start);
    }

    private static void add(String mark, String line, List<String> lines) {
        lines.add(mark + shown(line.stripTrailing()));
        if (!line.endsWith("\n")) {
            lines.add("\\ No newline at end of file");
        }
    }

    /** A tab is part of the layout. */
    private static String shown(String line) {
        return Arrays.stream(line.split("\t", -1)).map(Printable::kept).collect(Collectors.joining("\t"));
    }

    private static List<String> split(String text) {
        return LINE.matcher(text).results().map(found -> found.group()).toList();
    }
}

package dev.loopgate.cli;

import java.util.ArrayList;
import java.util.List;

/** Lines whose first part is padded to one width, unless it is far longer than the rest. */
final class Columns {

    private static final int WIDEST = 48;

    private final List<Row> rows = new ArrayList<>();

    private record Row(String first, String shown, String second) {}

    /**
     * @param first decides on the width
     * @param shown what is printed for it: the same with its colours
     */
    Columns add(String first, String shown, String second) {
        rows.add(new Row(first, shown, second));
        return this;
    }

    List<String> lines() {
        int width = rows.stream()
                .mapToInt(row -> row.first.length())
                .filter(length -> length <= WIDEST)
                .max()
                .orElse(0);
        return rows.stream()
                .map(row ->
                        (row.shown + " ".repeat(Math.max(0, width - row.first.length())) + row.second).stripTrailing())
                .toList();
    }
}

package dev.loopgate.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** What each case is about, as bars: every proxy as a multiple of the best of the others. */
record Chart(Results results, List<String> peers, String caption) {

    private static final Map<String, String> COLOURS = Map.of(
            "Loopgate",
            "#0b7285",
            "nginx",
            "#adb5bd",
            "HAProxy",
            "#868e96",
            "HAProxy, splice",
            "#5c636a",
            "Caddy",
            "#ced4da");
    private static final int LEFT = 440;
    private static final int BAR = 14;
    private static final int ONE = 130;
    private static final double MOST = 3.2;
    private static final int WIDTH = 970;

    String svg() {
        StringBuilder bars = new StringBuilder();
        int y = 64;
        for (Results.Row row : results.rows()) {
            if (row.measure().charted()) {
                int from = y;
                y = group(bars, row, y);
                text(
                        bars,
                        LEFT - 10,
                        from + 11,
                        "end",
                        "#212529",
                        row.of().name() + ": " + row.of().title());
                text(bars, LEFT - 10, from + 26, "end", "#868e96", row.measure().heading());
            }
        }
        int height = y + 10;
        return """
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" \
                font-family="system-ui, sans-serif" font-size="12">
                <rect width="%1$d" height="%2$d" fill="#fff"/>
                %3$s%4$s</svg>
                """.formatted(WIDTH, height, heading(height), bars);
    }

    private String heading(int height) {
        StringBuilder out = new StringBuilder();
        text(out, 16, 24, "start", "#212529", "Cost as a multiple of the best other proxy; shorter is better");
        text(out, 16, 42, "start", "#868e96", caption);
        out.append("<line x1=\"%1$d\" x2=\"%1$d\" y1=\"54\" y2=\"%2$d\" stroke=\"#dee2e6\"/>\n"
                .formatted(LEFT + ONE, height - 6));
        return out.toString();
    }

    private int group(StringBuilder out, Results.Row row, int from) {
        double best = results.best(row, peers.subList(1, peers.size()))
                .map(peer -> results.median(row, peer).orElse(1))
                .orElseGet(() -> results.median(row, peers.get(0)).orElse(1));
        int y = from;
        for (String peer : peers) {
            OptionalDouble value = results.median(row, peer);
            if (value.isPresent() && best > 0) {
                double multiple = value.getAsDouble() / best;
                int width = (int) Math.max(1, Math.min(multiple, MOST) * ONE);
                out.append("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n"
                        .formatted(LEFT, y, width, BAR - 2, COLOURS.getOrDefault(peer, "#ced4da")));
                String label = peer + " " + String.format(Locale.ROOT, "%.2f", multiple) + " ("
                        + Table.number(value.getAsDouble()) + ")";
                text(out, LEFT + width + 5, y + 10, "start", "#495057", label);
                y += BAR;
            }
        }
        return Math.max(y, from + 30) + 12;
    }

    private static void text(StringBuilder out, int x, int y, String anchor, String colour, String text) {
        out.append("<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" fill=\"%s\">%s</text>\n"
                .formatted(x, y, anchor, colour, text.replace("&", "&amp;").replace("<", "&lt;")));
    }
}

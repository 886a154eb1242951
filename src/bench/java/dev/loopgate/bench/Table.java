package dev.loopgate.bench;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** The results as a Markdown table. */
record Table(Results results, List<String> peers) {

    String markdown() {
        StringBuilder out = new StringBuilder("| case | measure | ");
        out.append(String.join(" | ", peers)).append(" | Loopgate / best other |\n|---|---|");
        out.append("--:|".repeat(peers.size() + 1)).append('\n');
        String title = "";
        for (Results.Row row : results.rows()) {
            if (row.measure().equals(Measure.ERRORS) && allZero(row)) {
                continue;
            }
            String here = "`" + row.of().name() + "`: " + row.of().title();
            out.append("| ").append(here.equals(title) ? "" : here);
            out.append(" | ").append(row.measure().heading());
            title = here;
            for (String peer : peers) {
                OptionalDouble value = results.median(row, peer);
                out.append(" | ").append(value.isPresent() ? number(value.getAsDouble()) : "–");
            }
            out.append(" | ").append(ratio(row)).append(" |\n");
        }
        return out.toString();
    }

    private String ratio(Results.Row row) {
        Optional<String> best = results.best(row, peers.subList(1, peers.size()));
        OptionalDouble ratio = best.isEmpty() ? OptionalDouble.empty() : results.ratio(row, peers.get(0), best.get());
        return ratio.isPresent() ? String.format(Locale.ROOT, "%.2f", ratio.getAsDouble()) : "–";
    }

    private boolean allZero(Results.Row row) {
        return peers.stream().allMatch(peer -> results.median(row, peer).orElse(0) == 0);
    }

    /** Three digits that count. */
    static String number(double value) {
        double size = Math.abs(value);
        String format = size >= 100 || size == 0 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }
}

package dev.loopgate.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What was read, round by round, and what it comes to. */
final class Results {

    /** One line of the table. */
    record Row(Case of, Measure measure) {}

    private final Map<Row, Map<String, List<Double>>> all = new LinkedHashMap<>();

    void add(Case of, Peer peer, List<Reading> readings) {
        for (Reading reading : readings) {
            all.computeIfAbsent(new Row(of, reading.measure()), row -> new LinkedHashMap<>())
                    .computeIfAbsent(peer.name(), name -> new ArrayList<>())
                    .add(reading.value());
        }
    }

    List<Row> rows() {
        return List.copyOf(all.keySet());
    }

    /** The median over all rounds; empty where this proxy was not measured. */
    OptionalDouble median(Row row, String peer) {
        List<Double> values = values(row, peer);
        return values == null ? OptionalDouble.empty() : OptionalDouble.of(middle(values));
    }

    /** The best of these by their medians; empty where none was measured. */
    Optional<String> best(Row row, List<String> peers) {
        Optional<String> best = Optional.empty();
        double bestValue = row.measure().lowerIsBetter() ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
        for (String peer : peers) {
            OptionalDouble value = median(row, peer);
            if (value.isPresent()
                    && (row.measure().lowerIsBetter()
                            ? value.getAsDouble() < bestValue
                            : value.getAsDouble() > bestValue)) {
                best = Optional.of(peer);
                bestValue = value.getAsDouble();
            }
        }
        return best;
    }

    /** The median of the rounds' own ratios: what disturbs a whole round disturbs both sides of it. */
    OptionalDouble ratio(Row row, String peer, String to) {
        List<Double> ours = values(row, peer);
        List<Double> theirs = values(row, to);
        if (ours == null || theirs == null) {
            return OptionalDouble.empty();
        }
        List<Double> ratios = IntStream.range(0, Math.min(ours.size(), theirs.size()))
                .filter(i -> theirs.get(i) > 0)
                .mapToObj(i -> ours.get(i) / theirs.get(i))
                .toList();
        return ratios.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(middle(ratios));
    }

    private @Nullable List<Double> values(Row row, String peer) {
        return all.getOrDefault(row, Map.of()).get(peer);
    }

    private static double middle(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }
}

package dev.loopgate.e2e;

import java.util.ArrayList;
import java.util.List;

/** Samples of something that goes up and down, in the order of time, of which only the lows say whether it grows. */
final class Growth {

    private final List<Double> samples = new ArrayList<>();

    void add(double sample) {
        samples.add(sample);
    }

    /** From the lowest of the middle third to the lowest of the last: the first is the start's. */
    double amount() {
        int third = samples.size() / 3;
        return lowest(samples.size() - third, samples.size()) - lowest(third, samples.size() - third);
    }

    private double lowest(int from, int to) {
        return samples.subList(from, to).stream()
                .min(Double::compare)
                .orElseThrow(() -> new AssertionError("too few samples: " + samples));
    }

    @Override
    public String toString() {
        int third = samples.size() / 3;
        return "%d samples, lows by thirds %.2f, %.2f, %.2f MiB"
                .formatted(
                        samples.size(),
                        lowest(0, third),
                        lowest(third, samples.size() - third),
                        lowest(samples.size() - third, samples.size()));
    }
}

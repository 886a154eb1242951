package dev.loopgate.bench;

import java.util.Arrays;

/** Every latency of a load, in nanoseconds: there are few enough to keep. */
final class Latencies {

    private long[] all = new long[1 << 14];
    private int count;

    void add(long nanos) {
        if (count == all.length) {
            all = Arrays.copyOf(all, count * 2);
        }
        all[count++] = nanos;
    }

    int count() {
        return count;
    }

    /** Milliseconds at a quantile; not a number where there are none. */
    double millis(double quantile) {
        if (count == 0) {
            return Double.NaN;
        }
        long[] sorted = Arrays.copyOf(all, count);
        Arrays.sort(sorted);
        return sorted[(int) Math.min(count - 1, Math.ceil(quantile * count) - 1)] / 1e6;
    }
}

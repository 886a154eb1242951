package dev.loopgate.bench;

import java.io.IOException;
import java.time.Duration;

/** A way of loading a proxy for a while. */
interface Load {

    /** Blocks for about as long as it is told. */
    Outcome run(RunningPeer peer, Duration span) throws IOException;

    /**
     * What came of it.
     *
     * @param units exchanges that were completed, or gigabytes that were moved
     * @param seconds it took
     * @param failed exchanges that were not completed
     * @param closed connections that were closed while nothing was under way
     */
    record Outcome(double units, double seconds, int failed, int closed, Latencies latencies) {}

    /** What it is begun with, for a proxy that becomes quicker the more it does. */
    default Load warmUp() {
        return this;
    }
}

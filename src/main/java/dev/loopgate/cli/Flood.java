package dev.loopgate.cli;

import java.time.Duration;

/** Lets the first few of many messages of a kind through: a range has thousands of ports to say the same of. One thread. */
final class Flood {

    private static final int FEW = 16;

    /** What comes after so long a silence is another matter. */
    private static final long QUIET_NANOS = Duration.ofSeconds(3).toNanos();

    private final Runnable last;
    private int passed;
    private long latest;

    /** @param last says, once, that others are kept back */
    Flood(Runnable last) {
        this.last = last;
    }

    void offer(Runnable message) {
        offer(message, System.nanoTime());
    }

    void offer(Runnable message, long now) {
        if (passed > 0 && now - latest > QUIET_NANOS) {
            passed = 0;
        }
        latest = now;
        passed = Math.min(passed, FEW + 1) + 1;
        if (passed <= FEW) {
            message.run();
        } else if (passed == FEW + 1) {
            last.run();
        }
    }
}

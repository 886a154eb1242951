package dev.loopgate.forward;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ObjLongConsumer;

/** Tells the first event at once and those of a storm by their count, at most once in each period. Any thread. */
final class Throttle {

    private final ScheduledExecutorService timer;
    private final Duration period;
    private final ObjLongConsumer<String> tell;
    private final AtomicBoolean waiting = new AtomicBoolean();
    private final AtomicLong untold = new AtomicLong();
    private volatile String last = "";

    Throttle(ScheduledExecutorService timer, Duration period, ObjLongConsumer<String> tell) {
        this.timer = timer;
        this.period = period;
        this.tell = tell;
    }

    void happened(String what) {
        last = what;
        untold.incrementAndGet();
        if (waiting.compareAndSet(false, true)) {
            tellNow();
        }
    }

    private void tellNow() {
        long count = untold.getAndSet(0);
        if (count > 0) {
            tell.accept(last, count);
        }
        try {
            timer.schedule(this::periodOver, period.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException goingDown) {
            waiting.set(false);
        }
    }

    private void periodOver() {
        if (untold.get() == 0) {
            waiting.set(false);
        }
        if (untold.get() > 0 && (waiting.get() || waiting.compareAndSet(false, true))) {
            tellNow();
        }
    }
}

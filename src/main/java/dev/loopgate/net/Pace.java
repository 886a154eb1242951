package dev.loopgate.net;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A limit to how much passes in a time, shared by all who have to keep to it: each passing moves a point in time on, and
 * what would move it beyond the present is too soon (the generic cell rate algorithm). Any thread.
 */
public final class Pace {

    /** Everything passes. */
    public static final Pace UNLIMITED = new Pace();

    private final AtomicLong due = new AtomicLong(Long.MIN_VALUE);
    private volatile double nanosPerUnit;
    private volatile long burstNanos;
    private volatile int limit;

    /** No limit until {@link #set} sets one. */
    public Pace() {}

    /**
     * From now on. What has passed before counts no more, unless it is the same limit.
     *
     * @param units in that time, evenly or, after a pause, {@code burst} of it at once; zero: any number
     * @param nanos more than zero
     * @param burst in nanoseconds
     */
    public synchronized void set(long units, long nanos, long burst) {
        double each = units == 0 ? 0 : (double) nanos / units;
        if (each == nanosPerUnit && burst == burstNanos) {
            return;
        }
        burstNanos = burst;
        nanosPerUnit = each;
        due.set(Long.MIN_VALUE);
        limit++;
    }

    /** Another number after each change of the limit. */
    public int limit() {
        return limit;
    }

    public boolean limited() {
        return nanosPerUnit > 0;
    }

    /** Whether something may pass now, which is counted then. What is larger than the burst may pass as well. */
    public boolean allows(long units, long now) {
        double each = nanosPerUnit;
        if (each == 0) {
            return true;
        }
        while (true) {
            long before = due.get();
            long from = from(before, now);
            if (from - now > 0) {
                return false;
            }
            if (due.compareAndSet(before, from + (long) (units * each))) {
                return true;
            }
        }
    }

    /**
     * Counts what passes.
     *
     * @param units less than zero: what was counted and will not pass
     * @return how long nothing more may pass, in nanoseconds; zero or less: at once
     */
    public long passed(long units, long now) {
        double each = nanosPerUnit;
        if (each == 0) {
            return 0;
        }
        return due.updateAndGet(before -> from(before, now) + (long) (units * each)) - now;
    }

    private long from(long before, long now) {
        long earliest = now - burstNanos;
        return before == Long.MIN_VALUE || before - earliest < 0 ? earliest : before;
    }
}

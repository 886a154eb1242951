package dev.loopgate.testkit;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for what happens on another thread or in another process: polls, and gives up with a message. */
public final class Eventually {

    /** Long enough for a busy machine; a test that passes never waits for it. */
    public static final Duration LIMIT = Duration.ofSeconds(15);

    private static final long STEP_NANOS = 2_000_000;

    private Eventually() {}

    /** Waits until the condition holds. */
    public static void until(String what, BooleanSupplier condition) {
        until(what, LIMIT, condition);
    }

    public static void until(String what, Duration limit, BooleanSupplier condition) {
        if (!holds(limit, condition)) {
            throw new AssertionError("not within " + limit.toMillis() + " ms: " + what);
        }
    }

    /** Waits for a value other than null. */
    public static <T> T value(String what, Supplier<@Nullable T> source) {
        until(what, () -> source.get() != null);
        return Objects.requireNonNull(source.get(), what);
    }

    /** Waits until the assertions pass; the last one that did not is the error. */
    public static void asserted(Runnable assertions) {
        AssertionError[] last = new AssertionError[1];
        boolean passed = holds(LIMIT, () -> {
            try {
                assertions.run();
                return true;
            } catch (AssertionError notYet) {
                last[0] = notYet;
                return false;
            }
        });
        if (!passed && last[0] != null) {
            throw last[0];
        }
    }

    /** Whether the condition holds at some time before the limit. */
    public static boolean holds(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return condition.getAsBoolean();
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
        return true;
    }
}

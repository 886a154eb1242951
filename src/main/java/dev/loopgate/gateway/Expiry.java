package dev.loopgate.gateway;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** When something ends by itself. Any thread. */
final class Expiry {

    private final Vertx vertx;
    private final Runnable end;
    private @Nullable Instant until;
    private long timer = -1;

    /** @param end runs on an event loop, once */
    Expiry(Vertx vertx, Runnable end) {
        this.vertx = vertx;
        this.end = end;
    }

    /** @param lifetime from now on; zero: for good */
    synchronized void set(Duration lifetime) {
        cancel();
        until = lifetime.isZero() ? null : Instant.now().plus(lifetime);
        if (!lifetime.isZero()) {
            timer = vertx.setTimer(Math.max(1, lifetime.toMillis()), now -> end.run());
        }
    }

    synchronized void cancel() {
        if (timer != -1) {
            vertx.cancelTimer(timer);
            timer = -1;
        }
    }

    /** Empty where it does not end by itself. */
    synchronized Optional<Instant> until() {
        return Optional.ofNullable(until);
    }
}

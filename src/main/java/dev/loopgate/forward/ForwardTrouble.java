package dev.loopgate.forward;

import dev.loopgate.forward.ForwardStatus.ForwardError;
import dev.loopgate.model.Forward;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a forward turned away or could not deliver: counted, and told now and then. Any thread. */
final class ForwardTrouble {

    private static final Duration REFUSED_PERIOD = Duration.ofSeconds(1);
    private static final Duration UNREACHABLE_PERIOD = Duration.ofSeconds(5);

    private final Throttle refusals;
    private final Throttle outages;
    private final LongAdder refused = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile @Nullable ForwardError lastError;

    /** @param rule the one in force when something is told */
    ForwardTrouble(EventLoop timer, Supplier<? extends Forward> rule, ForwardEvents events) {
        refusals = new Throttle(timer, REFUSED_PERIOD, (why, count) -> events.refused(rule.get(), why, count));
        outages =
                new Throttle(timer, UNREACHABLE_PERIOD, (cause, count) -> events.unreachable(rule.get(), cause, count));
    }

    void refused(String reason) {
        refusals.happened(reason);
        // Last: whoever sees the count may rely on its having been told.
        refused.increment();
    }

    /** Refusals that are counted and not told. */
    void dropped(int count) {
        refused.add(count);
    }

    void unreachable(String cause) {
        lastError = new ForwardError(cause, Instant.now());
        outages.happened(cause);
        failed.increment();
    }

    /** How often something was refused or dropped. */
    long refusals() {
        return refused.sum();
    }

    /** How often no target could be reached. */
    long failures() {
        return failed.sum();
    }

    Optional<ForwardError> lastError() {
        return Optional.ofNullable(lastError);
    }
}

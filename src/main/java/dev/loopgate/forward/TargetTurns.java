package dev.loopgate.forward;

import dev.loopgate.forward.ForwardStatus.Down;
import dev.loopgate.model.UpstreamAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * In which order the targets of a forward are tried: by turns, and those last that could not be reached a moment ago, so
 * that nobody waits for them while another one serves. Any thread.
 */
final class TargetTurns {

    /** A target that could not be reached stays behind the others for so long. */
    private static final Duration BEHIND = Duration.ofSeconds(10);

    /** Hears when a target that has others beside it is lost, with the cause, or reached again. */
    interface Listener {
        void targetChanged(UpstreamAddress target, Optional<String> cause);
    }

    /** @param until as {@link System#nanoTime()} counts */
    private record Lost(String cause, long until) {}

    private final Listener listener;
    private final long behindNanos;
    private final AtomicInteger turn = new AtomicInteger();
    private final Map<UpstreamAddress, Lost> lost = new ConcurrentHashMap<>();

    TargetTurns(Listener listener) {
        this(listener, BEHIND);
    }

    TargetTurns(Listener listener, Duration behind) {
        this.listener = listener;
        this.behindNanos = behind.toNanos();
    }

    List<UpstreamAddress> next(List<UpstreamAddress> targets) {
        int size = targets.size();
        if (size == 1) {
            return targets;
        }
        int first = Math.floorMod(turn.getAndIncrement(), size);
        long now = System.nanoTime();
        List<UpstreamAddress> order = new ArrayList<>(size);
        List<UpstreamAddress> behind = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            UpstreamAddress target = targets.get((first + i) % size);
            Lost since = lost.isEmpty() ? null : lost.get(target);
            (since != null && since.until() - now > 0 ? behind : order).add(target);
        }
        order.addAll(behind);
        return order;
    }

    void unreachable(UpstreamAddress target, String cause) {
        if (lost.put(target, new Lost(cause, System.nanoTime() + behindNanos)) == null) {
            listener.targetChanged(target, Optional.of(cause));
        }
    }

    void reached(UpstreamAddress target) {
        if (!lost.isEmpty() && lost.remove(target) != null) {
            listener.targetChanged(target, Optional.empty());
        }
    }

    /** Those of these targets that could not be reached when it was tried last. */
    List<Down> down(List<UpstreamAddress> targets) {
        List<Down> down = new ArrayList<>();
        for (UpstreamAddress target : targets) {
            Lost since = lost.get(target);
            if (since != null) {
                down.add(new Down(target, since.cause()));
            }
        }
        return down;
    }

    /** Forgets the targets that a new rule does not name. */
    void keep(List<UpstreamAddress> targets) {
        lost.keySet().retainAll(targets);
    }
}

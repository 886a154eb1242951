package dev.loopgate.devserver;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The ports that a dev server listens on besides its own, and what they answered: each is asked as seldom as can be, since
 * whoever listens there sees a request that it did not expect. One thread.
 */
final class OtherPorts {

    /** What a port says to a request for a page. */
    enum Answer {
        PAGE,
        /** Something else: it is not asked again while it is open. */
        REFUSAL,
        /** Nothing, perhaps since it is still at work on its first page. */
        SILENCE
    }

    /** Until one that was silent is asked again; twice as long each time. */
    private static final Duration FIRST = Duration.ofSeconds(2);

    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final IntFunction<Answer> ask;
    private final Set<Integer> refused = new HashSet<>();
    private final Map<Integer, Pause> silent = new HashMap<>();

    /** @param until as {@link System#nanoTime()} counts */
    private record Pause(long until, Duration length) {}

    /** @param ask may block for seconds */
    OtherPorts(IntFunction<Answer> ask) {
        this.ask = ask;
    }

    /**
     * The first of these that has a page.
     *
     * @param open all that are open now; another that opens where one was closed is asked anew
     * @param now as {@link System#nanoTime()} counts
     */
    OptionalInt page(SortedSet<Integer> open, long now) {
        refused.retainAll(open);
        silent.keySet().retainAll(open);
        for (int port : open) {
            Pause pause = silent.get(port);
            if (refused.contains(port) || (pause != null && now - pause.until < 0)) {
                continue;
            }
            Answer answer = ask.apply(port);
            if (answer == Answer.PAGE) {
                return OptionalInt.of(port);
            }
            if (answer == Answer.REFUSAL) {
                refused.add(port);
            } else {
                silent.put(port, after(pause, now));
            }
        }
        return OptionalInt.empty();
    }

    private static Pause after(@Nullable Pause before, long now) {
        Duration length = before == null ? FIRST : before.length.multipliedBy(2);
        Duration bounded = length.compareTo(LONGEST) > 0 ? LONGEST : length;
        return new Pause(now + bounded.toNanos(), bounded);
    }
}

package dev.loopgate.http;

import dev.loopgate.model.UpstreamAddress;
import org.jspecify.annotations.Nullable;

/**
 * One backend address with its kept connections; the same object from plan to plan, so that a reload keeps them. Each
 * event loop has a pool of its own and touches no other.
 */
final class Upstream {

    private static final long RECENT = 60_000_000_000L;

    private final UpstreamAddress address;
    private final @Nullable UpstreamPool[] pools;

    /** When it last began an answer; a late or torn read only shortens or lengthens a grace period. */
    private volatile long lastAnswer;

    private volatile boolean answered;

    Upstream(UpstreamAddress address, int loops) {
        this.address = address;
        this.pools = new UpstreamPool[loops];
    }

    UpstreamAddress address() {
        return address;
    }

    /** Made when it is first asked for: of ten thousand services few are in use. */
    UpstreamPool pool(HttpLoop loop) {
        UpstreamPool own = pools[loop.index()];
        if (own == null) {
            own = new UpstreamPool();
            pools[loop.index()] = own;
        }
        return own;
    }

    /** Notes an answer; writes at most once a second, so that loops do not fight over the cache line. */
    void answeredAt(long now) {
        if (!answered || now - lastAnswer > 1_000_000_000L) {
            lastAnswer = now;
            answered = true;
        }
    }

    /** Whether it answered within the last minute, so that a refused connection looks like a restart. */
    boolean answeredRecently(long now) {
        return answered && now - lastAnswer < RECENT;
    }
}

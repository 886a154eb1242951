package dev.loopgate.http;

import dev.loopgate.model.Target;
import dev.loopgate.model.UpstreamAddress;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One backend address with its kept connections; the same object from plan to plan, so that a reload keeps them. Each
 * event loop has a pool of its own and touches no other.
 */
final class Upstream {

    private static final long RECENT = 60_000_000_000L;

    /** How long it is taken for granted that the process behind an upstream is the same. */
    private static final long SAME_PROCESS = 30_000_000_000L;

    private final Peer peer;
    private final @Nullable UpstreamPool[] pools;

    /** When it last began an answer; a late or torn read only shortens or lengthens a grace period. */
    private volatile long lastAnswer;

    private volatile boolean answered;

    /** When it was last noted which process answers; a loss of memory or two of it is harmless. */
    private volatile long noted;

    private volatile boolean known;

    /** What was last learned of it; a wrong guess costs a connection, or the time to make one. */
    private volatile int exchangesPerConnection;

    Upstream(Peer peer, int loops) {
        this.peer = peer;
        this.pools = new UpstreamPool[loops];
        this.exchangesPerConnection = peer.http2() || peer.secure() ? Http2Frames.STREAMS : 1;
    }

    UpstreamAddress address() {
        return peer.address();
    }

    /** Whether it is spoken to in HTTP/2 though it has not agreed on it. */
    boolean http2() {
        return peer.http2();
    }

    /** Whether it is spoken to over TLS. */
    boolean secure() {
        return peer.secure();
    }

    /** Whether it has to prove who it is. */
    boolean verified() {
        return peer.security() == Target.Security.VERIFIED;
    }

    /** How many exchanges one of its connections is believed to carry at once; one in HTTP/1.1. */
    int exchangesPerConnection() {
        return exchangesPerConnection;
    }

    void exchangesPerConnection(int number) {
        if (number != exchangesPerConnection) {
            exchangesPerConnection = number;
        }
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

    /**
     * Notes an answer; writes at most once a second, so that loops do not fight over the cache line.
     *
     * @return whether it is worth noting who answers
     */
    boolean answeredAt(long now) {
        if (answered && now - lastAnswer <= 1_000_000_000L) {
            return false;
        }
        lastAnswer = now;
        answered = true;
        if (known && now - noted < SAME_PROCESS) {
            return false;
        }
        noted = now;
        known = true;
        return true;
    }

    /** A connection failed: whoever answers next may be another process, and soon. */
    void lost() {
        if (known) {
            known = false;
        }
    }

    /** When it last began an answer, to within a second. */
    Optional<Instant> lastAnswered() {
        return answered ? Optional.of(Instant.now().minusNanos(System.nanoTime() - lastAnswer)) : Optional.empty();
    }

    /** Whether it answered within the last minute, so that a refused connection looks like a restart. */
    boolean answeredRecently(long now) {
        return answered && now - lastAnswer < RECENT;
    }
}

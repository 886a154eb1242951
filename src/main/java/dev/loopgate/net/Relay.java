package dev.loopgate.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Two connections made one: what either side sends reaches the other, in order and only as fast as it is read there;
 * FIN is passed on as FIN, with the other direction left open, and a reset as a reset.
 *
 * <p>Both channels live on the same event loop, and everything but {@link #bytesFromClient()},
 * {@link #bytesFromUpstream()} and {@link #abort()} is called there. Their pipelines hold no other handler that
 * consumes data.
 */
public final class Relay {

    /** How a relay ended. */
    public enum End {
        /** Both sides had sent FIN and everything was passed on. */
        CLOSED,
        /** The client's connection broke off; the upstream's was reset. */
        CLIENT_RESET,
        /** The upstream's connection broke off; the client's was reset. */
        UPSTREAM_RESET,
        /** Both directions were silent for too long; both connections were reset. */
        IDLE,
        /** {@link Relay#abort()}, or the process is going down; both connections were reset. */
        ABORTED
    }

    /** Hears the end of a relay, once, on its event loop; both channels are closed or closing then. */
    @FunctionalInterface
    public interface Listener {
        void ended(Relay relay, End end);
    }

    /** How quickly the bytes of each direction may pass. */
    public record Paces(Pace fromClient, Pace fromUpstream) {

        public static final Paces UNLIMITED = new Paces(Pace.UNLIMITED, Pace.UNLIMITED);
    }

    /** How often a half-closed connection is asked whether it has failed meanwhile: nothing else tells. */
    private static final long HALF_CLOSED_CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final EventLoop loop;
    private final RelaySide client;
    private final RelaySide upstream;
    private final long idleNanos;
    private final Listener listener;

    private boolean ended;
    private long seenBytes;
    private long silentSince;
    private @Nullable ScheduledFuture<?> idleTimer;
    private @Nullable ScheduledFuture<?> halfClosedTimer;

    /**
     * Takes both connections over; the bytes flow from {@link #start()} on.
     *
     * @param budget told of what waits for a stalled side
     * @param paces for the bytes from the client and those from the upstream
     * @param idle how long both directions may be silent, at most an eighth longer; zero: for ever
     */
    public Relay(Channel client, Channel upstream, QueueBudget budget, Paces paces, Duration idle, Listener listener) {
        this.loop = client.eventLoop();
        this.client = new RelaySide(this, client, budget, paces.fromClient(), End.CLIENT_RESET);
        this.upstream = new RelaySide(this, upstream, budget, paces.fromUpstream(), End.UPSTREAM_RESET);
        this.client.peer = this.upstream;
        this.upstream.peer = this.client;
        this.idleNanos = idle.toNanos();
        this.listener = listener;
        this.client.install();
        this.upstream.install();
    }

    /** Before {@link #start()}: passes bytes on that were read from the client already; takes the reference. */
    public void fromClient(ByteBuf bytes) {
        client.pass(bytes);
    }

    /** Before {@link #start()}: passes bytes on that were read from the upstream already; takes the reference. */
    public void fromUpstream(ByteBuf bytes) {
        upstream.pass(bytes);
    }

    /** Before {@link #start()}: the client's FIN was read already. */
    public void clientEnded() {
        client.inputEnded();
    }

    /** Before {@link #start()}: the upstream's FIN was read already. */
    public void upstreamEnded() {
        upstream.inputEnded();
    }

    /** Lets the bytes flow. */
    public void start() {
        if (ended) {
            return;
        }
        if (idleNanos > 0) {
            silentSince = System.nanoTime();
            scheduleIdleCheck();
        }
        client.begin();
        upstream.begin();
    }

    /** Ends both connections by a reset, at once. Any thread; does nothing once the relay has ended. */
    public void abort() {
        if (loop.inEventLoop()) {
            broken(End.ABORTED);
        } else {
            loop.execute(() -> broken(End.ABORTED));
        }
    }

    /** Bytes read from the client so far. Any thread. */
    public long bytesFromClient() {
        return client.bytes();
    }

    /** Bytes read from the upstream so far. Any thread. */
    public long bytesFromUpstream() {
        return upstream.bytes();
    }

    /** A side ended, or wrote its last byte. */
    void progressed() {
        if (ended) {
            return;
        }
        if (client.outputDone() && upstream.outputDone()) {
            end(End.CLOSED);
        } else if (halfClosedTimer == null) {
            halfClosedTimer = loop.scheduleAtFixedRate(
                    this::checkHalfClosed, HALF_CLOSED_CHECK_NANOS, HALF_CLOSED_CHECK_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    void broken(End how) {
        if (!ended) {
            end(how);
            client.reset();
            upstream.reset();
        }
    }

    boolean hasEnded() {
        return ended;
    }

    private void end(End how) {
        ended = true;
        stop(idleTimer);
        stop(halfClosedTimer);
        listener.ended(this, how);
    }

    private static void stop(@Nullable ScheduledFuture<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** Bytes are compared now and then: a timer that each read moved would cost more than the read's bookkeeping. */
    private void checkIdle() {
        long now = System.nanoTime();
        long bytes = client.bytes() + upstream.bytes();
        if (bytes != seenBytes || client.braked() || upstream.braked()) {
            seenBytes = bytes;
            silentSince = now;
        }
        if (now - silentSince >= idleNanos) {
            broken(End.IDLE);
        } else if (!ended) {
            scheduleIdleCheck();
        }
    }

    private void scheduleIdleCheck() {
        idleTimer = loop.schedule(this::checkIdle, Math.max(1, idleNanos / 8), TimeUnit.NANOSECONDS);
    }

    private void checkHalfClosed() {
        client.checkFailed();
        upstream.checkFailed();
    }
}

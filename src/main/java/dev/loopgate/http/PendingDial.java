package dev.loopgate.http;

import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An exchange on its way to a new upstream connection: connecting, or waiting to try again. */
final class PendingDial {

    private final HttpLoop loop;
    private final Upstream upstream;
    private final Exchange exchange;
    private @Nullable UpstreamDial dial;
    private @Nullable Future<?> pause;
    private boolean cancelled;

    PendingDial(HttpLoop loop, Upstream upstream, Exchange exchange) {
        this.loop = loop;
        this.upstream = upstream;
        this.exchange = exchange;
    }

    /**
     * Connects; the exchange hears of the outcome, perhaps before this returns.
     *
     * @param limit for all of it, TLS included
     * @param shares whether a connection that carries other exchanges as well will do
     */
    void start(Duration limit, boolean shares) {
        boolean shared = shares && upstream.exchangesPerConnection() > 1;
        UpstreamDial begun = shared ? upstream.pool(loop).joinable(limit) : null;
        if (begun != null) {
            dial = begun;
            begun.join(this);
        } else {
            UpstreamDial own = new UpstreamDial(loop, upstream, this, limit, shared);
            dial = own;
            own.start();
        }
    }

    /** Runs something later, unless the exchange ends before. */
    void pause(long nanos, Runnable then) {
        pause = loop.eventLoop().schedule(then, nanos, TimeUnit.NANOSECONDS);
    }

    void cancel() {
        cancelled = true;
        if (dial != null) {
            dial.leave(this);
        }
        if (pause != null) {
            pause.cancel(false);
        }
    }

    boolean isCancelled() {
        return cancelled;
    }

    Exchange exchange() {
        return exchange;
    }

    /** Whether the exchange leaves its connection to others. */
    boolean keepsConnections() {
        HttpRoute route = exchange.route();
        return route != null && route.keepAlive();
    }
}

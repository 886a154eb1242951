package dev.loopgate.http;

import dev.loopgate.net.Dial;
import dev.loopgate.net.DialFailure;
import dev.loopgate.net.DialListener;
import dev.loopgate.net.TlsOrigination;
import dev.loopgate.net.TlsTermination;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An exchange on its way to a new upstream connection: connecting, or waiting to try again. */
final class PendingDial implements DialListener {

    private final HttpLoop loop;
    private final Upstream upstream;
    private final Exchange exchange;
    private @Nullable Dial dial;
    private @Nullable Future<?> pause;
    private @Nullable Channel securing;
    private long deadline;
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
     */
    void start(Duration limit) {
        deadline = loop.now() + limit.toNanos();
        Dial started = loop.transport().dial(loop.eventLoop(), upstream.address(), limit, this);
        dial = started;
        if (cancelled) {
            started.cancel();
        }
    }

    /** Runs something later, unless the exchange ends before. */
    void pause(long nanos, Runnable then) {
        pause = loop.eventLoop().schedule(then, nanos, TimeUnit.NANOSECONDS);
    }

    void cancel() {
        cancelled = true;
        if (dial != null) {
            dial.cancel();
        }
        if (pause != null) {
            pause.cancel(false);
        }
        if (securing != null) {
            TlsTermination.cutOff(securing);
        }
    }

    @Override
    public void connected(Channel channel) {
        channel.config().setAutoClose(false);
        channel.config().setRecvByteBufAllocator(loop.upstreamReads());
        if (upstream.security() == Peer.Security.PLAIN) {
            open(channel, upstream.http2());
        } else {
            secure(channel, exchange.plan().origination());
        }
    }

    private void secure(Channel channel, @Nullable TlsOrigination tls) {
        if (tls == null) {
            TlsTermination.cutOff(channel);
            exchange.notSecured(new TlsOrigination.Fault("this configuration has no means for it", false));
            return;
        }
        securing = channel;
        boolean verify = upstream.security() == Peer.Security.VERIFIED;
        Duration left = Duration.ofNanos(Math.max(0, deadline - loop.now()));
        // An upgrade is asked for in HTTP/1.1.
        boolean http2 = !exchange.upgrade();
        tls.begin(channel, upstream.address(), verify, http2, left, fault -> {
            securing = null;
            if (fault == null && !cancelled) {
                open(channel, TlsOrigination.isHttp2(channel));
                return;
            }
            TlsTermination.cutOff(channel);
            if (fault != null && !cancelled) {
                exchange.notSecured(fault);
            }
        });
    }

    private void open(Channel channel, boolean http2) {
        if (http2) {
            HttpRoute route = exchange.route();
            boolean kept = route != null && route.keepAlive();
            exchange.connected(
                    Http2UpstreamConnection.begin(loop, upstream, channel, kept).open());
            return;
        }
        UpstreamConnection connection = new UpstreamConnection(loop, upstream, channel);
        channel.pipeline().addLast(connection);
        exchange.connected(connection);
    }

    @Override
    public void failed(DialFailure failure) {
        exchange.dialFailed(failure);
    }
}

package dev.loopgate.http;

import dev.loopgate.net.Dial;
import dev.loopgate.net.DialFailure;
import dev.loopgate.net.DialListener;
import dev.loopgate.net.TlsOrigination;
import dev.loopgate.net.TlsTermination;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection to an upstream in the making. While it is believed that it will carry several exchanges, those that want one
 * meanwhile wait for it: the first has it as soon as it is there, the others once the upstream has said how many it takes.
 * Belongs to its event loop, and to no exchange: it goes on while anybody waits.
 */
final class UpstreamDial implements DialListener {

    /** How long an upstream of HTTP/2 may take to say how many exchanges it takes, which it does before all else. */
    private static final long GREETING = 3_000_000_000L;

    private final HttpLoop loop;
    private final Upstream upstream;
    private final PendingDial first;
    private final Duration limit;
    private final boolean shared;
    private final ArrayDeque<PendingDial> waiting = new ArrayDeque<>(1);
    private int joined;
    private long deadline;
    private boolean over;
    private @Nullable Dial dial;
    private @Nullable Channel securing;
    private @Nullable Future<?> patience;
    private @Nullable Http2UpstreamConnection made;

    /**
     * @param first who wants it, and says how
     * @param limit for all of it, TLS included
     * @param shared whether others may join
     */
    UpstreamDial(HttpLoop loop, Upstream upstream, PendingDial first, Duration limit, boolean shared) {
        this.loop = loop;
        this.upstream = upstream;
        this.first = first;
        this.limit = limit;
        this.shared = shared;
        join(first);
    }

    /** Whether one more may join, who would wait as long: nearly all of the limit is left. */
    boolean takes(Duration wanted) {
        return joined < upstream.exchangesPerConnection()
                && limit.equals(wanted)
                && deadline - loop.now() > limit.toNanos() / 10 * 9;
    }

    void join(PendingDial next) {
        joined++;
        waiting.addLast(next);
    }

    /** Waits no more. */
    void leave(PendingDial gone) {
        waiting.remove(gone);
        if (waiting.isEmpty() && made == null) {
            end();
            if (dial != null) {
                dial.cancel();
            }
            if (securing != null) {
                TlsTermination.cutOff(securing);
            }
        }
    }

    /** Connects; who waits hears of the outcome, perhaps before this returns. */
    void start() {
        deadline = loop.now() + limit.toNanos();
        if (shared) {
            upstream.pool(loop).begin(this);
        }
        Dial started = loop.transport().dial(loop.eventLoop(), upstream.address(), limit, this);
        dial = started;
        if (over) {
            started.cancel();
        }
    }

    private void end() {
        over = true;
        upstream.pool(loop).end(this);
        if (patience != null) {
            patience.cancel(false);
        }
    }

    private void all(Consumer<PendingDial> what) {
        end();
        List<PendingDial> told = List.copyOf(waiting);
        waiting.clear();
        for (PendingDial one : told) {
            // What one is told may be the end of another: they may be of one client.
            if (!one.isCancelled()) {
                what.accept(one);
            }
        }
    }

    @Override
    public void failed(DialFailure failure) {
        all(one -> one.exchange().dialFailed(failure));
    }

    @Override
    public void connected(Channel channel) {
        channel.config().setAutoClose(false);
        channel.config().setRecvByteBufAllocator(loop.upstreamReads());
        if (upstream.secure()) {
            secure(channel, first.exchange().plan().origination());
        } else {
            open(channel, upstream.http2());
        }
    }

    private void secure(Channel channel, @Nullable TlsOrigination tls) {
        if (tls == null) {
            TlsTermination.cutOff(channel);
            notSecured(new TlsOrigination.Fault(
                    "this configuration has no means for it", TlsOrigination.Fault.Kind.OTHER));
            return;
        }
        securing = channel;
        Duration left = Duration.ofNanos(Math.max(0, deadline - loop.now()));
        // An upgrade is asked for in HTTP/1.1.
        boolean http2 = !first.exchange().upgrade();
        tls.begin(channel, upstream.address(), upstream.verified(), http2, left, fault -> {
            securing = null;
            if (fault == null && !over) {
                open(channel, TlsOrigination.isHttp2(channel));
                return;
            }
            TlsTermination.cutOff(channel);
            if (fault != null && !over) {
                notSecured(fault);
            }
        });
    }

    private void notSecured(TlsOrigination.Fault fault) {
        all(one -> one.exchange().notSecured(fault));
    }

    private void open(Channel channel, boolean http2) {
        PendingDial next = waiting.remove();
        if (http2) {
            Http2UpstreamConnection connection =
                    Http2UpstreamConnection.begin(loop, upstream, channel, next.keepsConnections());
            made = connection;
            if (shared) {
                connection.whenGreeted(() -> greeted(connection));
                patience = loop.eventLoop().schedule(() -> greeted(connection), GREETING, TimeUnit.NANOSECONDS);
            } else {
                end();
            }
            next.exchange().connected(connection.open());
            return;
        }
        if (shared) {
            // The others were wrong to wait.
            upstream.exchangesPerConnection(1);
        }
        UpstreamConnection connection = new UpstreamConnection(loop, upstream, channel);
        channel.pipeline().addLast(connection);
        next.exchange().connected(connection);
        all(other -> other.start(limit, false));
    }

    /** The upstream has said how many it takes, or it is clear that it will not. */
    private void greeted(Http2UpstreamConnection connection) {
        if (over) {
            return;
        }
        boolean sound = connection.isGreeted();
        all(one -> {
            if (connection.hasRoom()) {
                one.exchange().connected(connection.open());
            } else {
                one.start(limit, sound);
            }
        });
    }
}

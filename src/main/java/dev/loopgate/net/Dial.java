package dev.loopgate.net;

import dev.loopgate.model.UpstreamAddress;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to reach an upstream, over all of its addresses. They are tried in order, the next one when an earlier
 * one fails or has not answered for a while (RFC 8305 §5); the first to answer wins, the others are closed. Everything
 * here happens on one event loop.
 */
public final class Dial {

    /** How soon a Unix socket whose queue is full is tried again: it says so at once instead of making one wait. */
    private static final long BUSY_MILLIS = 5;

    private final Transport transport;
    private final EventLoop loop;
    private final UpstreamAddress target;
    private final long deadline;
    private final DialListener listener;
    private final List<Attempt> running = new ArrayList<>(2);

    private List<? extends SocketAddress> addresses = List.of();
    private long staggerMillis;
    private int next;
    private boolean decided;
    private @Nullable List<DialFailure.Tried> failures;
    private @Nullable ScheduledFuture<?> timer;

    Dial(Transport transport, EventLoop loop, UpstreamAddress target, long timeoutNanos, DialListener listener) {
        this.transport = transport;
        this.loop = loop;
        this.target = target;
        this.deadline = System.nanoTime() + timeoutNanos;
        this.listener = listener;
    }

    /** Gives up without a word: whatever is under way is closed. Any thread; does nothing once the dial has ended. */
    public void cancel() {
        if (loop.inEventLoop()) {
            decide();
        } else {
            loop.execute(this::decide);
        }
    }

    /** @param staggerMillis how long one address may take before the next is tried beside it; zero: until it fails */
    void start(List<? extends SocketAddress> candidates, long staggerMillis) {
        if (decided) {
            return;
        }
        stopTimer();
        this.addresses = candidates;
        this.staggerMillis = staggerMillis;
        tryNext();
    }

    void startResolving(NameLookup names, String host, int port) {
        timer = loop.schedule(
                () -> unresolved(new DialFailure.Tried(target.toString(), DialFailure.Kind.TIMED_OUT, "name lookup")),
                Math.max(1, deadline - System.nanoTime()),
                TimeUnit.NANOSECONDS);
        names.resolve(loop, host, (found, failure) -> {
            if (decided) {
                return;
            }
            if (found == null) {
                unresolved(new DialFailure.Tried(host, DialFailure.Kind.UNRESOLVED, "no address found"));
                return;
            }
            List<InetSocketAddress> sockets = new ArrayList<>(found.size());
            found.forEach(address -> sockets.add(new InetSocketAddress(address, port)));
            start(sockets, Transport.STAGGER_MILLIS);
        });
    }

    void fail(Throwable cause) {
        unresolved(DialFailure.tried(target.toString(), cause));
    }

    private void unresolved(DialFailure.Tried tried) {
        if (decide()) {
            listener.failed(new DialFailure(target, List.of(tried)));
        }
    }

    private void tryNext() {
        SocketAddress address = addresses.get(next++);
        if (next < addresses.size() && staggerMillis > 0) {
            timer = loop.schedule(this::tryNext, staggerMillis, TimeUnit.MILLISECONDS);
        }
        connect(address);
    }

    private void connect(SocketAddress address) {
        Attempt attempt = new Attempt(address);
        running.add(attempt);
        attempt.connect();
    }

    /** @return whether it was open until now */
    private boolean decide() {
        if (decided) {
            return false;
        }
        decided = true;
        stopTimer();
        for (Attempt attempt : running) {
            attempt.abandon();
        }
        running.clear();
        return true;
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void failed(Attempt attempt, Throwable cause) {
        if (decided || !running.remove(attempt)) {
            return;
        }
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (SystemError.of(cause) == SystemError.BUSY && left > BUSY_MILLIS) {
            timer = loop.schedule(() -> connect(attempt.address), BUSY_MILLIS, TimeUnit.MILLISECONDS);
            return;
        }
        if (failures == null) {
            failures = new ArrayList<>(2);
        }
        failures.add(DialFailure.tried(text(attempt.address), cause));
        if (next < addresses.size()) {
            stopTimer();
            tryNext();
        } else if (running.isEmpty() && decide()) {
            listener.failed(new DialFailure(target, failures));
        }
    }

    private String text(SocketAddress address) {
        return target instanceof UpstreamAddress.UnixSocket ? target.toString() : Addresses.text(address);
    }

    /** One connection under way; the channel's only handler until it is handed over. */
    private final class Attempt extends ChannelInboundHandlerAdapter implements ChannelFutureListener {

        private final SocketAddress address;
        private @Nullable Channel channel;

        Attempt(SocketAddress address) {
            this.address = address;
        }

        void connect() {
            Channel fresh;
            try {
                fresh = transport.openClient(address);
            } catch (RuntimeException e) {
                // netty wraps what the system said, such as too many open files
                failed(this, e.getCause() == null ? e : e.getCause());
                return;
            }
            channel = fresh;
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            fresh.config().setOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                    Math.max(1, Math.min(left, Integer.MAX_VALUE)));
            fresh.pipeline().addLast(this);
            loop.register(fresh).addListener(this);
        }

        /** Registered, then connected or not. */
        @Override
        public void operationComplete(ChannelFuture future) {
            if (!future.isSuccess()) {
                future.channel().close();
                failed(this, future.cause());
            } else if (!future.channel().isActive() && !decided) {
                future.channel().connect(address).addListener(this);
            }
        }

        /** Comes before the first read, unlike the completion of the promise, which netty may put off. */
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            Channel connected = ctx.channel();
            running.remove(this);
            if (!decide()) {
                connected.close();
                return;
            }
            transport.answered(address);
            listener.connected(connected);
            ctx.fireChannelActive();
            ctx.pipeline().remove(this);
        }

        void abandon() {
            if (channel != null) {
                channel.close();
            }
        }
    }
}

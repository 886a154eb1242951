package dev.loopgate.net;

import io.netty.channel.Channel;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One that nobody has connected to so far, on epoll: a descriptor that its event loop watches. The first client makes it a
 * channel of netty, which takes several times the memory and the work: most ports of a range never see one. Any thread.
 */
final class QuietListener implements Listener {

    private static final Logger LOG = LoggerFactory.getLogger(QuietListener.class);

    /** Before it is tried again what the system or netty would not do, in milliseconds. */
    private static final long PAUSE = 500;

    private final Transport transport;
    private final IoEventLoop loop;
    private final Consumer<Channel> onAccept;
    private final IntFunction<ServerChannel> channels;
    private final InetSocketAddress address;
    // On the loop only, once it is watched.
    private @Nullable Watched socket;
    private @Nullable IoRegistration watch;
    private @Nullable Channel channel;
    private @Nullable Set<String> told;
    private boolean closed;

    /** Of one family, as netty itself makes them for its channels only. */
    private final class Watched extends Socket implements EpollIoHandle {

        Watched(boolean v6) {
            super(newSocketStream0(v6));
        }

        @Override
        public FileDescriptor fd() {
            return this;
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            wake();
        }
    }

    /** @throws IOException what the system said */
    private QuietListener(
            Transport transport,
            IoEventLoop loop,
            InetSocketAddress asked,
            Consumer<Channel> onAccept,
            IntFunction<ServerChannel> channels)
            throws IOException {
        this.transport = transport;
        this.loop = loop;
        this.onAccept = onAccept;
        this.channels = channels;
        Watched listening = listening(asked);
        socket = listening;
        address = asked.getPort() == 0 ? listening.localAddress() : asked;
    }

    private Watched listening(InetSocketAddress at) throws IOException {
        boolean v6 = at.getAddress() instanceof Inet6Address;
        Watched fresh = new Watched(v6);
        try {
            if (v6) {
                fresh.setIntOpt(SocketKind.IPPROTO_IPV6, SocketKind.EPOLL.v6only(), 1);
            }
            fresh.setReuseAddress(true);
            fresh.bind(at);
            fresh.listen(Transport.BACKLOG);
            return fresh;
        } catch (IOException | RuntimeException e) {
            discard(fresh);
            throw e;
        }
    }

    /**
     * As {@link Transport#listen}. The system is asked on the thread of the caller, whom it does not hold up; clients wait in
     * its queue until the loop watches.
     */
    static Future<Listener> open(
            Transport transport, IoEventLoop loop, InetSocketAddress address, Consumer<Channel> onAccept) {
        return open(transport, loop, address, onAccept, EpollServerSocketChannel::new);
    }

    /** @param channels takes a descriptor that listens */
    static Future<Listener> open(
            Transport transport,
            IoEventLoop loop,
            InetSocketAddress address,
            Consumer<Channel> onAccept,
            IntFunction<ServerChannel> channels) {
        Promise<Listener> opened = Promise.promise();
        QuietListener listener;
        try {
            listener = new QuietListener(transport, loop, address, onAccept, channels);
        } catch (IOException | RuntimeException taken) {
            // Once more: one of ours that is giving the address up does so on the loop, before this.
            loop.execute(() -> {
                try {
                    new QuietListener(transport, loop, address, onAccept, channels).begin(opened);
                } catch (IOException | RuntimeException failure) {
                    opened.fail(new BindFailure(address, cause(failure)));
                }
            });
            return opened.future();
        }
        try {
            loop.execute(() -> listener.begin(opened));
        } catch (RejectedExecutionException over) {
            listener.discard();
            throw over;
        }
        return opened.future();
    }

    /** What the system said, where netty has put something around it. */
    private static Throwable cause(Exception failure) {
        return failure instanceof IOException || failure.getCause() == null ? failure : failure.getCause();
    }

    private void begin(Promise<Listener> opened) {
        try {
            watch();
        } catch (RuntimeException e) {
            closed = true;
            discard();
            opened.fail(new BindFailure(address, cause(e)));
            return;
        }
        opened.complete(this);
    }

    /** The system may refuse: it watches as many as it may for this user. */
    private void watch() {
        // On the loop it is done at once.
        io.netty.util.concurrent.Future<IoRegistration> registered =
                loop.register(Objects.requireNonNull(socket, "one that listens"));
        if (!registered.isSuccess()) {
            throw new IllegalStateException(registered.cause());
        }
        watch = registered.getNow();
        watch.submit(EpollIoOps.EPOLLIN);
    }

    /** Somebody connects, and is accepted once the loop looks again. */
    private void wake() {
        Watched own = socket;
        unwatch();
        if (own == null) {
            return;
        }
        ServerChannel accepting;
        try {
            accepting = channels.apply(own.intValue());
        } catch (RuntimeException failure) {
            discard();
            failed(failure);
            return;
        }
        // From now on it is netty's to close, which it does where it fails.
        socket = null;
        channel = accepting;
        Future.succeededFuture()
                .compose(begun -> transport.open(accepting, null, accepting::localAddress, onAccept))
                .onSuccess(open -> accepting.config().setAutoRead(true))
                .onFailure(failure -> {
                    channel = null;
                    accepting.unsafe().closeForcibly();
                    failed(failure);
                });
    }

    /** Its socket is gone, and another one is to take its place. Each reason is told once. */
    private void failed(Throwable failure) {
        if (closed || loop.isShuttingDown()) {
            return;
        }
        Set<String> known = told == null ? new HashSet<>() : told;
        told = known;
        String reason = String.valueOf(failure.getMessage());
        if (known.add(reason)) {
            LOG.warn("whoever connects to {} has to try again: {}", Addresses.text(address), reason);
        }
        loop.schedule(this::reopen, PAUSE, TimeUnit.MILLISECONDS);
    }

    private void reopen() {
        if (closed) {
            return;
        }
        try {
            socket = listening(address);
            watch();
        } catch (IOException | RuntimeException again) {
            discard();
            failed(cause(again));
        }
    }

    private void unwatch() {
        IoRegistration registration = watch;
        watch = null;
        if (registration != null) {
            registration.cancel();
        }
    }

    @Override
    public SocketAddress address() {
        return address;
    }

    /** It has done so from the start. */
    @Override
    public void accept() {}

    @Override
    public Future<Void> close() {
        Promise<Void> closed = Promise.promise();
        try {
            loop.execute(() -> close(closed));
        } catch (RejectedExecutionException over) {
            // The loop has ended, and has closed everything.
            closed.complete();
        }
        return closed.future();
    }

    private void close(Promise<Void> over) {
        closed = true;
        Channel accepting = channel;
        if (accepting != null) {
            accepting.close().addListener(done -> over.complete());
            return;
        }
        discard();
        over.complete();
    }

    private void discard() {
        unwatch();
        Watched own = socket;
        socket = null;
        if (own != null) {
            discard(own);
        }
    }

    private static void discard(Socket one) {
        try {
            one.close();
        } catch (IOException e) {
            LOG.debug("a socket did not close", e);
        }
    }
}

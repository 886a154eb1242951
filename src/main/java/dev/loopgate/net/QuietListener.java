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
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One that nobody has connected to so far, on epoll: a descriptor that its event loop watches. The first client makes it a
 * channel of netty, which takes several times the memory and the work: most ports of a range never see one. Any thread.
 */
final class QuietListener implements Listener {

    private static final Logger LOG = LoggerFactory.getLogger(QuietListener.class);

    private final Transport transport;
    private final IoEventLoop loop;
    private final Consumer<Channel> onAccept;
    private final Watched socket;
    private final InetSocketAddress address;
    // On the loop only.
    private @Nullable IoRegistration watch;
    private @Nullable Channel channel;

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
    private QuietListener(Transport transport, IoEventLoop loop, InetSocketAddress asked, Consumer<Channel> onAccept)
            throws IOException {
        this.transport = transport;
        this.loop = loop;
        this.onAccept = onAccept;
        boolean v6 = asked.getAddress() instanceof Inet6Address;
        socket = new Watched(v6);
        try {
            if (v6) {
                socket.setIntOpt(SocketKind.IPPROTO_IPV6, SocketKind.EPOLL.v6only(), 1);
            }
            socket.setReuseAddress(true);
            socket.bind(asked);
            socket.listen(Transport.BACKLOG);
            address = asked.getPort() == 0 ? socket.localAddress() : asked;
        } catch (IOException | RuntimeException e) {
            discard(socket);
            throw e;
        }
    }

    /**
     * As {@link Transport#listen}. The system is asked on the thread of the caller, whom it does not hold up; clients wait in
     * its queue until the loop watches.
     */
    static Future<Listener> open(
            Transport transport, IoEventLoop loop, InetSocketAddress address, Consumer<Channel> onAccept) {
        Promise<Listener> opened = Promise.promise();
        QuietListener listener;
        try {
            listener = new QuietListener(transport, loop, address, onAccept);
        } catch (IOException | RuntimeException taken) {
            loop.execute(() -> openBehind(transport, loop, address, onAccept, opened));
            return opened.future();
        }
        try {
            loop.execute(() -> listener.watch(opened));
        } catch (RejectedExecutionException over) {
            discard(listener.socket);
            throw over;
        }
        return opened.future();
    }

    /** Tries once more: one of ours that is giving the address up does so on the loop, before this. */
    private static void openBehind(
            Transport transport,
            IoEventLoop loop,
            InetSocketAddress address,
            Consumer<Channel> onAccept,
            Promise<Listener> opened) {
        try {
            new QuietListener(transport, loop, address, onAccept).watch(opened);
        } catch (IOException e) {
            opened.fail(new BindFailure(address, e));
        } catch (RuntimeException e) {
            opened.fail(new BindFailure(address, e.getCause() == null ? e : e.getCause()));
        }
    }

    private void watch(Promise<Listener> opened) {
        // On the loop it is done at once.
        io.netty.util.concurrent.Future<IoRegistration> registered = loop.register(socket);
        try {
            if (!registered.isSuccess()) {
                throw new IllegalStateException(registered.cause());
            }
            watch = registered.getNow();
            watch.submit(EpollIoOps.EPOLLIN);
        } catch (RuntimeException e) {
            // The system watches as many as it may for this user.
            close(Promise.promise());
            opened.fail(new BindFailure(address, e.getCause() == null ? e : e.getCause()));
            return;
        }
        opened.complete(this);
    }

    /** Somebody connects, and is accepted once the loop looks again. */
    private void wake() {
        unwatch();
        ServerChannel accepting = new EpollServerSocketChannel(socket.intValue());
        channel = accepting;
        transport
                .open(accepting, null, accepting::localAddress, onAccept)
                .onSuccess(open -> accepting.config().setAutoRead(true))
                .onFailure(failure -> LOG.error("nobody can connect to {} any more", Addresses.text(address), failure));
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

    private void close(Promise<Void> closed) {
        Channel accepting = channel;
        if (accepting != null) {
            accepting.close().addListener(done -> closed.complete());
            return;
        }
        unwatch();
        discard(socket);
        closed.complete();
    }

    private static void discard(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("a socket did not close", e);
        }
    }
}

package dev.loopgate.forward;

import dev.loopgate.forward.PortForward.Move;
import dev.loopgate.model.BindAddress;
import dev.loopgate.net.Listener;
import dev.loopgate.net.Listeners;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What one forward listens on, from the first attempt to open it until it is given up for good. Any thread. */
final class ForwardSockets {

    private static final Future<?> NOTHING = Future.succeededFuture();

    private final Function<InetSocketAddress, Future<Listener>> listen;
    private volatile @Nullable Listeners listeners;
    private volatile boolean closed;
    /** What is being opened, which the closing has to wait for. */
    private Future<?> opening = NOTHING;

    private @Nullable Future<Void> freed;

    /** @param listen opens one socket; fails with {@link dev.loopgate.net.BindFailure} */
    ForwardSockets(Function<InetSocketAddress, Future<Listener>> listen) {
        this.listen = listen;
    }

    /** As {@link PortForward#open()}. */
    synchronized Future<Void> open(BindAddress bind) {
        if (closed) {
            return Future.succeededFuture();
        }
        return underWay(Listeners.open(bind, listen).compose(this::adopt));
    }

    /** The same for one socket that is none of a port. */
    synchronized Future<Void> open(Supplier<Future<Listener>> socket) {
        if (closed) {
            return Future.succeededFuture();
        }
        return underWay(socket.get().compose(opened -> adopt(new Listeners(List.of(opened), List.of()))));
    }

    /** As {@link PortForward#open(Collection)}. */
    synchronized Future<Move> open(BindAddress bind, Collection<InetSocketAddress> addresses) {
        if (closed) {
            return Future.succeededFuture(new Move(false, Optional.empty()));
        }
        return underWay(Listeners.openSome(bind, addresses, listen)
                .compose(some -> adopt(some.listeners()).map(adopted -> new Move(!closed, some.blocked()))));
    }

    /** What comes of it is not kept: a range has tens of thousands of these. */
    private <T> Future<T> underWay(Future<T> opened) {
        opening = opened.isComplete() ? NOTHING : opened;
        return opened.onComplete(done -> settled(opened));
    }

    private synchronized void settled(Future<?> opened) {
        if (opening == opened) {
            opening = NOTHING;
        }
    }

    /** Keeps sockets that are open now, unless nobody wants them any more. */
    private synchronized Future<Void> adopt(Listeners opened) {
        if (closed) {
            return opened.close();
        }
        listeners = opened;
        return Future.succeededFuture();
    }

    /** As {@link PortForward#follow}. */
    synchronized Future<Move> follow(Collection<InetSocketAddress> addresses) {
        Listeners before = listeners;
        if (before == null
                || (before.addresses().containsAll(addresses) && addresses.containsAll(before.addresses()))) {
            return Future.succeededFuture(new Move(false, Optional.empty()));
        }
        return underWay(before.follow(addresses, listen)
                .compose(after -> adopt(after.listeners())
                        .map(adopted -> new Move(
                                !closed && !after.listeners().addresses().equals(before.addresses()),
                                after.blocked()))));
    }

    /** @return completes once the sockets are free for others */
    synchronized Future<Void> close() {
        closed = true;
        if (freed == null) {
            Listeners opened = listeners;
            listeners = null;
            Future<Void> closing = opened == null ? Future.succeededFuture() : opened.close();
            freed = opening.transform(settled -> closing);
        }
        return freed;
    }

    boolean closed() {
        return closed;
    }

    /** What is bound; empty before it is open and once it is closed. */
    List<SocketAddress> listening() {
        Listeners opened = listeners;
        return opened == null ? List.of() : opened.addresses();
    }

    /** The loopback family that this machine lacks. */
    List<InetSocketAddress> missing() {
        Listeners opened = listeners;
        return opened == null ? List.of() : opened.missing();
    }
}

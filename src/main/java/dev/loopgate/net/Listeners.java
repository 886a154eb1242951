package dev.loopgate.net;

import dev.loopgate.model.BindAddress;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Every socket of one {@link BindAddress}.
 *
 * @param sockets at least one
 * @param missing the loopback family that this machine lacks, which is worth a warning
 */
public record Listeners(List<Listener> sockets, List<InetSocketAddress> missing) {

    public Listeners {
        sockets = List.copyOf(sockets);
        missing = List.copyOf(missing);
    }

    /**
     * Listens on all of them or on none; with port 0 all get the port that the first was given. Which loopback families the
     * machine has, binding tells: asking for each port of a range would take several times as long.
     *
     * @param listen opens one socket; fails with {@link BindFailure}
     * @return fails with {@link BindFailure}
     */
    public static Future<Listeners> open(BindAddress bind, Function<InetSocketAddress, Future<Listener>> listen) {
        List<InetSocketAddress> meant;
        try {
            meant = BindTargets.of(bind, address -> true).addresses();
        } catch (SocketException e) {
            return Future.failedFuture(new BindFailure(new InetSocketAddress(bind.port()), e));
        }
        return open(bind, meant, new Listeners(List.of(), List.of()), listen);
    }

    private static Future<Listeners> open(
            BindAddress bind,
            List<InetSocketAddress> meant,
            Listeners so,
            Function<InetSocketAddress, Future<Listener>> listen) {
        List<Listener> opened = so.sockets;
        int tried = opened.size() + so.missing.size();
        if (tried == meant.size()) {
            return opened.isEmpty() ? Future.failedFuture(BindFailure.noSuchAddress(bind)) : Future.succeededFuture(so);
        }
        InetSocketAddress wanted = meant.get(tried);
        InetSocketAddress next = wanted.getPort() == 0 && !opened.isEmpty()
                ? new InetSocketAddress(wanted.getAddress(), opened.get(0).port())
                : wanted;
        return listen.apply(next)
                .compose(
                        listener -> open(bind, meant, new Listeners(with(opened, listener), so.missing), listen),
                        failure -> bind.scope() == BindAddress.Scope.LOOPBACK && isNoSuchAddress(failure)
                                ? open(bind, meant, new Listeners(opened, with(so.missing, next)), listen)
                                : close(opened).compose(closed -> Future.failedFuture(failure)));
    }

    private static <T> List<T> with(List<T> all, T another) {
        List<T> more = new ArrayList<>(all);
        more.add(another);
        return more;
    }

    private static boolean isNoSuchAddress(Throwable failure) {
        return failure instanceof BindFailure bind && bind.kind() == BindFailure.Kind.NO_SUCH_ADDRESS;
    }

    /**
     * Listens on those of them that it can.
     *
     * @param wanted what the address means at the moment
     * @param listen as for {@link #open}
     * @return fails with {@link BindFailure} where it can on none
     */
    public static Future<Followed> openSome(
            BindAddress bind,
            Collection<InetSocketAddress> wanted,
            Function<InetSocketAddress, Future<Listener>> listen) {
        if (wanted.isEmpty()) {
            return Future.failedFuture(BindFailure.noSuchAddress(bind));
        }
        List<Future<Listener>> opening = wanted.stream().map(listen).toList();
        return Future.join(opening).transform(tried -> {
            List<Listener> opened = opened(opening);
            if (opened.isEmpty()) {
                return Future.failedFuture(blocked(opening)
                        .<Throwable>map(failure -> failure)
                        .orElseGet(() -> opening.get(0).cause()));
            }
            return Future.succeededFuture(new Followed(new Listeners(opened, List.of()), blocked(opening)));
        });
    }

    private static List<Listener> opened(List<Future<Listener>> opening) {
        return opening.stream().filter(Future::succeeded).map(Future::result).toList();
    }

    /**
     * Listens where it does not yet and should, and no longer where it should not. What cannot be bound is left out, and
     * the sockets stay as they are where nothing would remain.
     *
     * @return never fails
     */
    public Future<Followed> follow(
            Collection<InetSocketAddress> wanted, Function<InetSocketAddress, Future<Listener>> listen) {
        List<SocketAddress> have = addresses();
        List<InetSocketAddress> lacking =
                wanted.stream().filter(address -> !have.contains(address)).toList();
        List<Future<Listener>> opening = lacking.stream().map(listen).toList();
        return Future.join(opening).transform(tried -> {
            List<Listener> next = new ArrayList<>(sockets);
            next.removeIf(socket -> wanted.stream().noneMatch(socket.address()::equals));
            next.addAll(opened(opening));
            if (next.isEmpty()) {
                return Future.succeededFuture(new Followed(this, blocked(opening)));
            }
            List<Listener> gone = new ArrayList<>(sockets);
            gone.removeAll(next);
            return close(gone).map(new Followed(new Listeners(next, missing), blocked(opening)));
        });
    }

    /**
     * An interface that has just come or is just going lacks the address for a moment, which is no reason to alarm
     * anybody.
     */
    private static Optional<BindFailure> blocked(List<Future<Listener>> opening) {
        return opening.stream()
                .filter(Future::failed)
                .map(Future::cause)
                .filter(BindFailure.class::isInstance)
                .map(BindFailure.class::cast)
                .filter(failure -> failure.kind() != BindFailure.Kind.NO_SUCH_ADDRESS)
                .findFirst();
    }

    /**
     * @param listeners what is listened on now
     * @param blocked why the first address that is left out could not be bound
     */
    public record Followed(Listeners listeners, Optional<BindFailure> blocked) {}

    public List<SocketAddress> addresses() {
        return sockets.stream().map(Listener::address).toList();
    }

    /** Stops accepting on all of them; what was accepted goes on. */
    public Future<Void> close() {
        return close(sockets);
    }

    private static Future<Void> close(List<Listener> sockets) {
        return Future.join(sockets.stream().map(Listener::close).toList()).mapEmpty();
    }
}

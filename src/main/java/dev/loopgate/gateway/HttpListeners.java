package dev.loopgate.gateway;

import dev.loopgate.model.BindAddress;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.BindFailure;
import dev.loopgate.net.BindTargets;
import dev.loopgate.net.Listener;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The sockets on which HTTP is accepted. One that stays is never touched; new ones are open before old ones close, save
 * where an old one has what a new one needs. Changed by one caller at a time, read by any thread.
 */
final class HttpListeners {

    private final HttpFront http;
    private volatile Map<InetSocketAddress, Listener> open = Map.of();

    HttpListeners(HttpFront http) {
        this.http = http;
    }

    /**
     * The sockets meant by a configuration. Blocks for a moment.
     *
     * @param warnings gets a sentence for each loopback family that the machine lacks
     */
    static Set<InetSocketAddress> wanted(List<BindAddress> listen, List<String> warnings) throws SocketException {
        Set<InetSocketAddress> wanted = new LinkedHashSet<>();
        for (BindAddress bind : listen) {
            BindTargets targets = BindTargets.of(bind);
            wanted.addAll(targets.addresses());
            if (targets.addresses().isEmpty() && bind.scope() == BindAddress.Scope.DOCKER) {
                warnings.add("not listening on " + bind
                        + ": no bridge of containers, such as docker0, is there; it is listened on once there is");
            } else if (targets.addresses().isEmpty()) {
                throw new SocketException("this machine has no address for " + bind);
            }
            targets.missing().forEach(missing -> warnings.add(lacking(missing)));
        }
        return wanted;
    }

    static String lacking(InetSocketAddress missing) {
        return "not listening on " + Addresses.text(missing)
                + ": this machine has no such address, so clients that try it first take the other family";
    }

    /** As bound, in the order of the file. */
    List<InetSocketAddress> addresses() {
        return open.values().stream()
                .map(listener -> (InetSocketAddress) listener.address())
                .toList();
    }

    /** As they were asked for, port 0 included. */
    Set<InetSocketAddress> asked() {
        return open.keySet();
    }

    /** The sockets among these that are not open yet. */
    Set<InetSocketAddress> fresh(Set<InetSocketAddress> wanted) {
        Set<InetSocketAddress> fresh = new LinkedHashSet<>(wanted);
        fresh.removeAll(open.keySet());
        return fresh;
    }

    /**
     * Opens what is new, where clients wait until {@link #accept}, and keeps what is old, until {@link #retain}.
     *
     * @return fails with {@link BindFailure}; everything is as it was then
     */
    Future<Void> open(Set<InetSocketAddress> wanted) {
        Set<InetSocketAddress> fresh = fresh(wanted);
        List<InetSocketAddress> inTheWay = open.keySet().stream()
                .filter(old -> !wanted.contains(old) && overlapsAny(old, fresh))
                .toList();
        return close(inTheWay)
                .compose(closed -> openAll(fresh))
                .recover(failure -> openAll(inTheWay).transform(restored -> Future.failedFuture(failure)));
    }

    /** Accepts on every socket. */
    void accept() {
        open.values().forEach(Listener::accept);
    }

    /** Closes all but these. Connections that were accepted go on. */
    Future<Void> retain(Set<InetSocketAddress> wanted) {
        List<InetSocketAddress> gone =
                open.keySet().stream().filter(old -> !wanted.contains(old)).toList();
        return close(gone).onSuccess(closed -> sort(wanted));
    }

    /** Whether two sockets cannot be bound at once. */
    static boolean overlap(InetSocketAddress one, InetSocketAddress other) {
        InetAddress a = one.getAddress();
        InetAddress b = other.getAddress();
        return one.getPort() == other.getPort()
                && one.getPort() != 0
                && a.getAddress().length == b.getAddress().length
                && (a.equals(b) || a.isAnyLocalAddress() || b.isAnyLocalAddress());
    }

    static boolean overlapsAny(InetSocketAddress one, Collection<InetSocketAddress> others) {
        return others.stream().anyMatch(other -> overlap(one, other));
    }

    /** All or none of them. */
    private Future<Void> openAll(Collection<InetSocketAddress> addresses) {
        List<InetSocketAddress> opened = new ArrayList<>();
        Future<Void> chain = Future.succeededFuture();
        for (InetSocketAddress address : addresses) {
            chain = chain.compose(before -> http.bind(samePort(address, opened)))
                    .map(listener -> {
                        Map<InetSocketAddress, Listener> next = new LinkedHashMap<>(open);
                        next.put(address, listener);
                        open = next;
                        opened.add(address);
                        return null;
                    });
        }
        return chain.recover(failure -> close(opened).transform(closed -> Future.failedFuture(failure)));
    }

    /** Where any port is asked for, the other family gets the one that the first was given. */
    private InetSocketAddress samePort(InetSocketAddress address, List<InetSocketAddress> opened) {
        if (address.getPort() == 0) {
            for (InetSocketAddress asked : opened) {
                Listener listener = open.get(asked);
                if (asked.getPort() == 0 && listener != null) {
                    return new InetSocketAddress(address.getAddress(), listener.port());
                }
            }
        }
        return address;
    }

    private Future<Void> close(Collection<InetSocketAddress> addresses) {
        Map<InetSocketAddress, Listener> rest = new LinkedHashMap<>(open);
        List<Future<Void>> closing = new ArrayList<>();
        for (InetSocketAddress address : addresses) {
            Listener listener = rest.remove(address);
            if (listener != null) {
                closing.add(listener.close());
            }
        }
        open = rest;
        return Future.join(closing).mapEmpty();
    }

    private void sort(Set<InetSocketAddress> wanted) {
        Map<InetSocketAddress, Listener> sorted = new LinkedHashMap<>(open);
        for (InetSocketAddress address : wanted) {
            Listener listener = sorted.remove(address);
            if (listener != null) {
                sorted.put(address, listener);
            }
        }
        open = sorted;
    }
}

package dev.loopgate.gateway;

import dev.loopgate.net.Addresses;
import dev.loopgate.net.BindFailure;
import dev.loopgate.net.BindTargets;
import dev.loopgate.net.MachineAddresses;
import dev.loopgate.net.QuicListener;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The UDP sockets of HTTP/3, beside those of TCP. One that cannot be had holds nothing up: it is told once, and tried again
 * until it can. Safe for use by any thread; changes are made one after the other.
 */
final class Http3Listeners {

    /** How long the connections of a socket that is given up may take. */
    private static final Duration DRAIN = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final HttpFront http;
    private final BindProblems problems;
    private final GatewayEvents events;
    private final NetworkWatch network;
    private final NetworkWatch.Follower follower = this::look;
    private final Turns turns = new Turns();
    private final Map<InetSocketAddress, QuicListener> leaving = new LinkedHashMap<>();
    private volatile Map<InetSocketAddress, QuicListener> open = Map.of();
    private volatile Map<InetSocketAddress, String> missing = Map.of();
    private volatile Set<InetSocketAddress> beside = Set.of();
    private volatile Optional<String> lacking = Optional.empty();
    private volatile boolean started;

    Http3Listeners(Vertx vertx, HttpFront http, BindProblems problems, GatewayEvents events, NetworkWatch network) {
        this.vertx = vertx;
        this.http = http;
        this.problems = problems;
        this.events = events;
        this.network = network;
    }

    /** From now on, what changes is told. */
    void started() {
        started = true;
    }

    /** Gives up what is not beside these any more, since something new may need it. Its connections may end in peace. */
    void leave(Set<InetSocketAddress> tcp) {
        beside = Collections.unmodifiableSet(new LinkedHashSet<>(tcp));
        if (!open.isEmpty()) {
            turns.next(() -> wanted().onSuccess(this::retire));
        }
    }

    /**
     * Listens beside these sockets of TCP, as they are bound; none of them: nowhere.
     *
     * @return completes once it does, or it is known why not; never fails
     */
    Future<Void> follow(Set<InetSocketAddress> tcp) {
        boolean off = tcp.isEmpty() && beside.isEmpty() && open.isEmpty() && missing.isEmpty();
        beside = Collections.unmodifiableSet(new LinkedHashSet<>(tcp));
        if (tcp.isEmpty()) {
            lacking = Optional.empty();
        }
        return off
                ? Future.succeededFuture()
                : turns.next(() -> wanted().compose(this::change).recover(this::later));
    }

    /** @return completes once nobody speaks HTTP/3 any more */
    Future<Void> close(Duration drain) {
        beside = Set.of();
        network.remove(follower);
        return turns.next(() -> {
            List<Future<Void>> closing = new ArrayList<>();
            leaving.values().forEach(listener -> closing.add(listener.close()));
            open.values().forEach(listener -> closing.add(listener.retire(drain)));
            open = Map.of();
            http.announceHttp3(Set.of());
            return Future.join(closing).mapEmpty();
        });
    }

    /** Empty where HTTP/3 is off. */
    Optional<GatewayStatus.Http3> status() {
        return beside.isEmpty()
                ? Optional.empty()
                : Optional.of(new GatewayStatus.Http3(
                        open.values().stream()
                                .map(listener -> Addresses.text(listener.address()))
                                .toList(),
                        lacking.map(List::of).orElseGet(() -> List.copyOf(missing.values()))));
    }

    private void look(MachineAddresses machine) {
        turns.next(() ->
                Future.succeededFuture(wanted(machine)).compose(this::change).recover(this::later));
    }

    private Future<Set<InetSocketAddress>> wanted() {
        return beside.stream().anyMatch(Http3Listeners::wildcard)
                ? network.now().map(this::wanted)
                : Future.succeededFuture(beside);
    }

    /** An answer has to come from the address that was asked: of the wildcard one, each has a socket of its own. */
    private Set<InetSocketAddress> wanted(MachineAddresses machine) {
        Set<InetSocketAddress> wanted = new LinkedHashSet<>();
        for (InetSocketAddress address : beside) {
            if (wildcard(address)) {
                wanted.addAll(BindTargets.everywhere(machine, address));
            } else {
                wanted.add(address);
            }
        }
        return wanted;
    }

    private static boolean wildcard(InetSocketAddress address) {
        return address.getAddress().isAnyLocalAddress();
    }

    private void retire(Set<InetSocketAddress> wanted) {
        Map<InetSocketAddress, QuicListener> rest = new LinkedHashMap<>(open);
        rest.keySet().retainAll(wanted);
        open.forEach((address, listener) -> {
            if (!rest.containsKey(address)) {
                leaving.put(address, listener);
                listener.retire(DRAIN).onComplete(free -> turns.next(() -> left(address, listener)));
            }
        });
        open = rest;
        announce();
    }

    private Future<Void> left(InetSocketAddress address, QuicListener listener) {
        leaving.remove(address, listener);
        return Future.succeededFuture();
    }

    private Future<Void> change(Set<InetSocketAddress> wanted) {
        retire(wanted);
        Set<InetSocketAddress> fresh = new LinkedHashSet<>(wanted);
        fresh.removeAll(open.keySet());
        missing = keep(missing, fresh);
        if (fresh.isEmpty()) {
            watch();
            return Future.succeededFuture();
        }
        return lacking().compose(why -> {
            if (why.isPresent()) {
                lack(why.get());
                return Future.succeededFuture();
            }
            lacking = Optional.empty();
            Set<InetSocketAddress> before = open.keySet();
            Future<Void> chain = Future.succeededFuture();
            for (InetSocketAddress address : fresh) {
                // Whatever became of the one before.
                chain = chain.transform(one -> resumeOrOpen(address));
            }
            return chain.onComplete(opened -> {
                announce();
                watch();
                tell(before);
            });
        });
    }

    /** What should not go wrong has: the next look goes on from what is open. */
    private Future<Void> later(Throwable failure) {
        for (InetSocketAddress address : beside) {
            if (!open.containsKey(address)) {
                blocked(address, problem(address, failure));
            }
        }
        announce();
        network.add(follower);
        return Future.succeededFuture();
    }

    private Future<Optional<String>> lacking() {
        return vertx.executeBlocking(http::lackingHttp3, false).otherwise(unknown -> {
            // Another time it may be known.
            network.add(follower);
            return Optional.of(Trouble.words(unknown));
        });
    }

    private void lack(String why) {
        String sentence = "HTTP/3 is not served: " + why + "; everything else is";
        if (lacking.isEmpty()) {
            events.notice(sentence);
        }
        lacking = Optional.of(sentence);
    }

    /** Never fails. */
    private Future<Void> resumeOrOpen(InetSocketAddress address) {
        QuicListener left = leaving.remove(address);
        Future<Boolean> resumed = left == null ? Future.succeededFuture(false) : left.resume();
        return resumed.compose(again -> left != null && again ? Future.succeededFuture(left) : bind(address))
                .map(listener -> listens(address, listener))
                .recover(failure -> missing.containsKey(address)
                        ? Future.succeededFuture()
                        : explained(address, failure).map(problem -> blocked(address, problem)));
    }

    private Future<String> explained(InetSocketAddress address, Throwable failure) {
        String otherwise = problem(address, failure);
        return failure instanceof BindFailure
                ? vertx.executeBlocking(
                                () -> "HTTP/3 " + problems.ofHttp3(failure).message(), false)
                        .otherwise(otherwise)
                : Future.succeededFuture(otherwise);
    }

    private Future<QuicListener> bind(InetSocketAddress address) {
        return vertx.executeBlocking(() -> http.bindHttp3(address), false).compose(bound -> bound);
    }

    private static String problem(InetSocketAddress address, Throwable failure) {
        return "HTTP/3 cannot listen on " + Addresses.text(address) + "/udp: " + Trouble.words(failure);
    }

    private @Nullable Void listens(InetSocketAddress address, QuicListener listener) {
        Map<InetSocketAddress, QuicListener> next = new LinkedHashMap<>(open);
        next.put(address, listener);
        open = next;
        Set<InetSocketAddress> rest = new HashSet<>(missing.keySet());
        rest.remove(address);
        missing = keep(missing, rest);
        return null;
    }

    /** At the start, the status says it. */
    private void tell(Set<InetSocketAddress> before) {
        List<String> fresh = open.keySet().stream()
                .filter(address -> !before.contains(address))
                .map(Addresses::text)
                .toList();
        if (started && !fresh.isEmpty()) {
            events.http3Listens(fresh);
        }
    }

    /** @param problem a sentence, told where the address was not missing before */
    private @Nullable Void blocked(InetSocketAddress address, String problem) {
        Map<InetSocketAddress, String> next = new LinkedHashMap<>(missing);
        if (next.putIfAbsent(address, problem) == null) {
            missing = next;
            events.notice(problem + "; trying again until it can");
        }
        return null;
    }

    private static Map<InetSocketAddress, String> keep(
            Map<InetSocketAddress, String> all, Set<InetSocketAddress> these) {
        Map<InetSocketAddress, String> rest = new LinkedHashMap<>(all);
        rest.keySet().retainAll(these);
        return rest;
    }

    /** Clients are told of sockets that are there, and of no others. */
    private void announce() {
        http.announceHttp3(Set.copyOf(open.keySet()));
    }

    private void watch() {
        if (!missing.isEmpty() || beside.stream().anyMatch(Http3Listeners::wildcard)) {
            network.add(follower);
        } else {
            network.remove(follower);
        }
    }
}

package dev.loopgate.forward;

import dev.loopgate.forward.ForwardStatus.ForwardError;
import dev.loopgate.model.Forward;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.BindFailure;
import dev.loopgate.net.Listeners;
import dev.loopgate.net.Transport;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One TCP forward: its sockets, the rule in force, and its connections. The sockets outlive a change of the rule, so
 * that no client is refused meanwhile. Any thread.
 */
public final class TcpForward {

    private static final Duration REFUSED_PERIOD = Duration.ofSeconds(1);
    private static final Duration UNREACHABLE_PERIOD = Duration.ofSeconds(5);

    private final Transport transport;
    private final Throttle refusals;
    private final Throttle outages;
    private final Set<TcpConnection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger turn = new AtomicInteger();
    private final LongAdder accepted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicLong endedBytesToTarget = new AtomicLong();
    private final AtomicLong endedBytesToClient = new AtomicLong();
    private final Promise<Void> drained = Promise.promise();

    private volatile Forward.Tcp rule;
    private volatile @Nullable Listeners listeners;
    private volatile @Nullable ForwardError lastError;
    private volatile boolean retired;
    /** The sockets that are being opened, which a stop has to wait for. */
    private Future<?> opening = Future.succeededFuture();

    private @Nullable Future<Void> freed;

    public TcpForward(Transport transport, Forward.Tcp rule, ForwardEvents events) {
        this.transport = transport;
        this.rule = rule;
        EventLoop timer = transport.nextLoop();
        this.refusals = new Throttle(timer, REFUSED_PERIOD, (why, count) -> events.refused(this.rule, why, count));
        this.outages =
                new Throttle(timer, UNREACHABLE_PERIOD, (cause, count) -> events.unreachable(this.rule, cause, count));
    }

    /**
     * Listens on every address of the rule, or on none.
     *
     * @return fails with {@link dev.loopgate.net.BindFailure}; it may be called again then
     */
    public synchronized Future<Void> open() {
        if (retired) {
            return Future.succeededFuture();
        }
        Future<Void> opened =
                Listeners.open(transport, rule.bind(), this::accept).compose(this::adopt);
        opening = opened;
        return opened;
    }

    /**
     * Listens on those of these addresses that it can.
     *
     * @param addresses what the rule means at the moment; see {@link #follow}
     * @return fails with {@link BindFailure} where it can on none; it may be called again then
     */
    public synchronized Future<Move> open(Collection<InetSocketAddress> addresses) {
        if (retired) {
            return Future.succeededFuture(new Move(false, Optional.empty()));
        }
        Future<Move> opened = Listeners.openSome(transport, rule.bind(), addresses, this::accept)
                .compose(some -> adopt(some.listeners()).map(adopted -> new Move(!retired, some.blocked())));
        opening = opened;
        return opened;
    }

    /** Keeps sockets that are open now, unless nobody wants them any more. */
    private synchronized Future<Void> adopt(Listeners opened) {
        if (retired) {
            return opened.close();
        }
        listeners = opened;
        return Future.succeededFuture();
    }

    /**
     * Listens where the rule belongs now: the addresses of this machine's interfaces come and go.
     *
     * @param addresses what the rule means at the moment
     * @return never fails; what cannot be bound is left for the next time
     */
    public synchronized Future<Move> follow(Collection<InetSocketAddress> addresses) {
        Listeners before = listeners;
        if (before == null
                || (before.addresses().containsAll(addresses) && addresses.containsAll(before.addresses()))) {
            return Future.succeededFuture(new Move(false, Optional.empty()));
        }
        Future<Move> followed = before.follow(transport, addresses, this::accept)
                .compose(after -> adopt(after.listeners())
                        .map(adopted -> new Move(
                                !retired && !after.listeners().addresses().equals(before.addresses()),
                                after.blocked())));
        opening = followed;
        return followed;
    }

    /**
     * @param moved whether it listens elsewhere than before
     * @param blocked why it does not listen everywhere
     */
    public record Move(boolean moved, Optional<BindFailure> blocked) {}

    /**
     * Puts another rule on the same sockets in force for what is accepted from now on. Connections whose client it
     * forbids are reset; those to a target it does not name have its {@code drain} to finish; others go on.
     *
     * @throws IllegalArgumentException where the rule listens elsewhere
     */
    public void change(Forward.Tcp next) {
        if (!next.bind().equals(rule.bind())) {
            throw new IllegalArgumentException("listens on " + rule.bind() + ", not on " + next.bind());
        }
        rule = next;
        part(connections, next);
    }

    /** Parts from those connections that a new rule has no place for. */
    private void part(Collection<TcpConnection> from, Forward.Tcp next) {
        List<TcpConnection> leaving = new ArrayList<>();
        for (TcpConnection connection : from) {
            if (!connection.permittedBy(next.access())) {
                connection.abort();
            } else if (!next.targets().contains(connection.target())) {
                leaving.add(connection);
            }
        }
        abortAfter(next.drain(), leaving);
    }

    /**
     * Stops accepting at once and lets connections finish for the rule's {@code drain}; then they are reset.
     *
     * @return completes once the sockets are free and the last connection has ended
     */
    public Future<Void> retire() {
        return retire(rule.drain());
    }

    /** @param drain instead of the rule's own; zero ends everything at once */
    public Future<Void> retire(Duration drain) {
        Future<Void> closed = stopAccepting();
        abortAfter(drain, connections);
        completeIfDrained();
        return closed.compose(done -> drained.future());
    }

    /**
     * Stops accepting at once, for good, and leaves connections alone until {@link #retire}.
     *
     * @return completes once the sockets are free for others
     */
    public synchronized Future<Void> stopAccepting() {
        retired = true;
        if (freed == null) {
            Listeners opened = listeners;
            listeners = null;
            Future<Void> closed = opened == null ? Future.succeededFuture() : opened.close();
            freed = opening.transform(settled -> closed);
        }
        return freed;
    }

    private void abortAfter(Duration drain, Collection<TcpConnection> leaving) {
        if (drain.isZero()) {
            leaving.forEach(TcpConnection::abort);
        } else if (!leaving.isEmpty()) {
            transport
                    .nextLoop()
                    .schedule(() -> leaving.forEach(TcpConnection::abort), drain.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void completeIfDrained() {
        if (retired && connections.isEmpty()) {
            drained.tryComplete();
        }
    }

    public Forward.Tcp rule() {
        return rule;
    }

    public ForwardStatus status() {
        Listeners opened = listeners;
        long toTarget = endedBytesToTarget.get();
        long toClient = endedBytesToClient.get();
        for (TcpConnection connection : connections) {
            toTarget += connection.bytesFromClient();
            toClient += connection.bytesFromUpstream();
        }
        return new ForwardStatus(
                rule,
                opened == null ? List.of() : opened.addresses(),
                opened == null ? List.of() : opened.missing(),
                connections.size(),
                accepted.sum(),
                refused.sum(),
                failed.sum(),
                toTarget,
                toClient,
                Optional.ofNullable(lastError));
    }

    private void accept(Channel client) {
        Forward.Tcp current = rule;
        if (!(client.remoteAddress() instanceof InetSocketAddress from) || retired) {
            // It is gone again, or the forward is.
            Transport.reset(client);
            return;
        }
        InetAddress address = from.getAddress();
        if (!current.access().permits(address)) {
            refuse(client, Addresses.text(address) + " is not allowed");
            return;
        }
        int now = open.incrementAndGet();
        if (current.connections() > 0 && now > current.connections()) {
            open.decrementAndGet();
            refuse(client, current.connections() + " connections are open already");
            return;
        }
        accepted.increment();
        int first = Math.floorMod(turn.getAndIncrement(), current.targets().size());
        TcpConnection connection = new TcpConnection(this, current, transport, client, address, first);
        connections.add(connection);
        connection.start();
        // Whoever changed or retired the rule meanwhile may not have seen this connection.
        if (retired) {
            abortAfter(current.drain(), List.of(connection));
        } else if (!current.equals(rule)) {
            part(List.of(connection), rule);
        }
    }

    private void refuse(Channel client, String reason) {
        refused.increment();
        refusals.happened(reason);
        Transport.reset(client);
    }

    void unreachable(String cause) {
        failed.increment();
        lastError = new ForwardError(cause, Instant.now());
        outages.happened(cause);
    }

    void ended(TcpConnection connection, long bytesToTarget, long bytesToClient) {
        if (connections.remove(connection)) {
            open.decrementAndGet();
            endedBytesToTarget.addAndGet(bytesToTarget);
            endedBytesToClient.addAndGet(bytesToClient);
            completeIfDrained();
        }
    }
}

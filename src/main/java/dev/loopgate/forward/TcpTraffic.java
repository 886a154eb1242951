package dev.loopgate.forward;

import dev.loopgate.model.Access;
import dev.loopgate.model.Forward;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.Pace;
import dev.loopgate.net.ProxyHeader;
import dev.loopgate.net.Relay;
import dev.loopgate.net.Transport;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The connections of one TCP forward, and what they share. Any thread. */
final class TcpTraffic {

    /** How much of a limited bandwidth may pass at once after a pause. */
    static final Duration BURST = Duration.ofMillis(100);

    private final Transport transport;
    private final ForwardTls tls;
    private final BooleanSupplier closed;
    private final ForwardEvents events;
    private final ForwardTrouble trouble;
    private final Set<TcpConnection> connections = ConcurrentHashMap.newKeySet();
    private final Admission admission = new Admission();
    private final Relay.Paces paces = new Relay.Paces(new Pace(), new Pace());
    private final TargetTurns turns;
    private final LongAdder accepted = new LongAdder();
    private final AtomicLong endedBytesToTarget = new AtomicLong();
    private final AtomicLong endedBytesToClient = new AtomicLong();
    private final Promise<Void> drained = Promise.promise();

    private volatile Forward.Tcp rule;
    private volatile ServerNames serverNames;

    /** @param closed whether the forward listens no more, and never will again */
    TcpTraffic(Transport transport, ForwardTls tls, Forward.Tcp rule, BooleanSupplier closed, ForwardEvents events) {
        this.transport = transport;
        this.tls = tls;
        this.rule = rule;
        this.closed = closed;
        this.events = events;
        this.trouble = new ForwardTrouble(transport.nextLoop(), () -> this.rule, events);
        this.turns = new TargetTurns((target, cause) -> events.targetChanged(this.rule, target, cause));
        limit(rule.limits());
        this.serverNames = new ServerNames(rule);
    }

    /** As {@link TcpForward#change}. */
    void change(Forward.Tcp next) {
        rule = next;
        limit(next.limits());
        serverNames = new ServerNames(next);
        turns.keep(next.targets());
        part(connections, next);
    }

    private void limit(Forward.Limits limits) {
        admission.set(limits);
        for (Pace pace : List.of(paces.fromClient(), paces.fromUpstream())) {
            pace.set(limits.bandwidth(), TimeUnit.SECONDS.toNanos(1), BURST.toNanos());
        }
    }

    /** Parts from those connections that a new rule has no place for. */
    private void part(Collection<TcpConnection> from, Forward.Tcp next) {
        List<TcpConnection> leaving = new ArrayList<>();
        for (TcpConnection connection : from) {
            if (!connection.permittedBy(next.access())) {
                connection.abort();
            } else if (!connection.leadsTo(next.targets())) {
                leaving.add(connection);
            }
        }
        abortAfter(next.timeouts().drain(), leaving);
    }

    /** @return completes once no connection is left; those that are when the time is over are reset */
    Future<Void> drain(Duration drain) {
        abortAfter(drain, connections);
        completeIfDrained();
        return drained.future();
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
        if (closed.getAsBoolean() && connections.isEmpty()) {
            drained.tryComplete();
        }
    }

    ForwardStatus status(List<SocketAddress> listening, List<InetSocketAddress> missing) {
        long toTarget = endedBytesToTarget.get();
        long toClient = endedBytesToClient.get();
        for (TcpConnection connection : connections) {
            toTarget += connection.bytesFromClient();
            toClient += connection.bytesFromUpstream();
        }
        return new ForwardStatus(
                rule,
                listening,
                missing,
                connections.size(),
                accepted.sum(),
                trouble.refusals(),
                trouble.failures(),
                toTarget,
                toClient,
                ForwardStatus.Client.top(connections.stream().map(TcpConnection::use)),
                turns.down(rule.targets()),
                trouble.lastError());
    }

    /** @param parties as the connection tells by itself */
    void accept(Channel client, ProxyHeader parties) {
        Forward.Tcp current = rule;
        InetAddress address = parties.client().getAddress();
        Optional<Access> proxies = current.preamble().proxies();
        String refusal;
        if (proxies.isEmpty()) {
            refusal = admission.enter(address, current);
        } else {
            // By its own address; whom it speaks for is let in once it has said so.
            refusal = proxies.get().permits(address)
                    ? null
                    : Addresses.text(address) + " is none of accept-proxy-protocol";
        }
        if (refusal != null) {
            trouble.refused(refusal);
            Transport.reset(client);
            return;
        }
        TcpConnection connection = new TcpConnection(this, current, transport, client, parties);
        accepted.increment();
        connections.add(connection);
        if (connection.admitted()) {
            events.accepted(current, address);
        }
        connection.start();
        // Whoever retired the forward meanwhile may not have seen this connection.
        if (closed.getAsBoolean()) {
            abortAfter(current.timeouts().drain(), List.of(connection));
        }
    }

    /** It is known where a connection leads: a rule that came meanwhile may have another place in mind. */
    void led(TcpConnection connection) {
        Forward.Tcp current = rule;
        if (!connection.permittedBy(current.access()) || !connection.leadsTo(current.targets())) {
            part(List.of(connection), current);
        }
    }

    /** @return null where the client is in; else why it is not */
    @Nullable
    String admit(InetAddress address) {
        String refusal = admission.enter(address, rule);
        if (refusal == null) {
            events.accepted(rule, address);
        }
        return refusal;
    }

    void refused(String reason) {
        trouble.refused(reason);
    }

    ForwardTls tls() {
        return tls;
    }

    ServerNames serverNames() {
        return serverNames;
    }

    TargetTurns turns() {
        return turns;
    }

    Relay.Paces paces() {
        return paces;
    }

    /** A connection led nowhere, by no fault of its client's. */
    void failed(String cause) {
        trouble.unreachable(cause);
    }

    void ended(TcpConnection connection, long bytesToTarget, long bytesToClient) {
        if (connections.remove(connection)) {
            if (connection.admitted()) {
                admission.leave(connection.clientAddress());
            }
            endedBytesToTarget.addAndGet(bytesToTarget);
            endedBytesToClient.addAndGet(bytesToClient);
            completeIfDrained();
        }
    }
}

package dev.loopgate.http;

import dev.loopgate.net.PausableReads;
import dev.loopgate.net.Relay;
import dev.loopgate.net.TlsTermination;
import dev.loopgate.net.Transport;
import dev.loopgate.observe.AccessLog;
import io.netty.channel.EventLoop;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What one event loop owns: the arrays that heads are read into and written from, its connections, and the sweep that
 * keeps their deadlines. Touched by its own thread only, but for the counters.
 */
final class HttpLoop {

    private static final long SWEEP_MILLIS = 100;

    final Head head = new Head();
    final HeadParser parser = new HeadParser(head);
    final HeadBuilder out = new HeadBuilder();
    final RequestTarget target = new RequestTarget();
    final SectionReader sections = new SectionReader();
    final RequestRules requestRules;
    final ResponseRules responseRules;

    private final int index;
    private final EventLoop eventLoop;
    private final Transport transport;
    private final TlsTermination tls;
    private final Identity identity;
    private final AccessLog log;
    private final Diagnoses diagnoses;
    private final AltSvc altSvc;
    private final Supplier<HttpPlan> plan;
    private final PausableReads upstreamReads;
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong connections = new AtomicLong();
    private final ClientConnections clients = new ClientConnections();
    private final Set<Upstream> pooled = new HashSet<>();
    private final Set<Relay> tunnels = new HashSet<>();
    private boolean sweeping;
    private boolean draining;

    HttpLoop(
            int index,
            EventLoop eventLoop,
            Transport transport,
            TlsTermination tls,
            Identity identity,
            AccessLog log,
            Diagnoses diagnoses,
            AltSvc altSvc,
            Supplier<HttpPlan> plan) {
        this.index = index;
        this.eventLoop = eventLoop;
        this.transport = transport;
        this.tls = tls;
        this.identity = identity;
        this.upstreamReads = transport.pausableReads(UpstreamConnection.HEADROOM);
        this.log = log;
        this.diagnoses = diagnoses;
        this.altSvc = altSvc;
        this.plan = plan;
        this.requestRules = new RequestRules(head, target, out, identity);
        this.responseRules = new ResponseRules(head, out, identity);
    }

    int index() {
        return index;
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    Transport transport() {
        return transport;
    }

    TlsTermination tls() {
        return tls;
    }

    Identity identity() {
        return identity;
    }

    PausableReads upstreamReads() {
        return upstreamReads;
    }

    AccessLog log() {
        return log;
    }

    Diagnoses diagnoses() {
        return diagnoses;
    }

    AltSvc altSvc() {
        return altSvc;
    }

    HttpPlan plan() {
        return plan.get();
    }

    /**
     * Nanoseconds as {@link System#nanoTime()} counts them. Not those of the last sweep, which would cost nothing: a limit
     * that counts from there ends up to a sweep early.
     */
    long now() {
        return System.nanoTime();
    }

    boolean draining() {
        return draining;
    }

    void countRequest() {
        requests.lazySet(requests.getPlain() + 1);
    }

    long requests() {
        return requests.get();
    }

    long connections() {
        return connections.get();
    }

    ClientConnections.Seat add(ClientConnections.Member connection) {
        ClientConnections.Seat seat = clients.add(connection);
        countConnections();
        startSweeping();
        return seat;
    }

    /** Some connection or tunnel came or went. */
    void countConnections() {
        connections.lazySet(clients.size() + tunnels.size());
    }

    void tunnelBegan(Relay tunnel) {
        tunnels.add(tunnel);
        countConnections();
    }

    void tunnelEnded(Relay tunnel) {
        tunnels.remove(tunnel);
        countConnections();
    }

    /** Sees to it that an upstream's idle connections are closed in time. */
    void watch(Upstream upstream) {
        if (pooled.add(upstream)) {
            startSweeping();
        }
    }

    /** Lets every connection finish what it is at, and closes the idle ones. */
    void drain() {
        draining = true;
        clients.forEach(ClientConnections.Member::closeWhenDone);
        pooled.forEach(upstream -> upstream.pool(this).closeAll());
    }

    void closeAll() {
        clients.forEach(ClientConnections.Member::abort);
        Set.copyOf(tunnels).forEach(Relay::abort);
        pooled.forEach(upstream -> upstream.pool(this).closeAll());
    }

    private void startSweeping() {
        if (!sweeping) {
            sweeping = true;
            eventLoop.schedule(this::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void sweep() {
        long now = now();
        clients.forEach(client -> client.sweep(now));
        pooled.removeIf(upstream -> {
            upstream.pool(this).sweep(now);
            return upstream.pool(this).isEmpty();
        });
        if (clients.isEmpty() && pooled.isEmpty()) {
            sweeping = false;
        } else {
            eventLoop.schedule(this::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}

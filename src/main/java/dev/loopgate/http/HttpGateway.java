package dev.loopgate.http;

import dev.loopgate.model.Configuration;
import dev.loopgate.model.Route;
import dev.loopgate.model.Target;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.net.Diagnosis;
import dev.loopgate.net.PausableReads;
import dev.loopgate.net.QuicListener;
import dev.loopgate.net.QuicListening;
import dev.loopgate.net.TlsOrigination;
import dev.loopgate.net.TlsTermination;
import dev.loopgate.net.Transport;
import dev.loopgate.observe.AccessLog;
import dev.loopgate.routing.RoutingTable;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Serves HTTP on the connections it is given, by the plan that is installed. Every method may be called from any thread,
 * except {@link #accept}.
 */
public final class HttpGateway {

    private final IdentityHashMap<EventLoop, HttpLoop> loops = new IdentityHashMap<>();
    private final TlsTermination tls;
    private final PausableReads clientReads;
    private final AltSvc altSvc = new AltSvc();
    private final Transport transport;
    private @Nullable Http3Service http3;
    private volatile HttpPlan plan;

    /**
     * A gateway without hosts.
     *
     * @param tls for the connections that begin with it
     */
    public HttpGateway(Transport transport, TlsTermination tls, AccessLog log) {
        this(transport, tls, log, Diagnosis.NONE);
    }

    /** @param diagnosis asked why upstreams fail, for the answers to those who may know */
    public HttpGateway(Transport transport, TlsTermination tls, AccessLog log, Diagnosis diagnosis) {
        this.transport = transport;
        this.tls = tls;
        Identity identity = new Identity();
        Diagnoses diagnoses = new Diagnoses(diagnosis);
        clientReads = transport.pausableReads(ClientConnection.HEADROOM);
        List<EventLoop> eventLoops = transport.loops();
        for (EventLoop eventLoop : eventLoops) {
            loops.put(
                    eventLoop,
                    new HttpLoop(
                            loops.size(), eventLoop, transport, tls, identity, log, diagnoses, altSvc, () -> plan));
        }
        plan = new HttpPlan(
                Configuration.EMPTY,
                RoutingTable.of(List.of(), (host, route) -> {
                    throw new IllegalStateException("no hosts, no routes");
                }),
                Map.of(),
                null);
    }

    /**
     * Makes a plan of a configuration's hosts; nothing changes before {@link #install}. Upstreams that the installed plan
     * has too stay the same, with their connections.
     *
     * @param builtin where the services of the gateway itself are reached
     * @throws IllegalStateException where one of them cannot be provided
     */
    public HttpPlan compile(Configuration configuration, BuiltinUpstreams builtin) {
        Map<Peer, Upstream> before = plan.upstreams();
        Map<Peer, Upstream> upstreams = new HashMap<>();
        RoutingTable<HttpRoute> table = RoutingTable.of(configuration.hosts(), (VirtualHost host, Route route) -> {
            List<Hop> hops = new ArrayList<>();
            for (Target.Upstream target : targets(route.target(), builtin)) {
                Upstream upstream = upstreams.computeIfAbsent(
                        new Peer(
                                target.address(),
                                target.security(route.options()),
                                target.scheme() == Target.Scheme.H2C),
                        peer -> before.containsKey(peer) ? before.get(peer) : new Upstream(peer, loops.size()));
                hops.add(
                        route.target() instanceof Target.Files files
                                ? new Hop(target, upstream, "files " + files.root())
                                : new Hop(target, upstream));
            }
            return new HttpRoute(route, hops, servesTls(configuration, host), host.redirectToHttps());
        });
        return new HttpPlan(configuration, table, upstreams, origination(upstreams.keySet()));
    }

    /** Made anew each time: whom the machine trusts may have changed. Null where nobody needs it. */
    private @Nullable TlsOrigination origination(Set<Peer> peers) {
        return peers.stream().anyMatch(Peer::secure) ? tls.origination() : null;
    }

    private static boolean servesTls(Configuration configuration, VirtualHost host) {
        return !(host.tls().orElse(configuration.tls()) instanceof TlsSettings.Off);
    }

    private static List<Target.Upstream> targets(Target target, BuiltinUpstreams builtin) {
        if (target instanceof Target.Proxy proxy) {
            return proxy.upstreams();
        }
        if (target instanceof Target.Files files) {
            return List.of(new Target.Upstream(builtin.files(files), ""));
        }
        return List.of();
    }

    /** Puts a plan in force: for each request that begins from now on, also on connections that are open already. */
    public void install(HttpPlan next) {
        plan = next;
    }

    /** Takes a client connection; called on the channel's event loop. */
    public void accept(Channel channel) {
        HttpLoop loop = loops.get(channel.eventLoop());
        if (loop == null) {
            throw new IllegalArgumentException("a channel of another event loop");
        }
        channel.config().setRecvByteBufAllocator(clientReads);
        InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
        InetSocketAddress local = (InetSocketAddress) channel.localAddress();
        if (plan.awaitsProxyHeader(peer.getAddress())) {
            ProxiedClient.await(channel, new Client(peer, local), client -> serve(loop, channel, client));
        } else {
            serve(loop, channel, new Client(peer, local));
        }
    }

    /**
     * Listens for HTTP/3. Blocks.
     *
     * @param address of UDP, no wildcard
     * @return fails with {@link dev.loopgate.net.BindFailure}
     */
    public Future<QuicListener> listenHttp3(InetSocketAddress address) {
        return http3().listen(address);
    }

    /** Tells clients that come to these addresses over TLS that HTTP/3 is to be had there as well. */
    public void announceHttp3(Set<InetSocketAddress> addresses) {
        altSvc.announce(addresses);
    }

    private synchronized Http3Service http3() {
        Http3Service known = http3;
        if (known == null) {
            known = new Http3Service(new QuicListening(transport, tls), loops, () -> plan);
            http3 = known;
        }
        return known;
    }

    private static void serve(HttpLoop loop, Channel channel, Client client) {
        channel.pipeline().addLast(new ClientConnection(loop, channel, client));
    }

    /** Client connections that are open, tunnels included. */
    public int connections() {
        return (int) loops.values().stream().mapToLong(HttpLoop::connections).sum();
    }

    /** Requests read since the start. */
    public long requests() {
        return loops.values().stream().mapToLong(HttpLoop::requests).sum();
    }

    /** Lets each connection finish its exchange and closes it then; tunnels go on until {@link #close}. */
    public void drain() {
        loops.values().forEach(loop -> loop.eventLoop().execute(loop::drain));
    }

    /** Closes every connection, whatever it is at. */
    public void close() {
        loops.values().forEach(loop -> loop.eventLoop().execute(loop::closeAll));
    }
}

package dev.loopgate.http;

import dev.loopgate.jmh.InNanoseconds;
import dev.loopgate.model.PathPrefix;
import dev.loopgate.model.Route;
import dev.loopgate.model.RouteOptions;
import dev.loopgate.model.Target;
import dev.loopgate.model.UpstreamAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A parsed head to the one that goes upstream: target, framing, hop-by-hop fields out, forwarding fields in. */
@State(Scope.Thread)
public class RequestRulesBenchmark extends InNanoseconds {

    @Param
    SampleHead head = SampleHead.BROWSER;

    private final Head parsed = new Head();
    private final RequestTarget target = new RequestTarget();
    private final HeadBuilder out = new HeadBuilder();
    private final RequestRules rules = new RequestRules(parsed, target, out, new Identity());
    private final Client client = new Client(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 62_893));
    private final Target.Upstream upstream = new Target.Upstream(new UpstreamAddress.LoopbackPort(3000), "");
    private final Hop hop = new Hop(upstream, new Upstream(Peer.plain(upstream.address()), 1));
    private final HttpRoute route = new HttpRoute(
            new Route(
                    PathPrefix.ROOT,
                    new Target.Proxy(List.of(upstream), new Target.PathRewrite.Keep()),
                    RouteOptions.DEFAULT),
            List.of(hop),
            true,
            false);

    @Setup
    public void parse() throws MalformedMessage {
        new HeadParser(parsed).parseRequest(head.buffer());
    }

    @Benchmark
    public long rewrite() throws MalformedMessage {
        target.read(parsed);
        long framing = Framing.ofRequest(parsed);
        rules.write(route, hop, client, false, ConnectionField.read(parsed), false, 0);
        return framing + out.length;
    }
}

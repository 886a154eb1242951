package dev.loopgate.routing;

import dev.loopgate.jmh.InNanoseconds;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.PathPrefix;
import dev.loopgate.model.Route;
import dev.loopgate.model.RouteOptions;
import dev.loopgate.model.Target;
import dev.loopgate.model.VirtualHost;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Host and path to a route, among few hosts and many; each lookup asks for another of them. */
@State(Scope.Thread)
public class HostLookupBenchmark extends InNanoseconds {

    private static final int QUESTIONS = 1 << 10;
    private static final byte[] PATH = "/v1/items".getBytes(StandardCharsets.US_ASCII);

    @Param({"10", "1000", "10000"})
    int hosts = 10;

    private final List<byte[]> questions = new ArrayList<>();
    private RoutingTable<String> table = table(1);
    private int next;

    @Setup
    public void fill() {
        table = table(hosts);
        Random random = new Random(17);
        for (int i = 0; i < QUESTIONS; i++) {
            questions.add((name(random.nextInt(hosts)) + "/v1/items").getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Benchmark
    public RouteDecision<String> decide() {
        byte[] question = questions.get(next++ & (QUESTIONS - 1));
        int host = question.length - PATH.length;
        return table.decide(question, 0, host, host, question.length);
    }

    private static String name(int index) {
        return "service-" + index + ".localhost";
    }

    private static RoutingTable<String> table(int hosts) {
        Target target = new Target.Respond(200, "", Map.of());
        List<VirtualHost> all = new ArrayList<>();
        for (int i = 0; i < hosts; i++) {
            all.add(new VirtualHost(
                    HostPattern.exact(name(i)),
                    List.of(
                            new Route(PathPrefix.ROOT, target, RouteOptions.DEFAULT),
                            new Route(new PathPrefix("/v1"), target, RouteOptions.DEFAULT))));
        }
        return RoutingTable.of(all, (host, route) -> host + " " + route.prefix());
    }
}

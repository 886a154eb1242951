package dev.loopgate.routing;

import dev.loopgate.model.HostPattern;
import dev.loopgate.model.PathPrefix;
import dev.loopgate.model.Route;
import dev.loopgate.model.RouteOptions;
import dev.loopgate.model.Target;
import dev.loopgate.model.VirtualHost;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Tables whose handlers are names, {@code host prefix}, and decisions as text. */
final class Tables {

    private Tables() {}

    static RoutingTable<String> of(VirtualHost... hosts) {
        return of(Arrays.asList(hosts));
    }

    static RoutingTable<String> of(List<VirtualHost> hosts) {
        return RoutingTable.of(hosts, (host, route) -> host.pattern() + " " + route.prefix());
    }

    /** @param pattern as in the file */
    static VirtualHost host(String pattern, String... prefixes) {
        HostPattern parsed = pattern.equals("*")
                ? HostPattern.any()
                : pattern.startsWith("*.") ? HostPattern.wildcard(pattern.substring(2)) : HostPattern.exact(pattern);
        return new VirtualHost(
                parsed,
                Arrays.stream(prefixes.length == 0 ? new String[] {"/"} : prefixes)
                        .map(prefix -> new Route(
                                new PathPrefix(prefix), new Target.Respond(200, "", Map.of()), RouteOptions.DEFAULT))
                        .toList());
    }

    /** The handler, or {@code no host}, {@code no path} or {@code ambiguous}. */
    static String decide(RoutingTable<String> table, String host, String path) {
        RouteDecision<String> decision = table.decide(host, path);
        if (decision instanceof RouteDecision.Matched<String> matched) {
            return matched.handler();
        }
        if (decision instanceof RouteDecision.UnknownHost<String>) {
            return "no host";
        }
        return decision instanceof RouteDecision.UnknownPath<String> ? "no path" : "ambiguous";
    }
}

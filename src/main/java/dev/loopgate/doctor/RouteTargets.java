package dev.loopgate.doctor;

import dev.loopgate.config.PortRules;
import dev.loopgate.doctor.Finding.Status;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Route;
import dev.loopgate.model.RouteOptions.HostHeader;
import dev.loopgate.model.Target;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.model.UpstreamAddress.UnixSocket;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.routing.RouteDecision;
import java.util.List;

/** The upstreams of one route, and what they are to be asked. */
record RouteTargets(Configuration configuration, VirtualHost host, Route route, Connecting connecting) {

    /**
     * A check for each upstream; none where the route has none.
     *
     * @param authority that the client asks for
     * @param path that the upstream gets
     * @param down what it means where an upstream takes no connections
     */
    List<Check> checks(String authority, String path, Status down) {
        if (!(route.target() instanceof Target.Proxy proxy)) {
            return List.of();
        }
        String prefix = route.prefix().toString();
        String name = host.pattern() + (prefix.equals("/") ? "" : prefix);
        String key = prefix.equals("/") ? host.pattern().toString() : prefix;
        return proxy.upstreams().stream()
                .map(upstream -> check(name, key, upstream, authority, path, down))
                .toList();
    }

    private Check check(String name, String key, Target.Upstream upstream, String authority, String path, Status down) {
        UpstreamAddress address = upstream.address();
        if (configuration.listen().stream().anyMatch(listen -> PortRules.reaches(address, listen))) {
            return new LaterCheck(
                    "upstream",
                    () -> List.of(Finding.fail(
                            "upstream",
                            name + ": 508: its target " + upstream
                                    + " is the gateway itself; name the port of the service behind it")));
        }
        // Of one that is asked in HTTP/2 in the clear only that it takes connections is looked at.
        String field = upstream.scheme() != Target.Scheme.HTTP ? "" : hostField(authority, address);
        return new TargetCheck(
                name,
                key,
                address,
                field,
                upstream.security(route.options()),
                upstream.basePath() + path,
                down,
                connecting);
    }

    private String hostField(String authority, UpstreamAddress upstream) {
        HostHeader rule = route.options().host();
        if (rule instanceof HostHeader.Literal literal) {
            return literal.value();
        }
        if (rule instanceof HostHeader.Preserve) {
            return authority;
        }
        return upstream instanceof UnixSocket ? "localhost" : upstream.toString();
    }

    /** What becomes of a path on its way to the upstream. */
    static String rewritten(String path, RouteDecision.Matched<Route> matched) {
        if (!(matched.route().target() instanceof Target.Proxy proxy)
                || proxy.rewrite() instanceof Target.PathRewrite.Keep) {
            return path;
        }
        String rest = path.substring(Math.min(path.length(), matched.prefixLength()));
        String whole = proxy.rewrite() instanceof Target.PathRewrite.Replace replace ? replace.prefix() + rest : rest;
        return whole.startsWith("/") ? whole : "/" + whole;
    }
}

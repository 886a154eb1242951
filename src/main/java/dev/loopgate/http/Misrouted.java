package dev.loopgate.http;

import dev.loopgate.model.Route;
import dev.loopgate.model.Target;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.routing.RouteDecision;
import java.util.ArrayList;
import java.util.List;

/** Why no route took a request, for people. */
final class Misrouted {

    private static final int NEAREST = 3;

    private Misrouted() {}

    static Failure explain(RouteDecision<HttpRoute> decision, Head head, RequestTarget target, HttpPlan plan) {
        String host = head.text(target.hostStart, target.hostEnd);
        if (decision instanceof RouteDecision.UnknownPath<HttpRoute> unknown) {
            return Failure.of(
                            FailureCode.UNKNOWN_PATH,
                            "The host " + unknown.host().pattern() + " has no route for this path; it has "
                                    + prefixes(unknown.host()) + ".")
                    .withFix("Add a route for it, or one for /, under the host's routes.");
        }
        if (decision instanceof RouteDecision.AmbiguousPath<HttpRoute> ambiguous) {
            return Failure.of(
                            FailureCode.AMBIGUOUS_PATH,
                            "The path means " + ambiguous.normalised()
                                    + " once its dot segments, escapes and doubled slashes are resolved, and another route"
                                    + " answers that one.")
                    .withFix("Send the path in its plain form.");
        }
        List<String> nearest = host.isEmpty() ? List.of() : plan.table().nearest(host, NEAREST);
        String cause =
                host.isEmpty() ? "The request names no host." : "No host of the configuration is called " + host + ".";
        return Failure.of(FailureCode.UNKNOWN_HOST, cause)
                .withFix("Add it under hosts in the configuration file: «" + (host.isEmpty() ? "app.localhost" : host)
                        + ": 3000».")
                .withNearest(nearest)
                .withHosts(plan.listed());
    }

    /**
     * Whether a request does not belong on its connection over TLS (RFC 9110 §15.5.20): it is for another host than the one
     * whose certificate the client was shown, or for one that is not served over TLS.
     */
    static boolean isMisdirected(RouteDecision<HttpRoute> decision, Head head, RequestTarget target, Client client) {
        if (decision instanceof RouteDecision.Matched<HttpRoute> matched
                && !matched.handler().servesTls()) {
            return true;
        }
        String asked = client.serverName();
        if (asked.isEmpty()) {
            return false;
        }
        int end = target.hostEnd;
        if (end > target.hostStart && head.bytes[end - 1] == '.') {
            end--;
        }
        if (end - target.hostStart != asked.length()) {
            return true;
        }
        for (int i = 0; i < asked.length(); i++) {
            if (Character.toLowerCase((char) head.bytes[target.hostStart + i]) != asked.charAt(i)) {
                return true;
            }
        }
        return false;
    }

    static Failure misdirected(Head head, RequestTarget target, Client client) {
        String host = head.text(target.hostStart, target.hostEnd);
        return Failure.of(
                        FailureCode.MISDIRECTED,
                        client.serverName().isEmpty() || client.serverName().equalsIgnoreCase(host)
                                ? "The host " + host + " is not served over TLS."
                                : "The connection was made for " + client.serverName() + ", and the request is for "
                                        + host + ".")
                .withFix("Open another connection for it.");
    }

    private static String prefixes(VirtualHost host) {
        List<String> prefixes = new ArrayList<>();
        host.routes().forEach(route -> prefixes.add(route.prefix().value()));
        return String.join(", ", prefixes);
    }

    /** Every host, for people. */
    static List<Failure.ListedHost> list(List<VirtualHost> all) {
        List<Failure.ListedHost> hosts = new ArrayList<>();
        for (VirtualHost host : all) {
            hosts.add(new Failure.ListedHost(host.pattern().toString(), describe(host)));
        }
        return List.copyOf(hosts);
    }

    private static String describe(VirtualHost host) {
        List<String> targets = new ArrayList<>();
        for (Route route : host.routes()) {
            String text = describe(route.target());
            targets.add(host.routes().size() == 1 ? text : route.prefix() + " → " + text);
        }
        return String.join(", ", targets);
    }

    private static String describe(Target target) {
        if (target instanceof Target.Proxy proxy) {
            List<String> all = new ArrayList<>();
            proxy.upstreams().forEach(upstream -> all.add(upstream.toString()));
            return String.join(" or ", all);
        }
        if (target instanceof Target.Files files) {
            return "files in " + files.root();
        }
        if (target instanceof Target.Redirect redirect) {
            return "redirect to " + redirect.location();
        }
        return "a fixed answer";
    }
}

package dev.loopgate.cli;

import dev.loopgate.builtin.FilePreview;
import dev.loopgate.config.PortRules;
import dev.loopgate.http.RequestPreview;
import dev.loopgate.model.Access;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Route;
import dev.loopgate.model.Target;
import dev.loopgate.model.UpstreamAddress.UnixSocket;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.routing.RouteDecision;
import dev.loopgate.routing.RoutingTable;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What becomes of one request, found out step by step. */
final class Explanation {

    private final List<Step> steps = new ArrayList<>();
    private final JsonObject json = new JsonObject();
    private final JsonArray upstreams = new JsonArray();
    private final JsonArray problems = new JsonArray();
    private boolean answered;

    /** A line of the answer; further lines of the same step have an empty name. */
    private record Step(String name, String text, boolean bad) {}

    private Explanation() {}

    static Explanation of(RequestUrl request, Path file, Configuration configuration) {
        Explanation explanation = new Explanation();
        int port = configuration.listen().get(0).port();
        String url = "http://" + request.authority(port) + request.path() + request.query();
        explanation.json.put("url", url).put("file", file.toString());
        explanation.add("request", "GET " + url);
        explanation.add("file", file.toString());
        explanation.port(request, configuration);
        explanation.decide(request, configuration, port);
        explanation.answered &= explanation.problems.isEmpty();
        explanation
                .json
                .put("upstreams", explanation.upstreams)
                .put("problems", explanation.problems)
                .put("answered", explanation.answered);
        return explanation;
    }

    boolean answered() {
        return answered;
    }

    /**
     * {@code url}, {@code file}, {@code host}, {@code route}, {@code why}, {@code target}, {@code upstreams} (each with
     * {@code url}, {@code up}, {@code attempts}, {@code request}), {@code problems}, {@code answered}.
     */
    JsonObject json() {
        return json;
    }

    List<String> lines(Style style) {
        return steps.stream()
                .map(step -> style.dim(step.name + " ".repeat(10 - step.name.length()))
                        + (step.bad ? style.red(step.text) : step.text))
                .toList();
    }

    private void port(RequestUrl request, Configuration configuration) {
        if (request.scheme().equals("https")) {
            problem("https is not served on this port: use http");
        }
        if (!request.port().isEmpty()
                && configuration.listen().stream()
                        .noneMatch(listen -> Integer.toString(listen.port()).equals(request.port()))) {
            problem("the gateway does not listen on port " + request.port() + ", but on "
                    + String.join(
                            ", ",
                            configuration.listen().stream()
                                    .map(Object::toString)
                                    .toList()));
        }
    }

    private void decide(RequestUrl request, Configuration configuration, int port) {
        RoutingTable<Route> table = RoutingTable.of(configuration.hosts(), (host, route) -> route);
        RouteDecision<Route> decision = table.decide(request.host(), request.path());
        if (decision instanceof RouteDecision.Matched<Route> matched) {
            host(matched.host());
            route(matched.host(), matched.route());
            target(request, matched.route(), configuration.listen(), port);
        } else if (decision instanceof RouteDecision.UnknownPath<Route> unknown) {
            host(unknown.host());
            problem("404: none of its routes has this path: " + prefixes(unknown.host()));
        } else if (decision instanceof RouteDecision.AmbiguousPath<Route> ambiguous) {
            problem("400: the path also reads as " + ambiguous.normalised().replaceAll("\\p{Cntrl}", "?")
                    + ", which belongs to another route");
        } else {
            problem("404: no host of the configuration has this name");
            List<String> nearest = table.nearest(request.host(), 3);
            if (!nearest.isEmpty()) {
                add("", "did you mean " + String.join(", ", nearest) + "?");
            }
        }
    }

    private void host(VirtualHost host) {
        String why = switch (host.pattern().kind()) {
            case EXACT -> "the name itself";
            case WILDCARD -> "no exact name; the longest wildcard that fits";
            case ANY -> "no exact name and no wildcard fits";
        };
        json.put("host", host.pattern().toString()).put("hostWhy", why);
        add("host", host.pattern() + "   (" + why + ")");
    }

    private void route(VirtualHost host, Route route) {
        String why =
                host.routes().size() == 1 ? "the only route" : "the longest prefix that fits, of " + prefixes(host);
        json.put("route", route.prefix().toString()).put("routeWhy", why);
        add("route", route.prefix() + "   (" + why + ")");
    }

    private static String prefixes(VirtualHost host) {
        return String.join(
                " ",
                host.routes().stream().map(route -> route.prefix().toString()).toList());
    }

    private void target(RequestUrl request, Route route, List<BindAddress> listeners, int port) {
        Target target = route.target();
        if (target instanceof Target.Proxy proxy) {
            proxy(request, route, proxy, listeners, port);
        } else if (target instanceof Target.Files files) {
            files(request, route, files, port);
        } else if (target instanceof Target.Redirect redirect) {
            answered = true;
            found("answer", redirect.status() + " to " + redirect.location(), true);
        } else if (target instanceof Target.Respond respond) {
            answered = true;
            found(
                    "answer",
                    respond.status() + ", " + respond.body().length() + " characters of the configuration",
                    true);
        }
        access(route.options().access());
    }

    private void files(RequestUrl request, Route route, Target.Files files, int port) {
        boolean there = Files.isDirectory(files.root());
        found("files", "files below " + files.root(), there);
        if (!there) {
            problem("404: there is no such folder");
            return;
        }
        // The folder is asked as an upstream is: its request line has the path from the folder on.
        List<String> head = head(request, route, new Target.Upstream(new UnixSocket("/files"), ""), port);
        if (head.isEmpty()) {
            return;
        }
        try {
            FilePreview preview = FilePreview.of(files, target(head.get(0)));
            answered = preview.found();
            if (!answered) {
                problem(preview.text());
            }
        } catch (IOException e) {
            problem("500: the file cannot be read: " + e.getMessage());
        }
    }

    /** Of a request line. */
    private static String target(String line) {
        return line.substring(line.indexOf(' ') + 1, line.lastIndexOf(' '));
    }

    private void access(Access access) {
        if (access.unrestricted()) {
            return;
        }
        InetAddress here = InetAddress.getLoopbackAddress();
        boolean in = access.permits(here);
        add("access", "allow and deny decide by the client's address" + (in ? "; this machine is let in" : ""));
        if (!in) {
            problem("403: allow and deny keep a client on this machine out");
        }
    }

    private void found(String name, String text, boolean good) {
        json.put("target", text);
        steps.add(new Step(name, text, !good));
    }

    private void proxy(RequestUrl request, Route route, Target.Proxy proxy, List<BindAddress> listeners, int port) {
        boolean itself = false;
        if (proxy.upstreams().size() > 1) {
            add("target", proxy.upstreams().size() + " upstreams by turns; those that refuse are passed over");
        }
        List<String> first = List.of();
        for (Target.Upstream upstream : proxy.upstreams()) {
            List<String> head = head(request, route, upstream, port);
            first = first.isEmpty() ? head : first;
            boolean returns = listeners.stream().anyMatch(listen -> PortRules.reaches(upstream.address(), listen));
            itself |= returns;
            Reachability reach = returns
                    ? new Reachability(false, List.of("is the gateway itself"))
                    : Reachability.of(upstream.address(), route.options().connect());
            answered |= reach.up();
            steps.add(new Step("upstream", upstream.toString(), !reach.up()));
            reach.attempts().forEach(attempt -> steps.add(new Step("", attempt, false)));
            upstreams.add(new JsonObject()
                    .put("url", upstream.toString())
                    .put("up", reach.up())
                    .put("attempts", new JsonArray(reach.attempts()))
                    .put("request", new JsonArray(head)));
        }
        for (int i = 0; i < first.size(); i++) {
            add(i == 0 ? "sends" : "", first.get(i));
        }
        add("", "and the client's other fields, but for those meant for the gateway only");
        if (itself) {
            problem("508: the target is the gateway itself; name the port of the service behind it");
        } else if (!answered) {
            problem("502: no upstream takes connections; start it, or correct the target");
        }
    }

    private List<String> head(RequestUrl request, Route route, Target.Upstream upstream, int port) {
        try {
            return RequestPreview.head(
                    route, upstream, request.authority(port), request.path() + request.query(), port);
        } catch (IllegalArgumentException e) {
            if (problems.isEmpty()) {
                problem("400: " + e.getMessage());
            }
            return List.of();
        }
    }

    private void add(String name, String text) {
        steps.add(new Step(name, text, false));
    }

    private void problem(String text) {
        steps.add(new Step("problem", text, true));
        problems.add(text);
    }
}

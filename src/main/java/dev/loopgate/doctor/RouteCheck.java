package dev.loopgate.doctor;

import dev.loopgate.diagnose.ShellCommand;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Route;
import dev.loopgate.model.Target;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.routing.RouteDecision;
import dev.loopgate.routing.RoutingTable;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which host and route of a configuration a URL leads to. */
record RouteCheck(String file, RoutingTable<Route> table, Subject.Url url) implements Check {

    static RoutingTable<Route> table(Configuration configuration) {
        return RoutingTable.of(configuration.hosts(), (host, route) -> route);
    }

    /** Of a URL; empty where none has its name. */
    static Optional<VirtualHost> host(RoutingTable<Route> table, Subject.Url url) {
        RouteDecision<Route> decision = table.decide(url.host(), url.path());
        if (decision instanceof RouteDecision.Matched<Route> matched) {
            return Optional.of(matched.host());
        }
        return decision instanceof RouteDecision.UnknownPath<Route> unknown
                ? Optional.of(unknown.host())
                : Optional.empty();
    }

    @Override
    public String name() {
        return "route";
    }

    /** Empty where the request leads nowhere. */
    Optional<RouteDecision.Matched<Route>> matched() {
        return table.decide(url.host(), url.path()) instanceof RouteDecision.Matched<Route> matched
                ? Optional.of(matched)
                : Optional.empty();
    }

    @Override
    public List<Finding> look() {
        RouteDecision<Route> decision = table.decide(url.host(), url.path());
        if (decision instanceof RouteDecision.Matched<Route> matched) {
            return List.of(target(matched));
        }
        if (decision instanceof RouteDecision.UnknownPath<Route> unknown) {
            return List.of(Finding.fail(
                    name(),
                    "404: none of the routes of " + unknown.host().pattern() + " has the path " + url.path() + ", but "
                            + unknown.host().routes().stream()
                                    .map(route -> route.prefix().toString())
                                    .collect(Collectors.joining(" "))));
        }
        if (decision instanceof RouteDecision.AmbiguousPath<Route> ambiguous) {
            return List.of(Finding.fail(
                    name(),
                    "400: the path also reads as " + ambiguous.normalised() + ", which belongs to another route"));
        }
        List<String> nearest = table.nearest(url.host(), 3);
        return List.of(Finding.fail(
                        "host",
                        "404: " + file + " has no host " + url.host()
                                + (nearest.isEmpty() ? "" : "; did you mean " + String.join(", ", nearest) + "?"))
                .fix("hosts: {" + YamlLine.of(url.host(), "3000") + "}"));
    }

    private Finding target(RouteDecision.Matched<Route> matched) {
        String text = matched.host().pattern() + " " + matched.route().prefix() + " of " + file + " leads to ";
        Target target = matched.route().target();
        if (target instanceof Target.Proxy proxy) {
            return Finding.ok(
                    name(),
                    text + proxy.upstreams().stream().map(Object::toString).collect(Collectors.joining(", ")));
        }
        if (target instanceof Target.Redirect redirect) {
            return Finding.ok(name(), text + redirect.location() + ", by " + redirect.status());
        }
        if (target instanceof Target.Files files) {
            return Files.isDirectory(files.root())
                    ? Finding.ok(name(), text + "files below " + files.root())
                    : Finding.fail(name(), text + "files below " + files.root() + ", and there is no such folder")
                            .fix(ShellCommand.of("mkdir", "-p", files.root().toString()));
        }
        return Finding.ok(name(), text + "an answer of its own");
    }
}

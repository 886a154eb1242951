package dev.loopgate.explain;

import dev.loopgate.builtin.FilePreview;
import dev.loopgate.diagnose.Concurrently;
import dev.loopgate.diagnose.NameOrigin;
import dev.loopgate.diagnose.UpstreamDiagnosis;
import dev.loopgate.explain.Explanation.HostPlace;
import dev.loopgate.explain.Explanation.HostStep;
import dev.loopgate.explain.Explanation.ListenerStep;
import dev.loopgate.explain.Explanation.OwnAnswer;
import dev.loopgate.explain.Explanation.RouteStep;
import dev.loopgate.explain.Explanation.Running;
import dev.loopgate.explain.Explanation.UpstreamStep;
import dev.loopgate.http.RequestPreview;
import dev.loopgate.model.Access;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.Route;
import dev.loopgate.model.Target;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.model.UpstreamAddress.UnixSocket;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.Printable;
import dev.loopgate.routing.RouteDecision;
import dev.loopgate.routing.RoutingTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Follows one request through a configuration, step by step. Blocks while it looks; for one use. */
public final class Explainer {

    private static final Duration RESOLVER = Duration.ofSeconds(1);
    private static final int NEAREST = 3;

    private final AskedRequest request;
    private final Optional<Path> file;
    private final Map<HostPattern, HostPlace> places;
    private final Configuration configuration;
    private final boolean offline;
    private final int port;
    private final UpstreamDiagnosis diagnosis = new UpstreamDiagnosis();

    private final List<String> notes = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private Optional<HostStep> host = Optional.empty();
    private Optional<RouteStep> route = Optional.empty();
    private Optional<String> access = Optional.empty();
    private Optional<OwnAnswer> answer = Optional.empty();
    private Optional<RequestPreview> preview = Optional.empty();
    private List<UpstreamStep> upstreams = List.of();
    private boolean answered;

    /**
     * @param file of the gateway; empty where it runs without one
     * @param configuration all that it serves
     * @param places of its hosts
     * @param offline whether neither the resolver nor an upstream may be asked
     */
    public Explainer(
            AskedRequest request,
            Optional<Path> file,
            Configuration configuration,
            Map<HostPattern, HostPlace> places,
            boolean offline) {
        this.request = request;
        this.file = file;
        this.places = Map.copyOf(places);
        this.configuration = configuration;
        this.offline = offline;
        this.port = configuration.listen().get(0).port();
    }

    /** @param running the gateway that runs the file; empty where none does */
    public Explanation explain(Optional<Running> running) {
        CompletableFuture<NameOrigin> name =
                Concurrently.ask(() -> NameOrigin.of(request.host(), offline ? Duration.ZERO : RESOLVER));
        ListenerStep listener = new Listeners(configuration, diagnosis).of(request.port(), running);
        if (listener.state() == Explanation.ListenerState.NOT_CONFIGURED) {
            problems.add(listener.text());
        }
        decide();
        NameOrigin origin = name.join();
        noteName(origin);
        return new Explanation(
                request.method(),
                request.scheme() + "://" + request.authority(port) + request.target(),
                file,
                origin,
                listener,
                host,
                route,
                access,
                answer,
                preview,
                upstreams,
                notes,
                problems,
                answered && problems.isEmpty());
    }

    private void noteName(NameOrigin origin) {
        if (origin.leadsHere() || origin.source() == NameOrigin.Source.UNKNOWN) {
            return;
        }
        notes.add(
                origin.addresses().isEmpty()
                        ? "programs on this machine do not find " + origin.name()
                                + " without a line in the hosts file:  " + "127.0.0.1 " + origin.name()
                        : origin.name() + " leads to another machine: clients on this one do not come here");
    }

    private void decide() {
        RoutingTable<Route> table = RoutingTable.of(configuration.hosts(), (each, only) -> only);
        RouteDecision<Route> decision = table.decide(request.host(), request.path());
        if (decision instanceof RouteDecision.Matched<Route> matched) {
            host(table, matched.host());
            route(matched.host(), matched.route());
            target(matched.route());
        } else if (decision instanceof RouteDecision.UnknownPath<Route> unknown) {
            host(table, unknown.host());
            route = Optional.of(
                    new RouteStep("", "", NearMisses.routes(unknown.host(), request.path(), Optional.empty())));
            problems.add("404: none of its routes has this path: " + prefixes(unknown.host()));
        } else if (decision instanceof RouteDecision.AmbiguousPath<Route> ambiguous) {
            problems.add("400: the path also reads as " + Printable.kept(ambiguous.normalised())
                    + ", which belongs to another route");
        } else {
            List<String> nearest = table.nearest(request.host(), NEAREST);
            host = Optional.of(new HostStep(
                    "",
                    "",
                    Optional.empty(),
                    NearMisses.hosts(table.hosts(), request.host(), Optional.empty(), nearest)));
            problems.add((request.scheme().equals("https") && !isGreeted(request.host())
                            ? "TLS is refused (unrecognized_name): "
                            : "404: ")
                    + "no host of the configuration has this name"
                    + (nearest.isEmpty() ? "" : "; did you mean " + String.join(", ", nearest) + "?"));
        }
    }

    /**
     * Whether the gateway agrees on TLS with whoever asks for a host that no configuration has, and refuses the request then:
     * who connects to an address names none, and its own page has a name.
     */
    private boolean isGreeted(String unknown) {
        return !(configuration.tls() instanceof TlsSettings.Off)
                && (unknown.equalsIgnoreCase("localhost") || NameOrigin.isAddress(unknown));
    }

    private void host(RoutingTable<Route> table, VirtualHost taken) {
        boolean secure = request.scheme().equals("https");
        if (secure && taken.tls().orElse(configuration.tls()) instanceof TlsSettings.Off) {
            problems.add("the host " + taken.pattern() + " is not served over TLS: use http, or write tls: auto");
        } else if (!secure && taken.redirectToHttps()) {
            notes.add("redirect-to-https: a plain request is sent to the same address over TLS");
        }
        HostPattern pattern = taken.pattern();
        String why = switch (pattern.kind()) {
            case EXACT -> "the name itself";
            case WILDCARD -> "no exact name; the longest wildcard that fits";
            case ANY -> "no exact name and no wildcard fits";
        };
        // Who asks for a name that is there by itself did not mean a similar one.
        List<String> nearest =
                pattern.kind() == HostPattern.Kind.EXACT ? List.of() : table.nearest(request.host(), NEAREST);
        host = Optional.of(new HostStep(
                pattern.toString(),
                why,
                Optional.ofNullable(places.get(pattern)),
                NearMisses.hosts(table.hosts(), request.host(), Optional.of(pattern), nearest)));
    }

    private void route(VirtualHost of, Route taken) {
        String why = of.routes().size() == 1 ? "the only route" : "the longest prefix that fits, of " + prefixes(of);
        route = Optional.of(new RouteStep(
                taken.prefix().toString(), why, NearMisses.routes(of, request.path(), Optional.of(taken.prefix()))));
    }

    private static String prefixes(VirtualHost host) {
        return String.join(
                " ",
                host.routes().stream().map(each -> each.prefix().toString()).toList());
    }

    private void target(Route taken) {
        Target target = taken.target();
        if (target instanceof Target.Proxy proxy) {
            proxy(taken, proxy);
        } else if (target instanceof Target.Files files) {
            files(taken, files);
        } else if (target instanceof Target.Redirect redirect) {
            answered = true;
            answer = Optional.of(new OwnAnswer("answer", redirect.status() + " to " + redirect.location(), true));
        } else if (target instanceof Target.Respond respond) {
            answered = true;
            answer = Optional.of(new OwnAnswer(
                    "answer",
                    respond.status() + ", " + respond.body().length() + " characters of the configuration",
                    true));
        }
        access(taken.options().access());
    }

    private void access(Access rules) {
        if (rules.unrestricted()) {
            return;
        }
        boolean in = rules.permits(Addresses.LOOPBACK4);
        access = Optional.of("allow and deny decide by the client's address" + (in ? "; this machine is let in" : ""));
        if (!in) {
            problems.add("403: allow and deny keep a client on this machine out");
        }
    }

    private void files(Route taken, Target.Files files) {
        boolean there = Files.isDirectory(files.root());
        answer = Optional.of(new OwnAnswer("files", "files below " + files.root(), there));
        if (!there) {
            problems.add("404: there is no such folder");
            return;
        }
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            problems.add("405: static files are only read, by GET and HEAD");
            return;
        }
        // The folder is asked as an upstream is: its request line has the path from the folder on.
        Optional<RequestPreview> asked = preview(taken, new Target.Upstream(new UnixSocket("/files"), ""));
        if (asked.isEmpty()) {
            return;
        }
        String line = asked.get().head().get(0);
        try {
            FilePreview found = FilePreview.of(files, line.substring(line.indexOf(' ') + 1, line.lastIndexOf(' ')));
            answered = found.found();
            if (!answered) {
                problems.add(found.text());
            }
        } catch (IOException e) {
            problems.add("500: the file cannot be read: " + e.getMessage());
        }
    }

    private void proxy(Route taken, Target.Proxy proxy) {
        List<RequestPreview> heads = new ArrayList<>();
        proxy.upstreams().forEach(upstream -> preview(taken, upstream).ifPresent(heads::add));
        if (heads.size() < proxy.upstreams().size()) {
            return;
        }
        Upstreams all = new Upstreams(
                proxy.upstreams(), heads, configuration, taken.options().connect());
        if (offline) {
            upstreams = all.unasked();
            answered = true;
        } else {
            upstreams = all.asked(request.authority(port), diagnosis);
            answered = all.usable();
            all.problem().ifPresent(problems::add);
        }
        preview = Optional.of(heads.get(all.picked()));
    }

    private Optional<RequestPreview> preview(Route taken, Target.Upstream upstream) {
        boolean trusted =
                configuration.trustedProxies().stream().anyMatch(network -> network.contains(Addresses.LOOPBACK4));
        try {
            return Optional.of(RequestPreview.of(
                    taken,
                    upstream,
                    request.method(),
                    request.authority(port),
                    request.target(),
                    request.fields(),
                    port,
                    trusted,
                    request.scheme().equals("https")));
        } catch (IllegalArgumentException e) {
            if (problems.isEmpty()) {
                problems.add(String.valueOf(e.getMessage()));
            }
            return Optional.empty();
        }
    }
}

package dev.loopgate.config;

import dev.loopgate.config.Item.Entry;
import dev.loopgate.config.Item.Mapping;
import dev.loopgate.config.Item.Scalar;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.PathPrefix;
import dev.loopgate.model.Route;
import dev.loopgate.model.RouteOptions;
import dev.loopgate.model.Target;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.model.VirtualHost;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The virtual hosts of one configuration, which may be spread over several files. */
final class HostsReader {

    private static final Keys HOST = new Keys(
            "a host",
            Stream.of(List.of("routes", "tls", "redirect-to-https"), Targets.KEYS, OptionsReader.KEYS)
                    .flatMap(Collection::stream)
                    .toList());

    private static final Keys ROUTE = new Keys(
            "a route",
            Stream.of(Targets.KEYS, OptionsReader.KEYS)
                    .flatMap(Collection::stream)
                    .toList());

    /** Why nothing can be redirected to HTTPS. */
    static final String NOWHERE = "there is nothing to redirect to: tls is off";

    /** The name under which the gateway itself is to be reached. */
    private static final HostPattern RESERVED = HostPattern.exact("loopgate.localhost");

    private final Problems problems;
    private final Scalars scalars;
    private final HostNames names;
    private final PathPrefixes prefixes;
    private final OptionsReader options;
    private final Targets targets;
    private final Options defaults;
    private final TlsReader certificates;
    private final TlsSettings tls;
    private final boolean redirect;
    private final Map<HostPattern, Place> places = new HashMap<>();
    private final List<VirtualHost> hosts = new ArrayList<>();
    private final List<Place> hostPlaces = new ArrayList<>();
    private final Map<RouteOptions, RouteOptions> shared = new HashMap<>();

    /**
     * @param tls of a host that says nothing of it
     * @param redirect the same
     */
    HostsReader(Problems problems, Options defaults, TlsReader certificates, TlsSettings tls, boolean redirect) {
        this.tls = tls;
        this.redirect = redirect;
        this.certificates = certificates;
        this.problems = problems;
        this.defaults = defaults;
        scalars = new Scalars(problems);
        names = new HostNames(problems);
        prefixes = new PathPrefixes(problems);
        options = new OptionsReader(problems);
        targets = new Targets(problems);
    }

    List<VirtualHost> hosts() {
        return hosts;
    }

    /** Of each of the hosts. */
    List<Place> hostPlaces() {
        return hostPlaces;
    }

    List<Targets.Use> uses() {
        return targets.uses();
    }

    /** Reads the value of {@code hosts}. */
    void read(Item item) {
        for (Entry entry : scalars.mappingOrNothing(item, "a map of host names and targets")
                .entries()) {
            Optional<HostPattern> pattern = names.pattern(entry.key()).filter(name -> isNew(name, entry.key()));
            List<Route> routes = routes(entry.key(), entry.value());
            Optional<Item> ownTls = own(entry.value(), "tls");
            Optional<TlsSettings> settings = ownTls.flatMap(certificates::read);
            boolean redirects = redirects(entry.value(), settings.orElse(tls));
            if (!routes.isEmpty()) {
                pattern.ifPresent(name -> {
                    settings.ifPresent(given -> certificates.checkName(
                            given,
                            name,
                            ownTls.map(Item::place).orElse(entry.key().place())));
                    hosts.add(new VirtualHost(name, routes, settings, redirects));
                    hostPlaces.add(entry.key().place());
                });
            }
        }
    }

    private boolean redirects(Item value, TlsSettings settings) {
        Optional<Item> own = own(value, "redirect-to-https");
        Optional<Boolean> said = own.flatMap(scalars::bool);
        boolean off = settings instanceof TlsSettings.Off;
        if (off && said.orElse(false)) {
            problems.error(own.map(Item::place).orElse(value.place()), NOWHERE, "write tls: auto");
        }
        return said.orElse(redirect) && !off;
    }

    private static Optional<Item> own(Item value, String key) {
        return value instanceof Mapping mapping
                ? mapping.entries().stream()
                        .filter(entry -> entry.key().text().equals(key))
                        .map(Entry::value)
                        .findFirst()
                : Optional.empty();
    }

    private boolean isNew(HostPattern pattern, Scalar key) {
        if (pattern.equals(RESERVED)) {
            problems.error(
                    key.place(), "\"" + pattern + "\" is reserved for the gateway itself", "choose another name");
            return false;
        }
        Place twin = places.putIfAbsent(pattern, key.place());
        if (twin != null) {
            problems.error(
                    key.place(),
                    "duplicate host " + key.shown(),
                    "the first is at " + twin + "; names are compared without regard to case and trailing dots");
        }
        return twin == null;
    }

    private List<Route> routes(Scalar key, Item value) {
        if (!(value instanceof Mapping mapping)) {
            return value instanceof Scalar scalar && !scalar.isNull()
                    ? route(value.place(), PathPrefix.ROOT, targets.shorthand(value), defaults)
                    : refuse(key, value);
        }
        Fields fields = new Fields(mapping, HOST, problems);
        Options own = options.options(fields).over(defaults);
        if (!fields.has("routes")) {
            return route(key.place(), PathPrefix.ROOT, targets.target(fields, PathPrefix.ROOT, key, true), own);
        }
        for (String other : Targets.KEYS) {
            if (fields.has(other)) {
                problems.error(
                        fields.placeOf(other),
                        "\"" + other + "\" and \"routes\" exclude each other",
                        "make it a route: routes: {/: …}");
            }
        }
        return routes(fields.value("routes").orElseThrow(), own);
    }

    private List<Route> refuse(Scalar key, Item value) {
        String name = key.text();
        if (Scalars.isNull(value)) {
            problems.error(
                    value.place(),
                    (name.startsWith("/") ? "the route " : "the host ") + key.shown() + " has no target",
                    "write " + name + ": 3000");
        } else {
            problems.error(value.place(), "expected a target or a map, found a list", "write {to: […]}");
        }
        return List.of();
    }

    private List<Route> routes(Item item, Options inherited) {
        Map<PathPrefix, Place> seen = new LinkedHashMap<>();
        List<Route> routes = new ArrayList<>();
        Optional<Mapping> mapping = scalars.mapping(item, "a map of path prefixes and targets");
        if (mapping.isPresent() && mapping.get().entries().isEmpty()) {
            problems.error(item.place(), "there is no route in routes", "add one: routes: {/: 3000}");
        }
        for (Entry entry : mapping.map(Mapping::entries).orElse(List.of())) {
            Scalar key = entry.key();
            Optional<PathPrefix> prefix = prefixes.prefix(key, key.text()).filter(path -> {
                Place twin = seen.putIfAbsent(path, key.place());
                if (twin != null) {
                    problems.error(key.place(), "duplicate route " + key.shown(), "the first is at " + twin);
                }
                return twin == null;
            });
            List<Route> read = route(key, prefix.orElse(new PathPrefix(key.text())), entry.value(), inherited);
            if (prefix.isPresent()) {
                routes.addAll(read);
            }
        }
        return routes;
    }

    private List<Route> route(Scalar key, PathPrefix prefix, Item value, Options inherited) {
        if (value instanceof Mapping mapping) {
            Fields fields = new Fields(mapping, ROUTE, problems);
            Options own = options.options(fields).over(inherited);
            return route(key.place(), prefix, targets.target(fields, prefix, key, false), own);
        }
        return value instanceof Scalar scalar && !scalar.isNull()
                ? route(value.place(), prefix, targets.shorthand(value), inherited)
                : refuse(key, value);
    }

    private List<Route> route(Place place, PathPrefix prefix, Optional<Target> target, Options options) {
        if (!options.verify().orElse(true)
                && target.filter(HostsReader::isSecure).isPresent()) {
            problems.warn(
                    place,
                    "verify is false: whoever answers for this https target is taken for it",
                    "have its certificate trusted instead");
        }
        return target.map(found -> List.of(new Route(prefix, found, shared(options.resolved()))))
                .orElse(List.of());
    }

    private static boolean isSecure(Target target) {
        return target instanceof Target.Proxy proxy
                && proxy.upstreams().stream().anyMatch(Target.Upstream::secure);
    }

    /** Ten thousand hosts without options of their own have the same ones, once. */
    private RouteOptions shared(RouteOptions resolved) {
        RouteOptions known = shared.putIfAbsent(resolved, resolved);
        return known == null ? resolved : known;
    }
}

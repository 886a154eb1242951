package dev.loopgate.config;

import dev.loopgate.config.Item.Entry;
import dev.loopgate.config.Item.Listing;
import dev.loopgate.config.Item.Mapping;
import dev.loopgate.config.Item.Scalar;
import dev.loopgate.model.Access;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Cidr;
import dev.loopgate.model.Forward;
import dev.loopgate.model.Forward.Limits;
import dev.loopgate.model.Forward.Preamble;
import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.model.Forward.ProxyProtocol;
import dev.loopgate.model.Forward.Rate;
import dev.loopgate.model.Forward.Security;
import dev.loopgate.model.Forward.ServerName;
import dev.loopgate.model.Forward.SocketFile;
import dev.loopgate.model.Forward.Timeouts;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.model.UpstreamAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The options of a TCP forward. */
final class TcpForwardReader {

    static final Keys KEYS = new Keys(
            "a forward",
            List.of(
                    "to",
                    "sni",
                    "allow",
                    "deny",
                    "connections",
                    "connections-per-client",
                    "connection-rate",
                    "bandwidth",
                    "connect",
                    "idle",
                    "drain",
                    "for",
                    "proxy-protocol",
                    "accept-proxy-protocol",
                    "tls",
                    "verify",
                    "mode",
                    "owner"));

    private final Problems problems;
    private final Scalars scalars;
    private final ForwardOptions common;
    private final Quantities quantities;
    private final Upstreams upstreams;
    private final HostNames names;
    private final Cidrs cidrs;
    private final SocketFileReader files;
    private final TlsReader certificates;

    /** @param to of each alternative, one for each port */
    private record Named(HostPattern pattern, List<List<UpstreamAddress>> to) {

        private List<UpstreamAddress> ofPort(int number) {
            return to.stream().map(ports -> ports.get(number)).toList();
        }
    }

    TcpForwardReader(Problems problems, TlsReader certificates) {
        this.certificates = certificates;
        this.problems = problems;
        scalars = new Scalars(problems);
        common = new ForwardOptions(problems);
        quantities = new Quantities(scalars, problems);
        upstreams = new Upstreams(problems);
        names = new HostNames(problems);
        cidrs = new Cidrs(problems);
        files = new SocketFileReader(problems);
    }

    /** @param sockets that the forward listens on; none where these have a problem */
    ForwardsReader.Kind read(Fields fields, List<BindAddress> sockets) {
        int size = sockets.size();
        Access access = common.access(fields);
        Limits limits = new Limits(
                common.count(fields, "connections").orElse(0),
                common.count(fields, "connections-per-client").orElse(0),
                fields.value("connection-rate").flatMap(quantities::rate).orElse(Rate.UNLIMITED),
                common.bandwidth(fields));
        Timeouts timeouts = new Timeouts(
                fields.value("connect")
                        .flatMap(item -> scalars.duration(item, Optional.empty()))
                        .orElse(Timeouts.DEFAULT.connect()),
                common.idle(fields).orElse(Timeouts.DEFAULT.idle()),
                fields.value("drain")
                        .flatMap(item -> scalars.duration(item, Optional.of("not at all")))
                        .orElse(Timeouts.DEFAULT.drain()));
        Duration lifetime = common.lifetime(fields);
        Optional<ProxyProtocol> sent = fields.value("proxy-protocol").flatMap(this::version);
        Optional<Access> proxies = fields.value("accept-proxy-protocol").flatMap(this::proxies);
        List<Named> named = fields.value("sni")
                .map(item -> serverNames(item, size, fields.has("to")))
                .orElse(List.of());
        Preamble nameless =
                sent.isEmpty() && proxies.isEmpty() ? Preamble.NONE : new Preamble(sent, proxies, List.of());
        Security security = security(fields);
        SocketFile file = files.read(fields, sockets.stream().findFirst(), proxies.isPresent());
        return (number, bind, to) -> {
            if (named.isEmpty()) {
                return new Forward.Tcp(bind, to, access, limits, timeouts, lifetime, nameless, security, file);
            }
            List<UpstreamAddress> others = new ArrayList<>(to);
            List<ServerName> serverNames = new ArrayList<>();
            for (Named name : named) {
                if (name.pattern().kind() == HostPattern.Kind.ANY) {
                    others.addAll(name.ofPort(number));
                } else {
                    serverNames.add(new ServerName(name.pattern(), name.ofPort(number)));
                }
            }
            return new Forward.Tcp(
                    bind,
                    others,
                    access,
                    limits,
                    timeouts,
                    lifetime,
                    new Preamble(sent, proxies, serverNames),
                    security,
                    file);
        };
    }

    private Security security(Fields fields) {
        TlsSettings clients = fields.value("tls").flatMap(certificates::read).orElse(Security.NONE.clients());
        boolean verify = fields.value("verify").flatMap(scalars::bool).orElse(true);
        List<Item> targets = fields.value("to").map(scalars::oneOrMore).orElse(List.of());
        Optional<Item> secure = targets.stream().filter(Upstreams::isSecure).findFirst();
        if (fields.has("sni")) {
            if (!(clients instanceof TlsSettings.Off)) {
                problems.error(
                        fields.placeOf("tls"),
                        "\"sni\" and \"tls\" exclude each other: the one passes TLS through, the other ends it",
                        "leave one of them out");
            }
            secure.ifPresent(this::refuseTwice);
        }
        if (fields.has("verify") && secure.isEmpty()) {
            problems.error(
                    fields.placeOf("verify"),
                    "\"verify\" is for targets over TLS, and this forward has none",
                    "write tls:// in front of the target");
        } else if (!verify) {
            problems.warn(
                    fields.placeOf("verify"),
                    "verify is false: whoever answers for this tls target is taken for it",
                    "have its certificate trusted instead");
        }
        return verify && clients instanceof TlsSettings.Off ? Security.NONE : new Security(clients, verify);
    }

    private void refuseTwice(Item target) {
        problems.error(
                target.place(),
                "what comes here by its server name is TLS already, and passes as it is",
                "write the target without tls://");
    }

    private Optional<ProxyProtocol> version(Item item) {
        return scalars.scalar(item, "v1 or v2").flatMap(scalar -> switch (scalar.text()) {
            case "v1" -> Optional.of(ProxyProtocol.V1);
            case "v2" -> Optional.of(ProxyProtocol.V2);
            default -> {
                problems.error(
                        scalar.place(),
                        "expected v1 or v2, found " + scalar.shown(),
                        "v2 unless the backend knows v1 only; accept-proxy-protocol: true reads one");
                yield Optional.empty();
            }
        });
    }

    private Optional<Access> proxies(Item item) {
        if (item instanceof Listing
                || (item instanceof Scalar scalar && scalar.text().matches(".*[.:].*"))) {
            List<Cidr> blocks = cidrs.blocks(item);
            if (blocks.isEmpty() && item instanceof Listing) {
                problems.error(item.place(), "an empty list trusts nobody", "write true, or the addresses of proxies");
            }
            return Optional.of(new Access(blocks, List.of()));
        }
        return scalars.bool(item).filter(yes -> yes).map(yes -> Access.ALL);
    }

    private List<Named> serverNames(Item item, int size, boolean others) {
        List<Named> found = new ArrayList<>();
        Map<HostPattern, Place> places = new HashMap<>();
        Optional<Mapping> mapping = scalars.mapping(item, "a map of server names and targets");
        if (mapping.isPresent() && mapping.get().entries().isEmpty()) {
            problems.error(item.place(), "an empty map of server names leads nowhere", "name at least one");
        }
        for (Entry entry : mapping.map(Mapping::entries).orElse(List.of())) {
            Optional<HostPattern> pattern = names.pattern(entry.key());
            scalars.oneOrMore(entry.value()).stream()
                    .filter(Upstreams::isSecure)
                    .findFirst()
                    .ifPresent(this::refuseTwice);
            List<List<UpstreamAddress>> to = upstreams.ofForward(scalars.oneOrMore(entry.value()), Protocol.TCP, size);
            if (pattern.isEmpty() || to.isEmpty()) {
                continue;
            }
            Place twin = places.putIfAbsent(pattern.get(), entry.key().place());
            if (twin != null) {
                problems.error(
                        entry.key().place(),
                        "duplicate server name " + entry.key().shown(),
                        "the first is at " + twin);
            } else if (others && pattern.get().kind() == HostPattern.Kind.ANY) {
                problems.error(
                        entry.key().place(),
                        "\"to\" and \"*\" both say where other names lead",
                        "leave one of them out");
            } else {
                found.add(new Named(pattern.get(), to));
            }
        }
        return found;
    }
}

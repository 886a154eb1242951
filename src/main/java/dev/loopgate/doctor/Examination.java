package dev.loopgate.doctor;

import dev.loopgate.diagnose.HostsFile;
import dev.loopgate.diagnose.NameOrigin;
import dev.loopgate.diagnose.OpenPort;
import dev.loopgate.diagnose.OpenPorts;
import dev.loopgate.diagnose.ResolverCheck;
import dev.loopgate.diagnose.SocketTable;
import dev.loopgate.diagnose.SystemPortHolders;
import dev.loopgate.doctor.Circumstances.Running;
import dev.loopgate.doctor.Circumstances.Setup;
import dev.loopgate.doctor.Finding.Status;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward;
import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.Route;
import dev.loopgate.model.Target;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.PortHolders;
import dev.loopgate.routing.RouteDecision;
import dev.loopgate.routing.RoutingTable;
import dev.loopgate.tls.TrustLists;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which checks a subject calls for, in the order in which a request would pass what they look at. */
final class Examination {

    /** A list for a person, and work for three seconds. */
    private static final int MOST_NAMES = 64;

    private static final int MOST_TARGETS = 32;

    private final Circumstances circumstances;
    private final SystemFiles files = SystemFiles.HERE;
    private final String system = SystemCommands.system();
    private final SystemCommands commands = SystemCommands::run;
    private final Remembered<List<OpenPort>> ports = new Remembered<>(() -> new OpenPorts().look());
    private final PortHolders rules = new SystemPortHolders();
    private final SocketTable sockets = new SocketTable(files.root().resolve("proc"));
    private final Firewalls firewalls = new Firewalls(commands, system);
    private final Connecting connecting;
    private final HostsFile hosts;
    private final NameServers servers = new NameServers(files);

    /** @param step that one connection, or one answer, may take */
    Examination(Circumstances circumstances, Duration step) {
        this.circumstances = circumstances;
        this.hosts = HostsFile.ofSystem(circumstances.environment());
        this.connecting =
                new Connecting(ports::get, firewalls, sockets, TrustLists.from(circumstances.environment()), step);
    }

    List<Check> of(Subject subject) {
        if (subject instanceof Subject.Port port) {
            return ofPort(port.port());
        }
        return subject instanceof Subject.Url url ? ofUrl(url) : ofMachine();
    }

    private List<Check> ofMachine() {
        List<Check> checks = new ArrayList<>();
        checks.add(new SurroundingsCheck(files, circumstances.environment()));
        checks.add(new ClockCheck(Clock.systemUTC(), dated()));
        checks.add(new DescriptorCheck(files, circumstances.setups()));
        List<String> names = names();
        List<String> local = new ArrayList<>(List.of("localhost", "127.0.0.1"));
        local.addAll(names);
        checks.add(new ProxyVariablesCheck(circumstances.environment(), local));
        checks.add(new GatewayCheck(circumstances.setups(), circumstances.sockets()));
        boolean open = configurations().flatMap(each -> each.listen().stream()).anyMatch(BindAddress::open);
        checks.add(new NameCheck(
                names.isEmpty() ? List.of("localhost") : names, open, new ResolverCheck(), hosts, servers));
        for (Setup setup : circumstances.setups()) {
            setup.configuration().ifPresent(configuration -> ofSetup(setup, configuration, checks));
        }
        checks.add(new FirewallCheck(this::openSockets, firewalls));
        checks.add(CertificateCheck.ofAll(
                circumstances.environment(), configurations().toList(), Clock.systemUTC()));
        return checks;
    }

    private void ofSetup(Setup setup, Configuration configuration, List<Check> checks) {
        if (setup.gateway().isEmpty()) {
            checks.add(new ListenCheck(setup, configuration, ports::get));
        }
        List<Check> targets = new ArrayList<>();
        for (VirtualHost host : configuration.hosts()) {
            for (Route route : host.routes()) {
                String name = host.pattern().kind() == HostPattern.Kind.EXACT
                        ? host.pattern().name()
                        : "localhost";
                targets.addAll(new RouteTargets(configuration, host, route, connecting).checks(name, "/", Status.WARN));
            }
        }
        for (Forward forward : configuration.forwards()) {
            if (forward.protocol() == Protocol.TCP) {
                forward.targets()
                        .forEach(target -> targets.add(new TargetCheck(
                                forward.key().toString(),
                                forward.bind().toString(),
                                target.socket(),
                                "",
                                Target.Security.PLAIN,
                                "/",
                                Status.WARN,
                                connecting)));
            }
        }
        checks.addAll(targets.subList(0, Math.min(MOST_TARGETS, targets.size())));
    }

    private List<Check> ofPort(int port) {
        List<InetAddress> both = List.of(Addresses.LOOPBACK4, Addresses.LOOPBACK6);
        return List.of(
                new SurroundingsCheck(files, circumstances.environment()),
                new ProxyVariablesCheck(circumstances.environment(), List.of("localhost", "127.0.0.1")),
                new PortRangeCheck(
                        port, rules, () -> !PortCheck.of(ports.get(), port).isEmpty(), privileged(), commands, system),
                portCheck(port, circumstances.expected(port)),
                new ServiceCheck(
                        "localhost",
                        () -> PortCheck.of(ports.get(), port).isEmpty() ? List.of() : both,
                        port,
                        true,
                        Optional.empty(),
                        connecting),
                new FirewallCheck(
                        () -> PortCheck.of(ports.get(), port).stream()
                                .flatMap(each -> each.addresses().stream())
                                .map(address -> new InetSocketAddress(address, port))
                                .toList(),
                        firewalls));
    }

    private List<Check> ofUrl(Subject.Url url) {
        Optional<Setup> setup = setup(url);
        if (setup.isPresent() && setup.get().configuration().isPresent()) {
            return throughGateway(url, setup.get(), setup.get().configuration().get());
        }
        List<Check> checks = elsewhere(url, setup.flatMap(Setup::gateway));
        setup.flatMap(GatewayCheck::problems).ifPresent(problem -> checks.add(0, said(problem)));
        return checks;
    }

    private static Check said(Finding finding) {
        return new LaterCheck(finding.check(), () -> List.of(finding));
    }

    private List<Check> throughGateway(Subject.Url url, Setup setup, Configuration configuration) {
        int port = url.port().orElse(configuration.listen().get(0).port());
        String host = url.host().toLowerCase(Locale.ROOT);
        List<Check> checks = new ArrayList<>();
        checks.add(new SurroundingsCheck(files, circumstances.environment()));
        checks.add(new ProxyVariablesCheck(circumstances.environment(), List.of(host)));
        boolean open = configuration.listen().stream().anyMatch(BindAddress::open);
        if (!NameOrigin.isAddress(host)) {
            checks.add(new NameCheck(List.of(host), open, new ResolverCheck(), hosts, servers));
        }
        boolean listens = setup.listens(port);
        checks.add(portCheck(
                port, setup.gateway().isPresent() || !listens ? Optional.empty() : Optional.of(setup.name())));
        if (!listens) {
            checks.add(said(Finding.fail(
                    "listener",
                    setup.name() + " has no listener on port " + port + ", but on "
                            + configuration.listen().stream()
                                    .map(BindAddress::toString)
                                    .collect(Collectors.joining(", ")))));
        }
        RoutingTable<Route> table = RouteCheck.table(configuration);
        Optional<VirtualHost> served = RouteCheck.host(table, url);
        String source = served.map(found -> setup.name(found.pattern())).orElse(setup.name());
        TlsSettings tls = served.flatMap(VirtualHost::tls).orElse(configuration.tls());
        boolean secure = url.scheme().equals("https");
        if (secure && served.isPresent() && tls instanceof TlsSettings.Off) {
            checks.add(said(Finding.fail(
                            "tls",
                            served.get().pattern() + " of " + source + " is not served over TLS: it has tls: off")
                    .fix("http://" + url.host() + ":" + port + url.path())));
        }
        checks.add(new ServiceCheck(
                bare(host), () -> here(resolved(host)), port, true, Optional.of(url.scheme()), connecting));
        if (secure && !(tls instanceof TlsSettings.Off)) {
            checks.add(new CertificateCheck(
                    circumstances.environment(),
                    Map.of(host, tls),
                    tls instanceof TlsSettings.Auto,
                    Clock.systemUTC()));
        }
        RouteCheck routes = new RouteCheck(source, table, url);
        checks.add(routes);
        routes.matched()
                .ifPresent(matched ->
                        checks.addAll(new RouteTargets(configuration, matched.host(), matched.route(), connecting)
                                .checks(host + ":" + port, RouteTargets.rewritten(url.path(), matched), Status.FAIL)));
        return checks;
    }

    /** @param gateway that runs the file that is named, though not as it is now; then its port is the one that is meant */
    private List<Check> elsewhere(Subject.Url url, Optional<Running> gateway) {
        String host = url.host().toLowerCase(Locale.ROOT);
        int usual = gateway.flatMap(running -> running.listeners().stream().findFirst())
                .map(InetSocketAddress::getPort)
                .orElse(url.scheme().equals("https") ? 443 : 80);
        int port = url.port().orElse(usual);
        // RFC 6761 §6.3: browsers take these for the loopback, whatever the resolver says.
        boolean local = host.equals("localhost") || host.endsWith(".localhost");
        Remembered<List<InetAddress>> addresses =
                new Remembered<>(() -> local ? here(resolved(host)) : Connecting.allAddresses(bare(host)));
        List<Check> checks = new ArrayList<>();
        checks.add(new SurroundingsCheck(files, circumstances.environment()));
        checks.add(
                local
                        ? new NameCheck(List.of(host), false, new ResolverCheck(), hosts, servers)
                        : new LaterCheck(
                                "name",
                                () -> NameCheck.foreign(host, addresses.get(), hosts, servers).stream()
                                        .toList()));
        checks.add(new LaterCheck(
                "proxy",
                () -> addresses.get().stream().anyMatch(Firewalls::isOwn)
                        ? new ProxyVariablesCheck(circumstances.environment(), List.of(host)).look()
                        : List.of()));
        checks.add(new LaterCheck(
                "port",
                () -> addresses.get().stream().anyMatch(Firewalls::isOwn)
                        ? portCheck(port, circumstances.expected(port)).look()
                        : List.of()));
        checks.add(new ServiceCheck(bare(host), addresses::get, port, true, Optional.of(url.scheme()), connecting));
        return checks;
    }

    /** The one that is named, or else that serves the host, or at least has the port. */
    private Optional<Setup> setup(Subject.Url url) {
        if (circumstances.named().isPresent()) {
            return circumstances
                    .named()
                    .filter(named ->
                            url.port().isEmpty() || !named.forwards(url.port().getAsInt()));
        }
        OptionalInt port = url.port();
        List<Setup> able = circumstances.setups().stream()
                .filter(each -> each.configuration().isPresent())
                .filter(each -> port.isEmpty()
                        || each.configuration().get().listen().stream()
                                .anyMatch(listen -> listen.port() == port.getAsInt()))
                .toList();
        boolean local = url.host().toLowerCase(Locale.ROOT).endsWith(".localhost");
        return able.stream()
                .filter(each ->
                        !(RouteCheck.table(each.configuration().orElseThrow()).decide(url.host(), url.path())
                                instanceof RouteDecision.UnknownHost<Route>))
                .findFirst()
                .or(() -> port.isPresent() || local ? able.stream().findFirst() : Optional.empty());
    }

    private PortCheck portCheck(int port, Optional<String> expected) {
        return new PortCheck(port, ports::get, sockets, rules, expected, circumstances.answering());
    }

    private List<InetSocketAddress> openSockets() {
        Stream<InetSocketAddress> listeners = circumstances.setups().stream()
                .flatMap(setup -> setup.gateway().stream())
                .flatMap(gateway -> gateway.listeners().stream());
        Stream<InetSocketAddress> forwards = circumstances.setups().stream()
                .filter(setup -> setup.gateway().isPresent())
                .flatMap(setup -> setup.configuration().stream())
                .flatMap(configuration -> configuration.forwards().stream())
                .filter(forward ->
                        forward.protocol() == Protocol.TCP && forward.bind().open())
                .map(forward -> new InetSocketAddress(
                        forward.bind().scope() == BindAddress.Scope.ADDRESS
                                ? Addresses.literal(forward.bind().address())
                                : Addresses.literal("::"),
                        forward.bind().port()));
        return Stream.concat(listeners, forwards)
                .filter(socket -> !socket.getAddress().isLoopbackAddress())
                .toList();
    }

    private List<String> names() {
        return configurations()
                .flatMap(each -> each.hosts().stream())
                .map(VirtualHost::pattern)
                .filter(pattern -> pattern.kind() == HostPattern.Kind.EXACT)
                .map(HostPattern::name)
                .filter(name -> !NameOrigin.isAddress(name))
                .distinct()
                .limit(MOST_NAMES)
                .toList();
    }

    private Stream<Configuration> configurations() {
        return circumstances.setups().stream().flatMap(setup -> setup.configuration().stream());
    }

    private List<Path> dated() {
        return Stream.concat(
                        circumstances.setups().stream().flatMap(setup -> setup.file().stream()),
                        Stream.of("etc/resolv.conf", "var/log", "var/tmp").map(files.root()::resolve))
                .toList();
    }

    /** Linux tells what a process may do (capabilities(7)): bit 10 is for ports. */
    private boolean privileged() {
        return files.lines("proc/self/status").stream()
                .filter(line -> line.startsWith("CapEff:"))
                .map(line -> Long.parseUnsignedLong(
                        line.substring("CapEff:".length()).strip(), 16))
                .anyMatch(capabilities -> ((capabilities >> 10) & 1) == 1);
    }

    private List<InetAddress> resolved(String host) {
        return connecting.addresses(bare(host));
    }

    /** A name of the gateway that leads elsewhere, or nowhere, is said to by another check; browsers know some themselves. */
    private static List<InetAddress> here(List<InetAddress> addresses) {
        List<InetAddress> own = addresses.stream().filter(Firewalls::isOwn).toList();
        return own.isEmpty() ? List.of(Addresses.LOOPBACK4, Addresses.LOOPBACK6) : own;
    }

    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}

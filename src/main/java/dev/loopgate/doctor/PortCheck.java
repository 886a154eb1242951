package dev.loopgate.doctor;

import dev.loopgate.diagnose.OpenPort;
import dev.loopgate.diagnose.OpenPort.Owner;
import dev.loopgate.diagnose.ShellCommand;
import dev.loopgate.diagnose.SocketTable;
import dev.loopgate.diagnose.SocketTable.Entry;
import dev.loopgate.diagnose.SocketTable.State;
import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.JobControl;
import dev.loopgate.net.PortHolders;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Who listens on a port, on which of this machine's addresses, and whether they are in each other's way.
 *
 * @param rules what the system itself does with ports
 * @param expected the file that has a gateway listen on the port, where none runs it
 * @param answering process ids of the gateways that answer: a file can be attached to those
 */
record PortCheck(
        int port,
        Supplier<List<OpenPort>> ports,
        SocketTable sockets,
        PortHolders rules,
        Optional<String> expected,
        Set<Long> answering)
        implements Check {

    /** Programs that answer for others. */
    private static final List<String> PROXIES =
            List.of("nginx", "caddy", "haproxy", "traefik", "apache2", "httpd", "envoy", "squid", "docker-proxy");

    @Override
    public String name() {
        return "port";
    }

    @Override
    public List<Finding> look() {
        List<OpenPort> here = of(ports.get(), port);
        if (here.isEmpty()) {
            return List.of(free());
        }
        List<Finding> findings = new ArrayList<>();
        for (OpenPort each : here) {
            findings.add(holder(each));
            each.process()
                    .filter(process -> JobControl.isStopped(process.pid()))
                    .ifPresent(process -> findings.add(Finding.fail(
                                    name(),
                                    process.name() + " (pid " + process.pid()
                                            + ") is stopped (Ctrl-Z): it answers nobody")
                            .fix("kill -CONT " + process.pid())));
        }
        rivals(here).ifPresent(findings::add);
        findings.add(binding(here));
        return findings;
    }

    /** Those of TCP. */
    static List<OpenPort> of(List<OpenPort> ports, int port) {
        return ports.stream()
                .filter(each -> each.port() == port && each.protocol() == Protocol.TCP)
                .toList();
    }

    private Finding holder(OpenPort each) {
        String text = who(each) + " listens on " + addresses(each);
        Optional<String> project = each.process()
                .flatMap(process -> process.project().or(process::directory))
                .map(folder -> ", in " + folder);
        // One that does not answer may be that of the file: it is stopped, or has its control socket elsewhere.
        boolean mute = each.process()
                .filter(process -> process.gateway() && !answering.contains(process.pid()))
                .isPresent();
        if (expected.isPresent() && !mute) {
            return Finding.fail(name(), text + project.orElse("") + ": the gateway of " + expected.get() + " cannot")
                    .fix(each.process()
                            .map(process -> process.gateway()
                                    ? ShellCommand.of("loopgate", "attach", expected.get())
                                    : "kill " + process.pid()));
        }
        return Finding.ok(name(), text + project.orElse(""));
    }

    static String who(OpenPort each) {
        return each.process()
                .map(process -> (process.gateway() ? "a Loopgate" : process.name()) + " (pid " + process.pid()
                        + ", user " + process.user() + ")")
                .orElseGet(() -> each.user()
                        .map(user -> "a process of user " + user)
                        .orElse("a process that only its user and root may see"));
    }

    private static String addresses(OpenPort each) {
        return each.addresses().stream()
                .map(address -> Addresses.text(new InetSocketAddress(address, each.port())))
                .collect(Collectors.joining(" and "));
    }

    private Finding free() {
        List<Entry> entries = sockets.of(Protocol.TCP, other -> other == port);
        // Of a port that the system does not lend, it is what a server has left that listens no longer: it keeps nobody
        // out.
        Optional<Entry> outgoing = entries.stream()
                .filter(entry -> entry.state() == State.ESTABLISHED
                        && rules.outgoing(port).isPresent())
                .findFirst();
        if (outgoing.isPresent()) {
            return Finding.fail(
                            name(),
                            "an outgoing connection, to port " + outgoing.get().peerPort() + ", has port " + port
                                    + ": nobody can listen on it until that ends")
                    .fix("sudo ss -tnp 'sport = :" + port + "'");
        }
        if (expected.isPresent()) {
            return Finding.fail(name(), "nobody listens on port " + port + ": no gateway runs " + expected.get())
                    .fix(ShellCommand.of("loopgate", "run", "--config", expected.get()));
        }
        boolean udp = ports.get().stream().anyMatch(each -> each.port() == port);
        boolean before = entries.stream().anyMatch(entry -> entry.state() == State.TIME_WAIT);
        return Finding.fail(
                        name(),
                        "nobody listens on port " + port + (udp ? " for TCP, but for UDP" : "")
                                + (before ? "; somebody did a minute ago" : "")
                                + ": it is not started, or has another port")
                .fix("loopgate ports");
    }

    /** Different programs on different addresses of the same port: who answers depends on the address. */
    private Optional<Finding> rivals(List<OpenPort> here) {
        List<Owner> owners = here.stream()
                .map(OpenPort::process)
                .flatMap(Optional::stream)
                .sorted(Comparator.comparingInt(PortCheck::strangeness))
                .toList();
        long programs = owners.stream()
                .map(owner -> owner.gateway() ? "loopgate " + owner.pid() : owner.name())
                .distinct()
                .count();
        if (programs < 2) {
            return Optional.empty();
        }
        Owner last = owners.get(owners.size() - 1);
        boolean gateways = owners.stream().allMatch(Owner::gateway);
        return Optional.of(Finding.warn(
                        name(),
                        (gateways ? "two gateways share the port" : "several programs share the port")
                                + ": whether a client meets one or another depends on the address it takes for the name")
                .fix("kill " + last.pid()));
    }

    /** Who rather goes than a gateway. */
    private static int strangeness(Owner owner) {
        return owner.gateway() ? 0 : PROXIES.contains(owner.name()) ? 2 : 1;
    }

    private Finding binding(List<OpenPort> here) {
        List<InetAddress> all = here.stream()
                .flatMap(each -> each.addresses().stream())
                .distinct()
                .toList();
        // A socket on :: takes IPv4 too, unless it says otherwise, which nobody tells.
        boolean six = all.stream().anyMatch(address -> takes(address, Addresses.LOOPBACK6));
        boolean four = all.stream().anyMatch(address -> takes(address, Addresses.LOOPBACK4));
        if (!four && !six) {
            InetAddress address = all.get(0);
            String whom = OpenPort.scope(address) == OpenPort.Scope.CONTAINERS
                    ? "which containers reach"
                    : "which the network reaches";
            String text = Addresses.text(new InetSocketAddress(address, port));
            return Finding.warn("address", "it listens on " + text + " only, " + whom + ", and not on localhost")
                    .fix(YamlLine.forward(Integer.toString(port), text));
        }
        if (!four) {
            return Finding.warn("address", "it listens on [::1] only: who connects to 127.0.0.1 is refused")
                    .fix(YamlLine.forward("127.0.0.1:" + port, "[::1]:" + port));
        }
        boolean open = all.stream().anyMatch(address -> OpenPort.scope(address).compareTo(OpenPort.Scope.LAN) >= 0);
        String reach = open
                ? "the network reaches it, unless a firewall is in between"
                : "other machines and containers do not reach it";
        return six
                ? Finding.info("address", reach)
                : Finding.info("address", "it listens on IPv4 only: who connects to [::1] is refused; " + reach);
    }

    private static boolean takes(InetAddress bound, InetAddress loopback) {
        return bound.equals(loopback)
                || (bound.isAnyLocalAddress()
                        && (bound instanceof Inet6Address
                                || bound.getAddress().length == loopback.getAddress().length));
    }
}

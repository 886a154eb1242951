package dev.loopgate.doctor;

import dev.loopgate.diagnose.Concurrently;
import dev.loopgate.diagnose.OpenPort;
import dev.loopgate.diagnose.Probe;
import dev.loopgate.diagnose.Probe.Attempt;
import dev.loopgate.diagnose.SocketTable;
import dev.loopgate.diagnose.SocketTable.Entry;
import dev.loopgate.diagnose.SocketTable.State;
import dev.loopgate.diagnose.Speech;
import dev.loopgate.doctor.Firewalls.Obstacle;
import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.net.Addresses;
import dev.loopgate.tls.TrustLists;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** Whether addresses take connections, and where they do not, why. */
final class Connecting {

    private final Supplier<List<OpenPort>> ports;
    private final Firewalls firewalls;
    private final SocketTable sockets;
    private final TrustLists lists;
    private final Duration limit;

    /**
     * @param lists by which certificates are judged
     * @param limit of one connection, or of one answer over it
     */
    Connecting(
            Supplier<List<OpenPort>> ports,
            Firewalls firewalls,
            SocketTable sockets,
            TrustLists lists,
            Duration limit) {
        this.limit = limit;
        this.lists = lists;
        this.ports = ports;
        this.firewalls = firewalls;
        this.sockets = sockets;
    }

    /** How long a service may take over a connection, or an answer. */
    Duration limit() {
        return limit;
    }

    /** Of a host; none where the resolver takes longer than anything else here may. */
    List<InetAddress> addresses(String host) {
        return Concurrently.ask(() -> allAddresses(host))
                .completeOnTimeout(List.of(), limit.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    /** Of a host, however long the resolver takes. */
    static List<InetAddress> allAddresses(String host) {
        try {
            return List.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException unknown) {
            return List.of();
        }
    }

    /**
     * What answers there; empty where nothing takes the connection.
     *
     * @param wanted what is to be spoken
     */
    Optional<Speech> speech(InetSocketAddress address, String host, Speech.Wanted wanted) {
        return Speech.of(address, host, wanted, lists, limit);
    }

    /** One for each address. */
    List<Attempt> attempts(List<InetAddress> addresses, int port) {
        return Probe.attempts(addresses, port, limit);
    }

    /**
     * @param attempt that failed
     * @param elsewhere what leads clients to the address of this machine where the service is, to be copied
     */
    Finding reason(String check, Attempt attempt, int port, Function<InetSocketAddress, String> elsewhere) {
        InetAddress address = attempt.address();
        String to = Addresses.text(new InetSocketAddress(address, port));
        boolean own = Firewalls.isOwn(address);
        Optional<Obstacle> obstacle = own ? firewalls.within(address, port) : firewalls.outwards(address, port);
        return switch (attempt.outcome()) {
            case CONNECTED -> Finding.ok(check, to + " takes connections");
            case REFUSED ->
                obstacle.filter(Obstacle::tells)
                        .map(rule -> kept(check, to + " refuses connections, by the firewall", rule))
                        .orElseGet(() -> refused(check, to, port, own, elsewhere));
            case TIMED_OUT ->
                obstacle.map(rule -> kept(check, to + " does not answer: the firewall drops what is sent", rule))
                        .orElseGet(() -> own ? silent(check, to, port) : lost(check, to));
            case UNREACHABLE ->
                Finding.fail(check, to + " cannot be reached: there is no way to it from here")
                        .fix("ip route get " + Addresses.text(address));
            case FAILED -> Finding.fail(check, to + " cannot be connected to: " + attempt.detail());
        };
    }

    private static Finding kept(String check, String sentence, Obstacle rule) {
        return Finding.fail(check, sentence + ": " + rule.text()).fix(rule.fix());
    }

    private Finding refused(
            String check, String to, int port, boolean own, Function<InetSocketAddress, String> elsewhere) {
        List<OpenPort> others = own ? PortCheck.of(ports.get(), port) : List.of();
        Optional<InetAddress> nearest =
                others.stream().flatMap(other -> other.addresses().stream()).min(Comparator.comparing(OpenPort::scope));
        if (nearest.isEmpty()) {
            return Finding.fail(check, to + " refuses connections: nobody listens there");
        }
        OpenPort other = others.stream()
                .filter(each -> each.addresses().contains(nearest.get()))
                .findFirst()
                .orElseThrow();
        return Finding.fail(
                        check,
                        to + " refuses connections: " + PortCheck.who(other) + " listens on "
                                + Addresses.text(new InetSocketAddress(nearest.get(), port))
                                + ", not on that address")
                .fix(elsewhere.apply(new InetSocketAddress(OpenPort.reached(nearest.get()), port)));
    }

    /** On this machine, a connection that nobody answers waits for a process that does not accept. */
    private Finding silent(String check, String to, int port) {
        Optional<Entry> full = sockets.of(Protocol.TCP, other -> other == port).stream()
                .filter(socket -> socket.state() == State.LISTEN && socket.waiting() > 0)
                .findFirst();
        if (full.isPresent()) {
            String who = PortCheck.of(ports.get(), port).stream()
                    .findFirst()
                    .map(PortCheck::who)
                    .orElse("the process");
            return Finding.fail(
                    check,
                    to + " does not answer: " + who + " hangs, " + full.get().waiting()
                            + " connections wait for it to accept them");
        }
        Finding finding =
                Finding.fail(check, to + " does not answer: a firewall drops what is sent, or the process hangs");
        return finding.fix(firewalls.unread().flatMap(Firewalls.Unread::command));
    }

    private static Finding lost(String check, String to) {
        return Finding.fail(
                check, to + " does not answer: the machine is off, or a firewall on the way drops what is sent");
    }
}

package dev.loopgate.diagnose;

import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.model.UpstreamAddress.HostPort;
import dev.loopgate.model.UpstreamAddress.LoopbackPort;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.Diagnosis;
import dev.loopgate.net.JobControl;
import dev.loopgate.net.PortHolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks for the reason in the tables of this machine: who has, or had, the port, and what speaks there. */
public final class UpstreamDiagnosis implements Diagnosis {

    /** Of the half second that a page waits for all of it. */
    private static final Duration CONNECT = Duration.ofMillis(100);

    private static final Duration GREETING = Duration.ofMillis(200);

    private final Machine machine = Machine.ofThis();
    private final FormerHolders former = new FormerHolders();

    @Override
    public void remember(Collection<UpstreamAddress> answering) {
        Set<Integer> ports = answering.stream()
                .flatMap(upstream -> own(upstream).stream())
                .map(InetSocketAddress::getPort)
                .collect(Collectors.toSet());
        if (ports.isEmpty()) {
            return;
        }
        List<ListeningSocket> sockets = listening(ports::contains);
        for (UpstreamAddress upstream : answering) {
            own(upstream).stream()
                    .flatMap(address -> ListeningSocket.closest(sockets, address).stream())
                    .filter(socket -> socket.pid() > 0)
                    .findFirst()
                    .flatMap(socket -> RunningProgram.of(machine, socket.pid()))
                    .ifPresent(program -> former.put(upstream, program));
        }
    }

    private List<ListeningSocket> listening(IntPredicate ports) {
        return machine.listening(Set.of(Protocol.TCP), ports, process -> true);
    }

    /** Whether it is known who listened for an upstream when it answered last. */
    boolean remembers(UpstreamAddress upstream) {
        return former.of(upstream).isPresent();
    }

    @Override
    public List<Finding> examine(UpstreamAddress upstream, Symptom symptom, Optional<Instant> answered) {
        List<InetSocketAddress> wanted = own(upstream);
        if (wanted.isEmpty()) {
            return List.of();
        }
        int port = wanted.get(0).getPort();
        List<ListeningSocket> sockets = listening(candidate -> candidate == port);
        if (symptom == Symptom.REFUSED) {
            return refused(upstream, wanted, sockets, answered);
        }
        List<Finding> findings = new ArrayList<>();
        Optional<ListeningSocket> socket = wanted.stream()
                .flatMap(address -> ListeningSocket.closest(sockets, address).stream())
                .findFirst();
        if (socket.isEmpty()) {
            former(upstream, answered).ifPresent(findings::add);
            return findings;
        }
        if (symptom == Symptom.ENDED || symptom == Symptom.NOT_HTTP) {
            tls(wanted).ifPresent(findings::add);
        }
        findings.add(holds(socket.get(), symptom));
        return findings;
    }

    /** Who listens where the upstream is expected, as in a message; empty where nobody does. Blocks for a moment. */
    public Optional<String> whoListens(UpstreamAddress upstream) {
        List<InetSocketAddress> wanted = own(upstream);
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        int port = wanted.get(0).getPort();
        List<ListeningSocket> sockets = listening(candidate -> candidate == port);
        return wanted.stream()
                .flatMap(address -> ListeningSocket.closest(sockets, address).stream())
                .findFirst()
                .map(this::text);
    }

    private String text(ListeningSocket socket) {
        return told(Kind.HOLDER, socket, "", "", Optional.empty()).text();
    }

    private List<Finding> refused(
            UpstreamAddress upstream,
            List<InetSocketAddress> wanted,
            List<ListeningSocket> sockets,
            Optional<Instant> answered) {
        if (Concurrently.askEach(wanted, UpstreamDiagnosis::connects).contains(true)) {
            return wanted.stream()
                    .flatMap(address -> ListeningSocket.closest(sockets, address).stream())
                    .findFirst()
                    .map(socket ->
                            told(Kind.HOLDER, socket, "", " has begun to listen since.", Optional.of("Try again.")))
                    .stream()
                    .toList();
        }
        if (!sockets.isEmpty()) {
            return List.of(elsewhere(
                    wanted,
                    sockets,
                    Collections.min(sockets, Comparator.comparingInt(socket -> socket.strangeness(wanted)))));
        }
        List<Finding> findings = new ArrayList<>(2);
        former(upstream, answered).ifPresent(findings::add);
        former.of(upstream)
                .flatMap(program -> moved(program, wanted.get(0).getPort()))
                .ifPresent(findings::add);
        return findings;
    }

    /** Somebody listens on the port, but not where the target is. */
    private Finding elsewhere(List<InetSocketAddress> wanted, List<ListeningSocket> sockets, ListeningSocket socket) {
        int port = wanted.get(0).getPort();
        String addresses = sockets.stream()
                .filter(other -> other.equals(socket) || (other.pid() == socket.pid() && socket.pid() > 0))
                .map(each -> Addresses.text(each.address()))
                .distinct()
                .collect(Collectors.joining(" and "));
        String target = wanted.stream().map(Addresses::text).collect(Collectors.joining(" and "));
        InetAddress address = socket.address().getAddress();
        boolean local = address.isLoopbackAddress() || address.isAnyLocalAddress();
        boolean family = local
                && wanted.stream()
                        .allMatch(each -> each.getAddress().isLoopbackAddress()
                                && each.getAddress().getAddress().length != address.getAddress().length);
        boolean either = address.equals(Addresses.LOOPBACK4) || address.equals(Addresses.LOOPBACK6) || family;
        return told(
                family ? Kind.OTHER_FAMILY : Kind.OTHER_ADDRESS,
                socket,
                "",
                " listens on " + addresses + " only, not on " + target + ".",
                Optional.of("Set the target to "
                        + (either
                                ? port + " alone, which means either loopback address."
                                : Addresses.text(socket.address()) + ", or have the service listen on "
                                        + Addresses.text(wanted.get(0).getAddress()) + " too.")));
    }

    private Finding holds(ListeningSocket socket, Symptom symptom) {
        if (socket.pid() > 0 && JobControl.isStopped(socket.pid())) {
            return told(
                    Kind.STOPPED,
                    socket,
                    "",
                    " has the port and is stopped, as by Ctrl-Z: it does nothing until it is continued.",
                    Optional.of("Continue it: fg in its terminal, or kill -CONT " + socket.pid() + "."));
        }
        return switch (symptom) {
            case NOT_TAKEN ->
                told(
                        Kind.HOLDER,
                        socket,
                        "",
                        " has the port, but takes no new connections: it hangs, or has more than it can do.",
                        Optional.empty());
            case SILENT ->
                told(
                        Kind.HOLDER,
                        socket,
                        "",
                        " has the port and took the request: it is busy, or waits for something itself.",
                        Optional.empty());
            default -> told(Kind.HOLDER, socket, "It is ", " that has the port.", Optional.empty());
        };
    }

    private static Optional<Finding> tls(List<InetSocketAddress> wanted) {
        List<Boolean> answered = Concurrently.askEach(wanted, address -> TlsGreeting.isAnsweredBy(address, GREETING));
        return wanted.stream()
                .filter(address -> answered.get(wanted.indexOf(address)))
                .findFirst()
                .map(address -> new Finding(
                        Kind.TLS,
                        Addresses.text(address) + " speaks TLS, and the target is plain HTTP.",
                        Optional.of("Use the service's plain http:// port as the target, or switch its TLS off."),
                        Optional.empty(),
                        Optional.empty()));
    }

    private Optional<Finding> former(UpstreamAddress upstream, Optional<Instant> answered) {
        return former.of(upstream).map(program -> {
            String last = answered.map(at -> " It answered last at "
                            + at.atZone(ZoneId.systemDefault()).toLocalTime().truncatedTo(ChronoUnit.SECONDS))
                    .orElse(" It answered");
            String since = program.alive() ? " and still runs, but no longer listens there." : " and has ended since.";
            return new Finding(
                    Kind.FORMER_HOLDER,
                    program + " had the port." + last + since,
                    Optional.empty(),
                    Optional.of(program.holder()),
                    program.directory());
        });
    }

    /** A dev server that finds its port taken, by its own predecessor for instance, often takes the next one. */
    private Optional<Finding> moved(RunningProgram before, int port) {
        return before
                .directory()
                .map(folder -> machine.listening(
                        Set.of(Protocol.TCP),
                        other -> other != port,
                        process -> machine.directory(process)
                                .filter(folder::equals)
                                .isPresent()))
                .orElse(List.of())
                .stream()
                .filter(socket -> socket.pid() > 0)
                .flatMap(socket -> RunningProgram.of(machine, socket.pid())
                        .filter(before::isLike)
                        .map(program -> new Finding(
                                Kind.OTHER_PORT,
                                program.holder() + ", in the same folder, listens on "
                                        + Addresses.text(socket.address()) + ".",
                                Optional.of("If that is the service, set the target to "
                                        + socket.address().getPort() + "; else start it again."),
                                Optional.of(program.holder()),
                                program.directory()))
                        .stream())
                .findFirst();
    }

    private Finding told(Kind kind, ListeningSocket socket, String before, String after, Optional<String> fix) {
        Optional<RunningProgram> program =
                socket.pid() > 0 ? RunningProgram.of(machine, socket.pid()) : Optional.empty();
        PortHolder holder = program.map(RunningProgram::holder).orElseGet(socket::hidden);
        String who = program.map(RunningProgram::toString).orElse(holder.toString());
        String text = before + who + after;
        return new Finding(
                kind,
                Character.toUpperCase(text.charAt(0)) == text.charAt(0) || program.isPresent()
                        ? text
                        : Character.toUpperCase(text.charAt(0)) + text.substring(1),
                fix,
                Optional.of(holder),
                program.flatMap(RunningProgram::directory));
    }

    private static boolean connects(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, (int) CONNECT.toMillis());
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    /** Those of its addresses that are this machine's; of a name only where that is certain without asking anybody. */
    private static List<InetSocketAddress> own(UpstreamAddress upstream) {
        if (upstream instanceof LoopbackPort local) {
            return loopback(local.port());
        }
        if (!(upstream instanceof HostPort named)) {
            return List.of();
        }
        if (named.host().equals("localhost") || named.host().endsWith(".localhost")) {
            return loopback(named.port());
        }
        if (!NameOrigin.isAddress(named.host())) {
            return List.of();
        }
        try {
            // A literal: nothing is looked up.
            InetAddress address = InetAddress.getByName(named.host());
            return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null
                    ? List.of(new InetSocketAddress(address, named.port()))
                    : List.of();
        } catch (UnknownHostException | SocketException unknown) {
            return List.of();
        }
    }

    private static List<InetSocketAddress> loopback(int port) {
        return Stream.of(Addresses.LOOPBACK4, Addresses.LOOPBACK6)
                .map(address -> new InetSocketAddress(address, port))
                .toList();
    }
}

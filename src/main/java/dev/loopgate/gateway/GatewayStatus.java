package dev.loopgate.gateway;

import dev.loopgate.model.Access;
import dev.loopgate.model.Forward.Protocol;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The gateway at one moment.
 *
 * @param version of Loopgate
 * @param pid of this process
 * @param file the configuration; empty where it runs without one
 * @param started when it began to listen
 * @param listeners the sockets of HTTP
 * @param http3 those of UDP beside them; empty where HTTP/3 is off
 * @param hosts in the order of the file
 * @param forwards in the order of the file
 * @param connections client connections over HTTP now
 * @param requests over HTTP since the start
 * @param lastReload empty until the configuration was read again
 * @param warnings what the reader of the file advises against, and a loopback family that is missing
 * @param endings certificates that have ended, or will within two weeks
 * @param attached projects whose hosts and forwards are among those above, in the order in which they came
 */
public record GatewayStatus(
        String version,
        long pid,
        Optional<Path> file,
        Instant started,
        List<Listening> listeners,
        Optional<Http3> http3,
        List<Host> hosts,
        List<ForwardState> forwards,
        int connections,
        long requests,
        Optional<ReloadReport> lastReload,
        List<String> warnings,
        List<Ending> endings,
        List<Attached> attached) {

    public GatewayStatus {
        listeners = List.copyOf(listeners);
        hosts = List.copyOf(hosts);
        forwards = List.copyOf(forwards);
        warnings = List.copyOf(warnings);
        endings = List.copyOf(endings);
        attached = List.copyOf(attached);
    }

    /**
     * A certificate to be seen to.
     *
     * @param whose what it is for, in words
     * @param until its end; of the authority, when another takes its place
     * @param text what becomes of it, as a predicate
     */
    public record Ending(String whose, Instant until, String text) {}

    /**
     * A project that somebody has attached.
     *
     * @param name what people know it by
     * @param file its configuration; empty where it has none
     * @param pid of who attached it
     * @param hosts their patterns
     * @param forwards as in the file: {@code lan:5432}, {@code 5353/udp}
     */
    public record Attached(String name, Optional<Path> file, long pid, List<String> hosts, List<String> forwards) {
        public Attached {
            hosts = List.copyOf(hosts);
            forwards = List.copyOf(forwards);
        }
    }

    /**
     * A socket of HTTP.
     *
     * @param address as bound: {@code 127.0.0.1:62893}, {@code [::1]:62893}
     * @param open whether machines elsewhere on the network can reach it
     */
    public record Listening(String address, boolean open) {}

    /**
     * HTTP/3, where it is asked for.
     *
     * @param addresses where it is served: {@code 127.0.0.1:62893}
     * @param problems why it is not served elsewhere, a sentence each
     */
    public record Http3(List<String> addresses, List<String> problems) {
        public Http3 {
            addresses = List.copyOf(addresses);
            problems = List.copyOf(problems);
        }
    }

    /**
     * A virtual host.
     *
     * @param pattern as in the file
     * @param url where a browser on this machine finds it; empty for a pattern with a wildcard
     */
    public record Host(String pattern, Optional<String> url, List<RouteState> routes) {
        public Host {
            routes = List.copyOf(routes);
        }
    }

    /** A path prefix, and what it leads to: {@code http://localhost:3000}, {@code files /srv/site}. */
    public record RouteState(String prefix, String target) {}

    /**
     * A forward, or neighbouring ones that have not been used and are so many that they are told as one: then what ends
     * with a port ends with a range, but for the address of a problem that they share. What are connections of TCP are
     * sessions of UDP.
     *
     * @param bind as in the file, without the protocol: {@code lan:5432}, {@code 8000-8100}
     * @param addresses what is bound; empty where it could not be
     * @param targets in the order of the file
     * @param access which clients are accepted
     * @param open whether machines elsewhere on the network can reach it
     * @param secure whether its clients speak TLS with the gateway
     * @param problem why it does not listen, or not on every address that it should; empty where it does
     * @param until when it closes, or has closed, by itself; empty where it stays open
     * @param connections now
     * @param accepted connections since it opened
     * @param refused connections turned away since it opened: by address, by the cap, or because no target answered; of UDP, datagrams
     * @param bytesToTarget payload since it opened
     * @param bytesToClient payload since it opened
     * @param clients who is connected now and has passed most, at most five
     * @param down targets that could not be reached when they were tried last
     * @param lastError of a connection; empty where there was none
     */
    public record ForwardState(
            Protocol protocol,
            String bind,
            List<String> addresses,
            List<String> targets,
            Access access,
            boolean open,
            boolean secure,
            Optional<BindProblem> problem,
            Optional<Instant> until,
            int connections,
            long accepted,
            long refused,
            long bytesToTarget,
            long bytesToClient,
            List<ForwardClient> clients,
            List<DownTarget> down,
            Optional<String> lastError) {
        public ForwardState {
            addresses = List.copyOf(addresses);
            targets = List.copyOf(targets);
            clients = List.copyOf(clients);
            down = List.copyOf(down);
        }

        /** One for each range that nothing has gone through. */
        static List<ForwardState> folded(Stream<ForwardState> all) {
            return new PortRuns<>(ForwardState::ports, ForwardState::unusedAlike, ForwardState::spanning).fold(all);
        }

        private PortRuns.Ports ports() {
            return new PortRuns.Ports(bind, addresses, targets);
        }

        private boolean unusedAlike(ForwardState other) {
            return unused()
                    && other.unused()
                    && problem.map(BindProblem::anywhere).equals(other.problem.map(BindProblem::anywhere))
                    && protocol == other.protocol
                    && open == other.open
                    && secure == other.secure
                    && access.equals(other.access)
                    && until.isPresent() == other.until.isPresent();
        }

        private boolean unused() {
            return accepted == 0 && refused == 0 && down.isEmpty();
        }

        private ForwardState spanning(PortRuns.Ports ports) {
            return new ForwardState(
                    protocol,
                    ports.bind(),
                    ports.addresses(),
                    ports.targets(),
                    access,
                    open,
                    secure,
                    problem,
                    until,
                    connections,
                    accepted,
                    refused,
                    bytesToTarget,
                    bytesToClient,
                    clients,
                    down,
                    lastError);
        }
    }

    /**
     * Who uses a forward.
     *
     * @param connections now
     * @param bytes of these, both ways together
     */
    public record ForwardClient(String address, int connections, long bytes) {}

    /** A target that is not used while others can be, and why. */
    public record DownTarget(String target, String cause) {}
}

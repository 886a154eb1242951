package dev.loopgate.model;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A port-forwarding rule: one socket that is listened on, and where its traffic goes. */
public sealed interface Forward {

    /** What is carried. */
    enum Protocol {
        TCP,
        UDP;

        /** In lower case, as in the file. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The socket that a forward asks for: no two of a configuration have the same. */
    record Key(Protocol protocol, BindAddress bind) {
        /** As in the file: {@code lan:5432}, {@code 5353/udp}. */
        @Override
        public String toString() {
            return protocol == Protocol.TCP ? bind.toString() : bind + "/" + protocol;
        }
    }

    Protocol protocol();

    /** Where it listens. */
    BindAddress bind();

    /** Wherever it may lead, in the order of the file; at least one. */
    List<UpstreamAddress> targets();

    /** The same for a person. */
    default List<String> destinations() {
        return targets().stream().map(Object::toString).toList();
    }

    /** Which clients are served. */
    Access access();

    /** Whether its clients speak TLS with the gateway, and not with the target. */
    default boolean secure() {
        return false;
    }

    /** How long it is open once it is in force; zero: for good. */
    Duration lifetime();

    default Key key() {
        return new Key(protocol(), bind());
    }

    /**
     * A TCP forward.
     *
     * @param to tried by turns, one after the other where one cannot be reached; empty only where there are server names,
     *     and then those that have none of these are turned away
     * @param access which clients are accepted
     * @param security on either side
     * @param file who may connect, where it listens on a Unix socket
     */
    record Tcp(
            BindAddress bind,
            List<UpstreamAddress> to,
            Access access,
            Limits limits,
            Timeouts timeouts,
            Duration lifetime,
            Preamble preamble,
            Security security,
            SocketFile file)
            implements Forward {

        public Tcp {
            to = List.copyOf(to);
        }

        /** With what holds where the file says nothing else. */
        public static Tcp of(BindAddress bind, List<UpstreamAddress> to) {
            return new Tcp(
                    bind,
                    to,
                    Access.ALL,
                    Limits.NONE,
                    Timeouts.DEFAULT,
                    Duration.ZERO,
                    Preamble.NONE,
                    Security.NONE,
                    SocketFile.PRIVATE);
        }

        @Override
        public List<UpstreamAddress> targets() {
            // Asked for each port of a range, and for each connection.
            if (preamble.serverNames().isEmpty() && to.size() == 1) {
                return to;
            }
            return Stream.concat(preamble.serverNames().stream().flatMap(name -> name.to().stream()), to.stream())
                    .distinct()
                    .toList();
        }

        @Override
        public List<String> destinations() {
            if (preamble.serverNames().isEmpty()) {
                return Forward.super.destinations();
            }
            return Stream.concat(
                            preamble.serverNames().stream().map(ServerName::toString),
                            to.stream().map(target -> "other names: " + target))
                    .toList();
        }

        public Tcp with(BindAddress bind) {
            return new Tcp(bind, to, access, limits, timeouts, lifetime, preamble, security, file);
        }

        public Tcp with(Access access) {
            return new Tcp(bind, to, access, limits, timeouts, lifetime, preamble, security, file);
        }

        public Tcp with(Limits limits) {
            return new Tcp(bind, to, access, limits, timeouts, lifetime, preamble, security, file);
        }

        public Tcp with(Timeouts timeouts) {
            return new Tcp(bind, to, access, limits, timeouts, lifetime, preamble, security, file);
        }

        public Tcp with(Preamble preamble) {
            return new Tcp(bind, to, access, limits, timeouts, lifetime, preamble, security, file);
        }

        public Tcp with(Security security) {
            return new Tcp(bind, to, access, limits, timeouts, lifetime, preamble, security, file);
        }

        public Tcp with(SocketFile file) {
            return new Tcp(bind, to, access, limits, timeouts, lifetime, preamble, security, file);
        }

        public Tcp withLifetime(Duration lifetime) {
            return new Tcp(bind, to, access, limits, timeouts, lifetime, preamble, security, file);
        }

        @Override
        public boolean secure() {
            return !(security.clients() instanceof TlsSettings.Off);
        }

        @Override
        public Protocol protocol() {
            return Protocol.TCP;
        }
    }

    /**
     * Which users of this machine may connect to a Unix socket: those that may write to its file. An abstract one has no
     * file, and is for all of them.
     *
     * @param mode permission bits, as of chmod(1)
     * @param user a name or number; empty: the one that runs the gateway
     * @param group the same
     */
    record SocketFile(int mode, Optional<String> user, Optional<String> group) {

        public static final SocketFile PRIVATE = new SocketFile(0600, Optional.empty(), Optional.empty());
    }

    /**
     * How much a TCP forward takes on; zero: any number.
     *
     * @param connections at once
     * @param connectionsPerClient at once, of one address
     * @param connectionRate how many new ones in which time
     * @param bandwidth bytes per second in each direction, of all connections together
     */
    record Limits(int connections, int connectionsPerClient, Rate connectionRate, long bandwidth) {

        public static final Limits NONE = new Limits(0, 0, Rate.UNLIMITED, 0);

        public static Limits ofConnections(int connections) {
            return new Limits(connections, 0, Rate.UNLIMITED, 0);
        }
    }

    /**
     * So many in that time, evenly or all at once; a count of zero: any number.
     *
     * @param per more than zero
     */
    record Rate(int count, Duration per) {

        public static final Rate UNLIMITED = new Rate(0, Duration.ofSeconds(1));
    }

    /**
     * What is exchanged before the bytes of a TCP connection pass.
     *
     * @param sent how the target is told who the client is; empty: not at all
     * @param proxies who has to begin with such a header itself, and nobody else is accepted; empty: nobody does
     * @param serverNames where TLS leads by the name that it asks for; empty: it is not looked at
     */
    record Preamble(Optional<ProxyProtocol> sent, Optional<Access> proxies, List<ServerName> serverNames) {

        public static final Preamble NONE = new Preamble(Optional.empty(), Optional.empty(), List.of());

        public Preamble {
            serverNames = List.copyOf(serverNames);
        }
    }

    /**
     * What is made of TLS.
     *
     * @param clients how they are answered; off: their bytes pass as they are
     * @param verify whether targets of {@link UpstreamAddress.Tls} have to prove who they are
     */
    record Security(TlsSettings clients, boolean verify) {

        public static final Security NONE = new Security(new TlsSettings.Off(), true);
    }

    /** The versions of HAProxy's PROXY protocol. */
    enum ProxyProtocol {
        V1,
        V2
    }

    /**
     * Where TLS with some server names leads.
     *
     * @param pattern exact or with a wildcard
     * @param to as those of a forward
     */
    record ServerName(HostPattern pattern, List<UpstreamAddress> to) {

        public ServerName {
            to = List.copyOf(to);
        }

        @Override
        public String toString() {
            return pattern + ": " + to.stream().map(Object::toString).collect(Collectors.joining(", "));
        }
    }

    /**
     * How long the connections of a TCP forward may take.
     *
     * @param connect for one attempt to reach a target
     * @param idle while both directions are silent; zero: for ever
     * @param drain once the rule is changed or gone
     */
    record Timeouts(Duration connect, Duration idle, Duration drain) {

        public static final Timeouts DEFAULT =
                new Timeouts(Duration.ofSeconds(3), Duration.ZERO, Duration.ofSeconds(10));
    }

    /**
     * A UDP forward: each client address gets a session, which has a socket to a target of its own.
     *
     * @param targets by turns, one for each session; the next one where nothing listens on it
     * @param access which clients are served
     * @param sessions how many at once; a further one takes the place of another
     * @param idle how long a session may be silent in both directions; zero: for ever
     * @param bandwidth bytes per second in each direction, of all sessions together; zero: any number
     */
    record Udp(
            BindAddress bind,
            List<UpstreamAddress> targets,
            Access access,
            int sessions,
            Duration idle,
            long bandwidth,
            Duration lifetime)
            implements Forward {

        public static final int SESSIONS = 10_000;
        public static final Duration IDLE = Duration.ofSeconds(60);

        public Udp {
            targets = List.copyOf(targets);
        }

        /** With what holds where the file says nothing else. */
        public static Udp of(BindAddress bind, List<UpstreamAddress> targets) {
            return new Udp(bind, targets, Access.ALL, SESSIONS, IDLE, 0, Duration.ZERO);
        }

        public Udp with(BindAddress bind) {
            return new Udp(bind, targets, access, sessions, idle, bandwidth, lifetime);
        }

        public Udp with(Access access) {
            return new Udp(bind, targets, access, sessions, idle, bandwidth, lifetime);
        }

        public Udp with(int sessions, Duration idle) {
            return new Udp(bind, targets, access, sessions, idle, bandwidth, lifetime);
        }

        public Udp withBandwidth(long bandwidth) {
            return new Udp(bind, targets, access, sessions, idle, bandwidth, lifetime);
        }

        @Override
        public Protocol protocol() {
            return Protocol.UDP;
        }
    }
}

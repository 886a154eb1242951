package dev.loopgate.model;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

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

    /** In the order of the file; at least one. */
    List<UpstreamAddress> targets();

    /** Which clients are served. */
    Access access();

    /** How long it is open once it is in force; zero: for good. */
    Duration lifetime();

    default Key key() {
        return new Key(protocol(), bind());
    }

    /**
     * A TCP forward.
     *
     * @param targets tried by turns, one after the other where one cannot be reached; at least one
     * @param access which clients are accepted
     */
    record Tcp(
            BindAddress bind,
            List<UpstreamAddress> targets,
            Access access,
            Limits limits,
            Timeouts timeouts,
            Duration lifetime)
            implements Forward {

        public Tcp {
            targets = List.copyOf(targets);
        }

        /** With what holds where the file says nothing else. */
        public static Tcp of(BindAddress bind, List<UpstreamAddress> targets) {
            return new Tcp(bind, targets, Access.ALL, Limits.NONE, Timeouts.DEFAULT, Duration.ZERO);
        }

        public Tcp with(BindAddress bind) {
            return new Tcp(bind, targets, access, limits, timeouts, lifetime);
        }

        public Tcp with(Access access) {
            return new Tcp(bind, targets, access, limits, timeouts, lifetime);
        }

        public Tcp with(Limits limits) {
            return new Tcp(bind, targets, access, limits, timeouts, lifetime);
        }

        public Tcp with(Timeouts timeouts) {
            return new Tcp(bind, targets, access, limits, timeouts, lifetime);
        }

        public Tcp withLifetime(Duration lifetime) {
            return new Tcp(bind, targets, access, limits, timeouts, lifetime);
        }

        @Override
        public Protocol protocol() {
            return Protocol.TCP;
        }
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

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

    default Key key() {
        return new Key(protocol(), bind());
    }

    /**
     * A TCP forward.
     *
     * @param targets tried by turns, one after the other where one cannot be reached; at least one
     * @param access which clients are accepted
     * @param connections how many at once; zero: any number
     * @param connect how long one connection attempt may take
     * @param idle how long both directions may be silent; zero: for ever
     * @param drain how long connections may go on once the rule is changed or gone
     */
    record Tcp(
            BindAddress bind,
            List<UpstreamAddress> targets,
            Access access,
            int connections,
            Duration connect,
            Duration idle,
            Duration drain)
            implements Forward {

        public Tcp {
            targets = List.copyOf(targets);
        }

        @Override
        public Protocol protocol() {
            return Protocol.TCP;
        }
    }

    /**
     * A UDP forward: each client address gets a session, which has a socket to a target of its own.
     *
     * @param targets by turns, one for each session; the next one where nothing listens on it
     * @param access which clients are served
     * @param sessions how many at once; a further one takes the place of another
     * @param idle how long a session may be silent in both directions; zero: for ever
     */
    record Udp(BindAddress bind, List<UpstreamAddress> targets, Access access, int sessions, Duration idle)
            implements Forward {

        public Udp {
            targets = List.copyOf(targets);
        }

        @Override
        public Protocol protocol() {
            return Protocol.UDP;
        }
    }
}

package dev.loopgate.doctor;

import dev.loopgate.diagnose.OpenPort;
import dev.loopgate.diagnose.OpenPorts;
import dev.loopgate.diagnose.SocketTable;
import dev.loopgate.tls.TrustLists;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** What checks of this machine are given in these tests. */
final class Facts {

    /** No firewall, as where its programs are missing. */
    static final Firewalls NO_FIREWALLS =
            new Firewalls(command -> new SystemCommands.Missing(), SystemCommands.system());

    static final SocketTable SOCKETS = new SocketTable(Path.of("/proc"));

    private Facts() {}

    /** Long enough for a busy machine. */
    static final Duration LIMIT = Duration.ofSeconds(10);

    /** For what never comes, and a connection to this machine. */
    static final Duration SHORT = Duration.ofMillis(700);

    /** Looks again each time. */
    static Supplier<List<OpenPort>> ports() {
        return () -> new OpenPorts().look();
    }

    static Connecting connecting() {
        return connecting(LIMIT);
    }

    static Connecting connecting(Duration limit) {
        return new Connecting(ports(), NO_FIREWALLS, SOCKETS, TrustLists.from(variable -> null), limit);
    }
}

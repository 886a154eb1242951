package dev.loopgate.doctor;

import dev.loopgate.diagnose.OpenPort;
import dev.loopgate.diagnose.OpenPorts;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What checks of this machine are given in these tests. */
final class Facts {

    /** No firewall, as where its programs are missing. */
    static final Firewalls NO_FIREWALLS = new Firewalls(command -> Optional.empty(), SystemCommands.system());

    private Facts() {}

    /** Long enough for a busy machine, and short where a service is to be found silent. */
    private static final Duration LIMIT = Duration.ofSeconds(3);

    /** Looks again each time. */
    static Supplier<List<OpenPort>> ports() {
        return () -> new OpenPorts().look();
    }

    static Connecting connecting() {
        return new Connecting(ports(), NO_FIREWALLS, SystemFiles.HERE, LIMIT);
    }
}

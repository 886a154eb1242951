package dev.loopgate.cli;

import dev.loopgate.model.BindAddress;
import dev.loopgate.model.BindAddress.Scope;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward;
import dev.loopgate.model.Forward.Protocol;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A configuration with everything that is open to the network bound to loopback instead, or left out where loopback is no
 * substitute: for a file that nobody chose.
 */
final class LoopbackOnly {

    private static final String FOUND = "was found at the root of the Git repository and named by nobody";

    private LoopbackOnly() {}

    /** @param file as its user knows it */
    static ConfigurationView of(Configuration configuration, String file) {
        return of(configuration, file, FOUND, "run --config ");
    }

    /** Of a gateway that {@code exec} has started, which nobody asked to open anything. */
    static ConfigurationView ofImplicit(Configuration configuration, String file) {
        return of(configuration, file, "the gateway was started by loopgate exec", "run --config ");
    }

    /** Of a project beside the gateway's own configuration, which is the one that says where to listen. */
    static ConfigurationView ofAttached(Configuration configuration, String file) {
        return of(configuration.on(Configuration.EMPTY.listen(), configuration.forwards()), file, FOUND, "attach ");
    }

    private static ConfigurationView of(Configuration configuration, String file, String reason, String command) {
        List<String> changes = new ArrayList<>();
        Set<BindAddress> listen = new LinkedHashSet<>();
        for (BindAddress address : configuration.listen()) {
            if (address.open()) {
                changes.add("listens on " + address.port() + " of loopback instead of " + address);
            }
            listen.add(address.open() ? BindAddress.loopback(address.port()) : address);
        }
        Set<List<Object>> taken = new LinkedHashSet<>();
        listen.forEach(address -> taken.add(List.of(Protocol.TCP, address.port())));
        configuration.forwards().stream()
                .filter(forward -> !forward.bind().open())
                .forEach(forward -> taken.add(port(forward)));
        List<Forward> forwards = new ArrayList<>();
        for (Forward forward : configuration.forwards()) {
            if (!forward.bind().open()) {
                forwards.add(forward);
            } else if (forward.bind().scope() == Scope.ADDRESS && taken.add(port(forward))) {
                forwards.add(onLoopback(forward));
                changes.add("forwards " + forward.bind().port() + " of loopback instead of " + forward.key());
            } else {
                changes.add("leaves out the forward " + forward.key());
            }
        }
        if (changes.isEmpty()) {
            return ConfigurationView.whole(configuration);
        }
        return new ConfigurationView(
                configuration.on(List.copyOf(listen), forwards),
                changes.stream()
                        .map(change -> warning(change, file, reason, command))
                        .toList());
    }

    private static String warning(String change, String file, String reason, String command) {
        return change + ": " + (reason.equals(FOUND) ? file + " " : "") + reason + " (to open what it says: loopgate "
                + command + file + ")";
    }

    private static List<Object> port(Forward forward) {
        return List.of(forward.protocol(), forward.bind().port());
    }

    private static Forward onLoopback(Forward forward) {
        BindAddress loopback = BindAddress.loopback(forward.bind().port());
        return forward instanceof Forward.Udp udp ? udp.with(loopback) : ((Forward.Tcp) forward).with(loopback);
    }
}

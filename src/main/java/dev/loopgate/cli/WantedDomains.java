package dev.loopgate.cli;

import dev.loopgate.admin.ControlClient;
import dev.loopgate.admin.ControlClient.RunningGateway;
import dev.loopgate.admin.ControlDirectory;
import dev.loopgate.config.Located;
import dev.loopgate.config.ReadResult;
import dev.loopgate.config.ReadSources;
import dev.loopgate.gateway.AttachRequest;
import dev.loopgate.model.Configuration;
import dev.loopgate.tls.LocalDomains;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The domains that configurations want certificates for, beyond those that every authority signs for. */
final class WantedDomains {

    private static final ReadResult.Valid NOTHING =
            new ReadResult.Valid(Configuration.EMPTY, List.of(), new ReadSources(List.of(), List.of()));

    private final ConfigurationInput input;
    private final Terminal terminal;
    private final Map<Path, ReadResult.Valid> known = new HashMap<>();
    private final Set<String> domains = new TreeSet<>();

    private WantedDomains(Surroundings surroundings) {
        this.input = new ConfigurationInput(surroundings);
        this.terminal = surroundings.terminal();
    }

    /**
     * Of the file that is named; else of the one that is found here and of all that running gateways serve, projects that
     * are attached to them included. A file that has problems is left out, with a warning.
     */
    static Set<String> of(Surroundings surroundings, Optional<Path> named) {
        WantedDomains wanted = new WantedDomains(surroundings);
        if (wanted.input.locate(named) instanceof Located.Found found) {
            Path file = surroundings.workingDirectory().resolve(found.file()).normalize();
            wanted.add(Optional.of(file), List.of());
        }
        if (named.isEmpty()) {
            ControlDirectory.from(surroundings.environment())
                    .map(ControlClient::new)
                    .ifPresent(wanted::addRunning);
        }
        return wanted.domains;
    }

    private void addRunning(ControlClient client) {
        for (RunningGateway gateway : client.running()) {
            add(gateway.file(), client.attached(gateway, ControlClient.STATUS));
        }
    }

    private void add(Optional<Path> file, List<AttachRequest> attached) {
        ServedConfiguration served =
                ServedConfiguration.of(file, file.map(this::read).orElse(NOTHING), attached);
        domains.addAll(LocalDomains.foreign(served.configuration()));
        served.unread().keySet().forEach(this::leaveOut);
    }

    private ReadResult.Valid read(Path file) {
        return known.computeIfAbsent(file, one -> {
            if (input.read(one) instanceof ReadResult.Valid valid) {
                return valid;
            }
            leaveOut(one);
            return NOTHING;
        });
    }

    private void leaveOut(Path file) {
        terminal.warn(HostName.printable(
                file + " has problems, so its hosts are left out; to see them: loopgate check " + file));
    }
}

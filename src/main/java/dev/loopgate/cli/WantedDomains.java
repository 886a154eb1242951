package dev.loopgate.cli;

import dev.loopgate.admin.ControlClient;
import dev.loopgate.admin.ControlDirectory;
import dev.loopgate.config.Located;
import dev.loopgate.config.ReadResult;
import dev.loopgate.tls.LocalDomains;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The domains that configurations want certificates for, beyond those that every authority signs for. */
final class WantedDomains {

    private WantedDomains() {}

    /**
     * Of the file that is named; else of the one that is found here and of those of running gateways. One that has problems
     * is left out, with a warning.
     */
    static Set<String> of(Surroundings surroundings, Optional<Path> named) {
        ConfigurationInput input = new ConfigurationInput(surroundings);
        Set<Path> files = new LinkedHashSet<>();
        if (input.locate(named) instanceof Located.Found found) {
            files.add(surroundings.workingDirectory().resolve(found.file()).normalize());
        }
        if (named.isEmpty()) {
            ControlDirectory.from(surroundings.environment())
                    .map(directory -> new ControlClient(directory).running())
                    .orElse(List.of())
                    .forEach(gateway -> gateway.file().ifPresent(files::add));
        }
        Set<String> domains = new TreeSet<>();
        for (Path file : files) {
            if (input.read(file) instanceof ReadResult.Valid valid) {
                domains.addAll(LocalDomains.foreign(valid.configuration()));
            } else {
                surroundings
                        .terminal()
                        .warn(file + " has problems, so its hosts are left out; to see them: loopgate check " + file);
            }
        }
        return domains;
    }
}

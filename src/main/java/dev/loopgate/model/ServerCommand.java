package dev.loopgate.model;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A dev server of a project.
 *
 * @param key what its project calls it
 * @param command for the shell
 * @param directory absolute
 * @param environment variables, beyond those that it inherits
 * @param name the host that serves it, perhaps without its ending; empty: as the key says
 */
public record ServerCommand(
        String key, String command, Path directory, Map<String, String> environment, Optional<String> name) {

    public ServerCommand {
        environment = Map.copyOf(environment);
    }
}

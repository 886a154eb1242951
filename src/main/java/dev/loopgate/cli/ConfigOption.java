package dev.loopgate.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --config}, for the commands that read a configuration. */
final class ConfigOption {

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description =
                    "The configuration. Without it: $$LOOPGATE_CONFIG, then loopgate.yaml and conf/loopgate.yaml here and at"
                            + " the root of the Git repository, then loopgate/loopgate.yaml in $$XDG_CONFIG_HOME.")
    @Nullable
    Path file;

    Optional<Path> file() {
        return Optional.ofNullable(file);
    }
}

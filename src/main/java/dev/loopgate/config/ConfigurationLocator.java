package dev.loopgate.config;

import dev.loopgate.config.Located.Way;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Finds the configuration file of a command. Reads the disk; keeps nothing. */
public final class ConfigurationLocator {

    private static final String NAME = "loopgate.yaml";

    private final Path workingDirectory;
    private final UnaryOperator<@Nullable String> environment;

    /**
     * @param workingDirectory where the command was given; files in it are named relative to it, as its user would
     * @param environment the value of an environment variable, or null where it is not set; {@code System::getenv}
     */
    public ConfigurationLocator(Path workingDirectory, UnaryOperator<@Nullable String> environment) {
        this.workingDirectory = workingDirectory.toAbsolutePath().normalize();
        this.environment = environment;
    }

    /** @param option the value of {@code --config} */
    public Located locate(Optional<Path> option) {
        if (option.isPresent()) {
            return named(option.get(), Way.OPTION);
        }
        String variable = value("LOOPGATE_CONFIG");
        if (!variable.isEmpty()) {
            try {
                return named(Path.of(variable), Way.ENVIRONMENT);
            } catch (InvalidPathException notAPath) {
                return new Located.Missing(Path.of(variable.replace('\0', '?')), Way.ENVIRONMENT);
            }
        }
        List<Path> lookedFor = new ArrayList<>();
        for (Located.Found candidate : candidates()) {
            if (Files.exists(workingDirectory.resolve(candidate.file()))) {
                return candidate;
            }
            lookedFor.add(candidate.file());
        }
        return new Located.Nowhere(lookedFor);
    }

    private Located named(Path file, Way way) {
        return Files.exists(workingDirectory.resolve(file))
                ? new Located.Found(file, way)
                : new Located.Missing(file, way);
    }

    private List<Located.Found> candidates() {
        List<Located.Found> all = new ArrayList<>();
        all.add(new Located.Found(Path.of(NAME), Way.WORKING_DIRECTORY));
        all.add(new Located.Found(Path.of("conf", NAME), Way.WORKING_DIRECTORY));
        gitRoot().filter(root -> !root.equals(workingDirectory)).ifPresent(root -> {
            all.add(new Located.Found(root.resolve(NAME), Way.GIT_ROOT));
            all.add(new Located.Found(root.resolve("conf").resolve(NAME), Way.GIT_ROOT));
        });
        userFolder()
                .ifPresent(folder ->
                        all.add(new Located.Found(folder.resolve("loopgate").resolve(NAME), Way.USER)));
        return all;
    }

    /** A worktree or a submodule has a file named .git where a repository has a folder. */
    private Optional<Path> gitRoot() {
        for (Path folder = workingDirectory; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve(".git"))) {
                return Optional.of(folder);
            }
        }
        return Optional.empty();
    }

    /** The XDG base directory specification: a relative path in the variable is ignored; the default is ~/.config. */
    private Optional<Path> userFolder() {
        String xdg = value("XDG_CONFIG_HOME");
        if (xdg.startsWith("/")) {
            return Optional.of(Path.of(xdg));
        }
        String home = value("HOME");
        return home.startsWith("/") ? Optional.of(Path.of(home, ".config")) : Optional.empty();
    }

    private String value(String variable) {
        String value = environment.apply(variable);
        return value == null ? "" : value;
    }
}

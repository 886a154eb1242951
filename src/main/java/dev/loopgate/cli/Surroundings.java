package dev.loopgate.cli;

import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a command is given by the process that it runs in.
 *
 * @param environment the value of an environment variable, or null
 * @param workingDirectory absolute
 */
record Surroundings(Terminal terminal, UnaryOperator<@Nullable String> environment, Path workingDirectory) {

    Surroundings with(Terminal other) {
        return new Surroundings(other, environment, workingDirectory);
    }
}

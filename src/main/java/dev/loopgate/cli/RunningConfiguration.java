package dev.loopgate.cli;

import dev.loopgate.config.ConfigurationReader;
import dev.loopgate.model.Configuration;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where the configuration of a gateway comes from while it runs.
 *
 * @param watched the file to follow, absolute
 * @param name the file as its user named it
 * @param file what the gateway tells to run on; empty where it started without one
 * @param limits what is put in force in the place of what the file says
 */
record RunningConfiguration(
        Path watched,
        String name,
        Optional<Path> file,
        ConfigurationReader reader,
        Function<Configuration, LoopbackOnly> limits) {}

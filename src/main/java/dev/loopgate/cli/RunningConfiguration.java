package dev.loopgate.cli;

import dev.loopgate.config.ConfigurationReader;
import dev.loopgate.model.Configuration;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where the configuration of a gateway comes from while it runs.
 *
 * @param watched the file to follow, absolute; empty where there is none
 * @param name the file as its user named it
 * @param file what the gateway tells to run on; empty where it started without one
 * @param view what of the file is put in force
 */
record RunningConfiguration(
        Optional<Path> watched,
        String name,
        Optional<Path> file,
        ConfigurationReader reader,
        Function<Configuration, ConfigurationView> view) {}

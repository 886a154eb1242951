package dev.loopgate.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code loopgate service}: what there is to do with the service. */
@Command(
        name = "service",
        header = "Have the gateway start with your login.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footer = {"", "Example:  loopgate service install --config loopgate.yaml"})
final class ServiceCommand implements Runnable {

    private final Surroundings surroundings;

    @Spec
    @Nullable
    CommandSpec spec;

    ServiceCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(surroundings.terminal().out());
        }
    }
}

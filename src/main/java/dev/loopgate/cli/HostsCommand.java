package dev.loopgate.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code loopgate hosts}: what there is to do with the hosts file. */
@Command(
        name = "hosts",
        header = "Have every program of this machine find the names that a gateway serves.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footer = {"", "Example:  loopgate hosts sync --dry-run"})
final class HostsCommand implements Runnable {

    private final Surroundings surroundings;

    @Spec
    @Nullable
    CommandSpec spec;

    HostsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(surroundings.terminal().out());
        }
    }
}

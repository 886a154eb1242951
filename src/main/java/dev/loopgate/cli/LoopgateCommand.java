package dev.loopgate.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code loopgate} itself: shows what there is. */
@Command(
        name = "loopgate",
        header = {"A local gateway: every service on this machine by name, on one port.", ""},
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footer = {
            "",
            "To see it work:      loopgate demo",
            "To serve your own:   write loopgate.yaml, then  loopgate run",
            "",
            "Exit status: 0 done, 1 failed, 2 wrong usage, 3 invalid configuration, 4 the port is taken."
        })
final class LoopgateCommand implements Runnable {

    private final Surroundings surroundings;

    @Spec
    @Nullable
    CommandSpec spec;

    LoopgateCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    boolean help;

    @Option(
            names = "--no-color",
            scope = ScopeType.INHERIT,
            description = "No colours, whatever the terminal can do. NO_COLOR does the same.")
    boolean noColor;

    @Option(
            names = {"-V", "--version"},
            description = "Print the version.")
    boolean version;

    @Override
    public void run() {
        if (version) {
            surroundings.terminal().result("loopgate " + Version.text());
        } else if (spec != null) {
            spec.commandLine().usage(surroundings.terminal().out());
        }
    }
}

package dev.loopgate.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code loopgate complete}: what the completion scripts ask for while somebody types. */
@Command(
        name = "complete",
        hidden = true,
        header = "Print what may stand in a command line, for the completion scripts.",
        footer = {"", "Example:  loopgate complete hosts"})
final class CompleteCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Parameters(paramLabel = "WHAT", description = "One of: ${COMPLETION-CANDIDATES}.")
    What what = What.hosts;

    /** Lower case because their names are typed. */
    enum What {
        hosts
    }

    CompleteCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        new ServedNames(surroundings)
                .asFarAsKnown().stream()
                        .filter(name -> name.matches("[a-z0-9_.-]+"))
                        .forEach(surroundings.terminal()::result);
        return ExitStatus.DONE;
    }
}

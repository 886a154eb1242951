package dev.loopgate.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code loopgate man}. */
@Command(
        name = "man",
        header = "Print the page of the manual.",
        description = {"", "In the language of man(1), for a folder of its path.", ""},
        footer = {
            "",
            "Example:  loopgate man >~/.local/share/man/man1/loopgate.1     (then: man loopgate)",
            "          loopgate man | man -l -"
        })
final class ManCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    ManCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        surroundings.terminal().out().print(ManPage.of(Commands.tree(surroundings), Version.text()));
        return ExitStatus.DONE;
    }
}

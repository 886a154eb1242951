package dev.loopgate.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code loopgate completion}. */
@Command(
        name = "completion",
        header = "Print a completion script for your shell.",
        description = {
            "",
            "It completes commands, options, files, and the hosts of the configuration and of running gateways.",
            ""
        },
        footer = {
            "",
            "Example:  loopgate completion bash",
            "",
            "bash:  source <(loopgate completion bash)      in ~/.bashrc",
            "zsh:   source <(loopgate completion zsh)       in ~/.zshrc",
            "fish:  loopgate completion fish | source       in ~/.config/fish/config.fish"
        })
final class CompletionCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Parameters(paramLabel = "SHELL", description = "One of: ${COMPLETION-CANDIDATES}.")
    @Nullable
    Shell shell;

    /** The shells there are scripts for; lower case because their names are typed. */
    enum Shell {
        bash,
        zsh,
        fish
    }

    CompletionCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        CommandLine tree = Commands.tree(surroundings);
        String script = shell == Shell.fish
                ? FishCompletion.script(tree)
                : shell == Shell.zsh ? ZshCompletion.script(tree) : BashCompletion.script(tree);
        surroundings.terminal().out().print(script);
        return ExitStatus.DONE;
    }
}

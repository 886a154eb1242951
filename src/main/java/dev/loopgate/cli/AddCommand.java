package dev.loopgate.cli;

import dev.loopgate.config.HostEditor.Outcome;
import dev.loopgate.config.HostTarget;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code loopgate add}. */
@Command(
        name = "add",
        header = "Add a host to the configuration.",
        description = {
            "",
            "Edits the file and leaves its comments and layout as they are; without one, writes ./loopgate.yaml. A",
            "gateway that runs the file takes it at once.",
            ""
        },
        footer = {
            "",
            "Example:  loopgate add app 3000",
            "          loopgate add docs.localhost ./site",
            "Exit status: 0 it is there, 1 the name has another target, 2 no such name or target,",
            "3 the file has problems as it is."
        })
final class AddCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Parameters(index = "0", paramLabel = "NAME", description = "The host; app is short for app.localhost.")
    String name = "";

    @Parameters(index = "1", paramLabel = "TARGET", description = "A port, a URL, unix:PATH, or a folder: ./site.")
    String target = "";

    @Option(names = "--force", description = "Gives a host that is there already this target.")
    boolean force;

    @Mixin
    ConfigOption config = new ConfigOption();

    @Mixin
    JsonOption json = new JsonOption();

    AddCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        EditedConfiguration edited = EditedConfiguration.of(surroundings, config.file());
        HostTarget wanted = HostTarget.of(target, surroundings.workingDirectory(), edited.file());
        Outcome outcome = edited.edit(editor -> editor.add(HostName.full(name), wanted, force));
        if (outcome instanceof Outcome.Exists exists) {
            if (!exists.same()) {
                throw new CommandFailure(
                        ExitStatus.FAILED,
                        exists.host() + " has another target, at " + exists.place(),
                        "to replace it: loopgate add --force " + HostName.printable(name + " " + target));
            }
            edited.tell(
                    json.wanted, exists.host(), edited.file(), "unchanged", "is there already, at " + exists.place());
        } else if (outcome instanceof Outcome.Written written) {
            String words = written.replaced() ? "has another target now, in " : "is added to ";
            edited.tell(
                    json.wanted,
                    written.host(),
                    edited.file(),
                    written.replaced() ? "replaced" : "added",
                    words + written.file() + (written.created() ? ", which is new" : ""));
        }
        return ExitStatus.DONE;
    }
}

package dev.loopgate.cli;

import dev.loopgate.config.HostEditor.Outcome;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code loopgate remove}. */
@Command(
        name = "remove",
        header = "Take a host out of the configuration.",
        description = {
            "",
            "Edits the file, or the one it includes that has the host: its lines go, with the comment right above them.",
            "A gateway that runs the file takes it at once.",
            ""
        },
        footer = {
            "",
            "Example:  loopgate remove app",
            "Exit status: 0 it is gone, 1 there is no such host, 3 the file has problems as it is."
        })
final class RemoveCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Parameters(paramLabel = "NAME", description = "The host; app is short for app.localhost.")
    String name = "";

    @Mixin
    ConfigOption config = new ConfigOption();

    @Mixin
    JsonOption json = new JsonOption();

    RemoveCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        EditedConfiguration edited = EditedConfiguration.of(surroundings, config.file());
        if (Files.notExists(edited.file())) {
            new ConfigurationInput(surroundings).require(config.file());
        }
        Outcome outcome = edited.edit(editor -> editor.remove(HostName.full(name)));
        if (outcome instanceof Outcome.Unknown unknown) {
            throw KnownHosts.unknown(
                    unknown.host().toString(),
                    unknown.hosts(),
                    Optional.of(edited.file().toString()));
        }
        Outcome.Written written = (Outcome.Written) outcome;
        edited.tell(json.wanted, written.host(), written.file(), "removed", "is removed from " + written.file());
        return ExitStatus.DONE;
    }
}

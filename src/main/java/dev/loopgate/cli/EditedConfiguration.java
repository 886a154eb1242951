package dev.loopgate.cli;

import dev.loopgate.admin.ControlClient;
import dev.loopgate.admin.ControlClient.RunningGateway;
import dev.loopgate.admin.ControlDirectory;
import dev.loopgate.config.HostEditor;
import dev.loopgate.config.HostEditor.Outcome;
import dev.loopgate.config.Located;
import dev.loopgate.config.Problem;
import dev.loopgate.model.HostPattern;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The file that {@code add} and {@code remove} change, and what the gateway that runs it makes of that. */
final class EditedConfiguration {

    private final Surroundings surroundings;
    private final ConfigurationInput input;
    private final Path file;

    private EditedConfiguration(Surroundings surroundings, ConfigurationInput input, Path file) {
        this.surroundings = surroundings;
        this.input = input;
        this.file = file;
    }

    /**
     * The one that was named or is found as by {@code run}; else {@code loopgate.yaml} here, which need not exist.
     *
     * @throws CommandFailure where the file that a variable names does not exist
     */
    static EditedConfiguration of(Surroundings surroundings, Optional<Path> option) {
        ConfigurationInput input = new ConfigurationInput(surroundings);
        Path here = surroundings.workingDirectory();
        if (option.isPresent() && Files.notExists(here.resolve(option.get()))) {
            return new EditedConfiguration(
                    surroundings, input, here.resolve(option.get()).normalize());
        }
        Path name = input.locate(option) instanceof Located.Found found ? found.file() : Path.of("loopgate.yaml");
        return new EditedConfiguration(surroundings, input, here.resolve(name).normalize());
    }

    Path file() {
        return file;
    }

    /** An edit that may fail for what the disk holds. */
    interface Edit {
        Outcome by(HostEditor editor) throws IOException;
    }

    /**
     * @return written, exists or unknown
     * @throws CommandFailure for anything else
     */
    Outcome edit(Edit edit) {
        Outcome outcome;
        try {
            outcome = edit.by(new HostEditor(input.reader(), file));
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.FAILED, "cannot change " + file + ": " + reason(e));
        }
        if (outcome instanceof Outcome.Unusable unusable) {
            throw new CommandFailure(ExitStatus.WRONG_USAGE, unusable.problems());
        }
        if (outcome instanceof Outcome.Invalid invalid) {
            List<Problem> problems = invalid.problems();
            ConfigurationInput.tellProblems(surroundings.terminal(), problems);
            throw new CommandFailure(
                    ExitStatus.INVALID_CONFIGURATION,
                    ConfigurationInput.summary(problems) + " as it is",
                    "nothing was changed");
        }
        if (outcome instanceof Outcome.ByHand byHand) {
            throw new CommandFailure(
                    ExitStatus.FAILED,
                    byHand.file() + " has to be edited by hand: " + byHand.reason(),
                    "nothing was changed");
        }
        return outcome;
    }

    /**
     * Has the gateway take it up, and tells what was done and what came of that.
     *
     * @param changed the file that has the host, or had it
     * @param edit the word for programs
     * @param words the sentence for people, after the name of the host
     */
    void tell(boolean json, HostPattern host, Path changed, String edit, String words) {
        JsonObject taken = takenUp();
        Terminal terminal = surroundings.terminal();
        if (json) {
            JsonOption.print(
                    terminal,
                    new JsonObject()
                            .put("host", host.toString())
                            .put("file", changed.toString())
                            .put("edit", edit)
                            .put("gateway", taken));
        } else {
            terminal.result(host + " " + words);
            words(taken).forEach(terminal::say);
        }
    }

    /**
     * Has the gateway that runs the file read it now, and tells what came of it.
     *
     * @return {@code outcome} as of a reload, or {@code none} where no gateway runs it, with {@code pid} and
     *     {@code problems}
     */
    private JsonObject takenUp() {
        Optional<ControlDirectory> directory = ControlDirectory.from(surroundings.environment());
        if (directory.isEmpty()) {
            return verdict("none");
        }
        ControlClient client = new ControlClient(directory.get());
        for (RunningGateway gateway : client.running()) {
            if (gateway.runs(file)) {
                return reload(client, gateway);
            }
            if (gateway.hasAttached(file)) {
                // Whoever attached it is told what becomes of it.
                return verdict("attached").put("pid", gateway.pid());
            }
        }
        return verdict("none");
    }

    private static JsonObject verdict(String outcome) {
        return new JsonObject().put("outcome", outcome).put("problems", new JsonArray());
    }

    private static JsonObject reload(ControlClient client, RunningGateway gateway) {
        JsonObject json = new JsonObject().put("pid", gateway.pid());
        try {
            JsonObject report = client.reload(gateway);
            return json.put("outcome", report.getString("outcome")).put("problems", report.getJsonArray("problems"));
        } catch (IOException e) {
            return json.put("outcome", "failed").put("problems", new JsonArray().add(String.valueOf(e.getMessage())));
        }
    }

    /** One sentence of that for people, and more where it went wrong. */
    private static List<String> words(JsonObject taken) {
        List<String> lines = new ArrayList<>();
        String gateway = "the gateway with pid " + taken.getLong("pid", 0L);
        switch (taken.getString("outcome")) {
            case "applied", "unchanged" -> lines.add(gateway + " has it in force");
            case "attached" -> lines.add(gateway + " follows it, and loopgate attach tells what becomes of it");
            case "none" -> lines.add("no gateway runs it; to start one: loopgate run");
            default -> {
                lines.add(gateway + " did not take it:");
                StatusLists.strings(taken, "problems").forEach(problem -> lines.add("  " + problem));
            }
        }
        return lines;
    }

    /** Why a file cannot be written, as a clause. */
    static String reason(IOException failure) {
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        return failure instanceof NoSuchFileException missing
                ? "there is no " + missing.getFile()
                : String.valueOf(failure.getMessage());
    }
}

package dev.loopgate.cli;

import dev.loopgate.config.Problem;
import dev.loopgate.config.ReadResult;
import dev.loopgate.model.Configuration;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code loopgate check}. */
@Command(
        name = "check",
        header = "Check a configuration without running it.",
        description = {"", "Lists every problem at once, with its place in the file.", ""},
        footer = {
            "",
            "Example:  loopgate check loopgate.yaml",
            "Exit status: 0 it is valid, 3 it is not, 1 there is none."
        })
final class CheckCommand implements Callable<Integer> {

    private final Terminal terminal;
    private final ConfigurationInput input;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The configuration; the same as --config.")
    @Nullable
    Path parameter;

    @Mixin
    ConfigOption config = new ConfigOption();

    @Mixin
    JsonOption json = new JsonOption();

    CheckCommand(Surroundings surroundings) {
        this.terminal = surroundings.terminal();
        this.input = new ConfigurationInput(surroundings);
    }

    @Override
    public Integer call() {
        if (parameter != null && config.file().isPresent()) {
            throw new CommandFailure(ExitStatus.WRONG_USAGE, "FILE and --config name two files; give one");
        }
        Path file = input.require(Optional.ofNullable(parameter).or(config::file));
        ReadResult result = input.read(file);
        if (json.wanted) {
            JsonOption.print(terminal, json(file, result));
        } else {
            tell(file, result);
        }
        return result instanceof ReadResult.Valid ? ExitStatus.DONE : ExitStatus.INVALID_CONFIGURATION;
    }

    private void tell(Path file, ReadResult result) {
        Style style = terminal.outStyle();
        if (result instanceof ReadResult.Valid valid) {
            valid.warnings().forEach(problem -> terminal.warn(problem.toString()));
            Configuration configuration = valid.configuration();
            terminal.result(file + ": " + style.green("valid") + ", "
                    + count(configuration.hosts().size(), "host") + ", "
                    + count(routes(configuration), "route") + ", "
                    + count(configuration.forwards().size(), "forward"));
        } else if (result instanceof ReadResult.Invalid invalid) {
            invalid.warnings().forEach(problem -> terminal.warn(problem.toString()));
            invalid.problems().forEach(problem -> terminal.result(ConfigurationInput.coloured(style, problem)));
            terminal.fail(ConfigurationInput.summary(invalid.problems()));
        }
    }

    private static JsonObject json(Path file, ReadResult result) {
        JsonObject json = new JsonObject().put("file", file.toString());
        if (result instanceof ReadResult.Valid valid) {
            return json.put("valid", true)
                    .put("hosts", valid.configuration().hosts().size())
                    .put("routes", routes(valid.configuration()))
                    .put("forwards", valid.configuration().forwards().size())
                    .put("problems", new JsonArray())
                    .put("warnings", array(valid.warnings()));
        }
        ReadResult.Invalid invalid = (ReadResult.Invalid) result;
        return json.put("valid", false)
                .put("problems", array(invalid.problems()))
                .put("warnings", array(invalid.warnings()));
    }

    private static JsonArray array(List<Problem> problems) {
        JsonArray array = new JsonArray();
        for (Problem problem : problems) {
            JsonObject json = new JsonObject()
                    .put("file", problem.file().toString())
                    .put("line", problem.line())
                    .put("column", problem.column())
                    .put("message", problem.message());
            problem.hint().ifPresent(hint -> json.put("hint", hint));
            array.add(json);
        }
        return array;
    }

    private static int routes(Configuration configuration) {
        return configuration.hosts().stream()
                .mapToInt(host -> host.routes().size())
                .sum();
    }

    private static String count(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }
}

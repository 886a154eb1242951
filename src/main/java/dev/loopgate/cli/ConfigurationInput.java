package dev.loopgate.cli;

import dev.loopgate.config.ConfigurationLocator;
import dev.loopgate.config.ConfigurationReader;
import dev.loopgate.config.DiskTexts;
import dev.loopgate.config.Located;
import dev.loopgate.config.Problem;
import dev.loopgate.config.ReadResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds and reads the configuration of a command. */
final class ConfigurationInput {

    private final Surroundings surroundings;
    private final ConfigurationReader reader;

    ConfigurationInput(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.reader = new ConfigurationReader(surroundings.environment());
    }

    ConfigurationReader reader() {
        return reader;
    }

    /**
     * @return found or nowhere
     * @throws CommandFailure where the file that was named has no name or does not exist
     */
    Located locate(Optional<Path> option) {
        if (option.isPresent() && option.get().toString().isEmpty()) {
            throw new CommandFailure(
                    ExitStatus.WRONG_USAGE,
                    "the name of the file is empty",
                    "a variable that is not set? to have the file looked for, leave the option out");
        }
        Located located =
                new ConfigurationLocator(surroundings.workingDirectory(), surroundings.environment()).locate(option);
        if (located instanceof Located.Missing missing) {
            boolean variable = missing.way() == Located.Way.ENVIRONMENT;
            throw new CommandFailure(
                    ExitStatus.INVALID_CONFIGURATION,
                    "there is no file " + missing.file() + (variable ? ", which LOOPGATE_CONFIG names" : ""),
                    "looked for from " + surroundings.workingDirectory());
        }
        return located;
    }

    /** @throws CommandFailure where there is none */
    Path require(Optional<Path> option) {
        Located located = locate(option);
        if (located instanceof Located.Found found) {
            return found.file();
        }
        List<String> lines = new ArrayList<>();
        lines.add("there is no configuration");
        if (located instanceof Located.Nowhere nowhere) {
            lines.add("looked for: "
                    + String.join(
                            ", ",
                            nowhere.lookedFor().stream().map(Path::toString).toList()));
        }
        lines.add("name one with --config FILE");
        throw new CommandFailure(ExitStatus.FAILED, lines);
    }

    ReadResult read(Path file) {
        return reader.read(file, new DiskTexts());
    }

    /** @throws CommandFailure with every problem */
    ReadResult.Valid readValid(Path file) {
        ReadResult result = read(file);
        if (result instanceof ReadResult.Valid valid) {
            return valid;
        }
        ReadResult.Invalid invalid = (ReadResult.Invalid) result;
        tellProblems(surroundings.terminal(), invalid.problems());
        throw new CommandFailure(ExitStatus.INVALID_CONFIGURATION, summary(invalid.problems()));
    }

    static void tellProblems(Terminal terminal, List<Problem> problems) {
        problems.forEach(problem -> terminal.say(coloured(terminal.errStyle(), problem)));
    }

    /** Looks like {@link Problem#toString}, which editors and CI systems know how to read. */
    static String coloured(Style style, Problem problem) {
        String place = problem.file() + ":" + problem.line() + ":" + problem.column() + ":";
        return style.bold(place) + " " + problem.message()
                + problem.hint().map(hint -> " " + style.cyan("(" + hint + ")")).orElse("");
    }

    static String summary(List<Problem> problems) {
        return problems.size() + (problems.size() == 1 ? " problem" : " problems") + " in the configuration";
    }
}

package dev.loopgate.cli;

import dev.loopgate.config.Spelling;
import dev.loopgate.net.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** What a user reads where a command line is not understood: one sentence and what to do. */
final class FailureReports implements IParameterExceptionHandler, IExecutionExceptionHandler {

    private final Surroundings surroundings;

    FailureReports(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        CommandLine line = failure.getCommandLine();
        List<String> lines = new ArrayList<>();
        if (failure instanceof UnmatchedArgumentException unmatched) {
            unmatched(unmatched, line, lines);
        } else if (failure instanceof MissingParameterException) {
            lines.add(sentence(String.valueOf(failure.getMessage())));
            lines.add("usage: " + usage(line));
        } else {
            lines.add(sentence(String.valueOf(failure.getMessage())));
        }
        lines.add("for its options: " + line.getCommandSpec().qualifiedName() + " --help");
        surroundings.terminal().fail(lines);
        return ExitStatus.WRONG_USAGE;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine line, ParseResult result) {
        return FailedCommand.tell(surroundings.terminal(), failure);
    }

    private static void unmatched(UnmatchedArgumentException failure, CommandLine line, List<String> lines) {
        String word = failure.getUnmatched().get(0);
        CommandSpec spec = line.getCommandSpec();
        if (failure.isUnknownOption()) {
            lines.add("there is no option " + printable(word) + " for " + spec.qualifiedName());
            nearest(word, spec.options().stream().flatMap(option -> Stream.of(option.names())), lines);
        } else if (!spec.subcommands().isEmpty()) {
            lines.add("there is no command " + printable(word));
            nearest(word, spec.subcommands().keySet().stream(), lines);
        } else {
            lines.add(spec.qualifiedName() + " does not take " + printable(word));
            if (spec.findOption("--config") != null
                    && spec.positionalParameters().isEmpty()) {
                lines.add("a file is named by an option: " + spec.qualifiedName() + " --config " + printable(word));
            }
            lines.add("usage: " + usage(line));
        }
    }

    private static void nearest(String word, Stream<String> names, List<String> lines) {
        if (word.length() > Spelling.LONGEST) {
            return;
        }
        int allowed = Math.max(1, word.replace("-", "").length() / 3);
        names.map(name -> new Candidate(name, Spelling.distance(word.toLowerCase(Locale.ROOT), name)))
                .filter(candidate ->
                        candidate.distance <= allowed || (word.length() > 2 && candidate.name.startsWith(word)))
                .min((a, b) -> Integer.compare(a.distance, b.distance))
                .ifPresent(best -> lines.add("did you mean " + best.name + "?"));
    }

    private record Candidate(String name, int distance) {}

    private static String usage(CommandLine line) {
        return line.getHelp().synopsis(0).strip();
    }

    private static String sentence(String wording) {
        String message =
                wording.replaceAll("is not an? (int|long)$", "is not a number").replace(" (case-sensitive)", "");
        return message.isEmpty() ? message : Character.toLowerCase(message.charAt(0)) + printable(message.substring(1));
    }

    private static String printable(String text) {
        return Printable.kept(text);
    }
}

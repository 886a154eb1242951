package dev.loopgate.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A command as the completion scripts see it.
 *
 * @param path the words that lead to it, without {@code loopgate}; empty for that itself
 * @param parts the commands below it that people see
 */
record Completable(String path, CommandSpec spec, List<Completable> parts) {

    /** What may stand for an argument. */
    sealed interface Values {
        /** A name of a file. */
        record Files() implements Values {}

        /** A host of the configuration or of a running gateway. */
        record Hosts() implements Values {}

        /** One of these words. */
        record Words(List<String> words) implements Values {}

        /** Whatever its user knows. */
        record Free() implements Values {}
    }

    static Completable of(CommandLine line) {
        return of("", line);
    }

    private static Completable of(String path, CommandLine line) {
        List<Completable> parts = new ArrayList<>();
        for (Map.Entry<String, CommandLine> part : line.getSubcommands().entrySet()) {
            if (!part.getValue().getCommandSpec().usageMessage().hidden()) {
                parts.add(of((path + " " + part.getKey()).strip(), part.getValue()));
            }
        }
        return new Completable(path, line.getCommandSpec(), parts);
    }

    /** Itself and all that is below it. */
    List<Completable> all() {
        List<Completable> all = new ArrayList<>(List.of(this));
        parts.forEach(part -> all.addAll(part.all()));
        return all;
    }

    /** The last word of its path. */
    String name() {
        return path.substring(path.lastIndexOf(' ') + 1);
    }

    String header() {
        String[] header = spec.usageMessage().header();
        return header.length == 0 ? "" : header[0];
    }

    /** What may stand at its first place without an option; free where there is none. */
    Values first() {
        return spec.positionalParameters().isEmpty()
                ? new Values.Free()
                : values(spec.positionalParameters().get(0));
    }

    List<OptionSpec> options() {
        return spec.options().stream().filter(option -> !option.hidden()).toList();
    }

    /** By its type, and by its label: NAME, HOST and URL are those of something that is served. */
    static Values values(ArgSpec argument) {
        if (argument.type() == Path.class || argument.paramLabel().contains("FILE")) {
            return new Values.Files();
        }
        Iterable<String> candidates = argument.completionCandidates();
        if (candidates != null) {
            List<String> words = new ArrayList<>();
            candidates.forEach(words::add);
            return new Values.Words(words);
        }
        return argument.isPositional() && argument.paramLabel().matches("(.*[^A-Z])?(NAME|HOST|URL)([^A-Z].*)?")
                ? new Values.Hosts()
                : new Values.Free();
    }

    /** In one line, with nothing in it that only a help can fill in. */
    static String description(ArgSpec argument) {
        String[] description = argument.description();
        return description.length == 0 ? "" : description[0].replaceAll("\\$\\{[^}]*}", "see --help");
    }
}

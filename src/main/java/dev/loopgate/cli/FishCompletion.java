package dev.loopgate.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Completions for fish, made from the commands themselves. */
final class FishCompletion {

    private FishCompletion() {}

    static String script(CommandLine root) {
        CommandSpec spec = root.getCommandSpec();
        List<String> lines = new ArrayList<>();
        lines.add("# Completions of loopgate for fish.");
        lines.add("complete -c loopgate -f");
        options(spec, "__fish_use_subcommand", lines);
        for (Map.Entry<String, CommandLine> sub : root.getSubcommands().entrySet()) {
            lines.add("complete -c loopgate -n __fish_use_subcommand -a " + sub.getKey() + " -d "
                    + quoted(
                            first(sub.getValue().getCommandSpec().usageMessage().header())));
        }
        for (Map.Entry<String, CommandLine> sub : root.getSubcommands().entrySet()) {
            CommandSpec command = sub.getValue().getCommandSpec();
            String when = "'__fish_seen_subcommand_from " + sub.getKey() + "'";
            options(command, when, lines);
            for (PositionalParamSpec positional : command.positionalParameters()) {
                String values = values(positional);
                if (!values.isEmpty()) {
                    lines.add("complete -c loopgate -n " + when + values + " -d "
                            + quoted(first(positional.description())));
                }
            }
        }
        return String.join("\n", lines) + "\n";
    }

    private static void options(CommandSpec command, String when, List<String> lines) {
        for (OptionSpec option : command.options()) {
            StringBuilder line = new StringBuilder("complete -c loopgate -n ").append(when);
            for (String name : option.names()) {
                line.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
            }
            if (option.arity().max() > 0) {
                String values = values(option);
                line.append(values.isEmpty() ? " -x" : " -r" + values);
            }
            lines.add(line.append(" -d ")
                    .append(quoted(first(option.description())))
                    .toString());
        }
    }

    /** What may follow: files, or the words of an enumeration. */
    private static String values(ArgSpec argument) {
        if (argument.type() == Path.class) {
            return " -F";
        }
        Iterable<String> candidates = argument.completionCandidates();
        return candidates == null ? "" : " -a " + quoted(String.join(" ", candidates));
    }

    private static String first(String[] description) {
        return description.length == 0 ? "" : description[0].replaceAll("\\$\\{[^}]*}", "bash, zsh, fish");
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}

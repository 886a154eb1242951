package dev.loopgate.cli;

import dev.loopgate.cli.Completable.Values;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Completions for fish, made from the commands themselves. */
final class FishCompletion {

    private FishCompletion() {}

    static String script(CommandLine line) {
        List<String> lines = new ArrayList<>();
        lines.add("# Completions of loopgate for fish.");
        lines.add("complete -c loopgate -f");
        // Fish's own __fish_seen_subcommand_from takes "service status" for "status".
        lines.add("function __loopgate_at");
        lines.add("    set -l words (commandline -opc)[2..-1]");
        lines.add("    set -l plain (string match -v -- '-*' $words)");
        lines.add("    set -l wanted (string split -n ' ' -- $argv[2])");
        lines.add("    set -l count (count $wanted)");
        lines.add("    test $argv[1] = in; and test (count $plain) -ne $count; and return 1");
        lines.add("    test $count -eq 0; or test \"$plain[1..$count]\" = \"$argv[2]\"");
        lines.add("end");
        for (Completable command : Completable.of(line).all()) {
            options(command, lines);
            for (Completable part : command.parts()) {
                lines.add("complete -c loopgate -n " + when("in", command) + " -a " + part.name() + " -d "
                        + quoted(part.header()));
            }
            for (PositionalParamSpec positional : command.spec().positionalParameters()) {
                String values = values(positional);
                if (!values.isEmpty()) {
                    lines.add("complete -c loopgate -n " + when("below", command) + values + " -d "
                            + quoted(Completable.description(positional)));
                }
            }
        }
        return String.join("\n", lines) + "\n";
    }

    private static String when(String where, Completable command) {
        return "'__loopgate_at " + where + " \"" + command.path() + "\"'";
    }

    private static void options(Completable command, List<String> lines) {
        String where = command.parts().isEmpty() ? "below" : "in";
        for (OptionSpec option : command.options()) {
            StringBuilder line = new StringBuilder("complete -c loopgate -n ").append(when(where, command));
            for (String name : option.names()) {
                line.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
            }
            if (option.arity().max() > 0) {
                String values = values(option);
                line.append(values.isEmpty() ? " -x" : " -r" + values);
            }
            lines.add(line.append(" -d ")
                    .append(quoted(Completable.description(option)))
                    .toString());
        }
    }

    private static String values(ArgSpec argument) {
        Values values = Completable.values(argument);
        if (values instanceof Values.Files) {
            return " -F";
        } else if (values instanceof Values.Hosts) {
            return " -a '(loopgate complete hosts 2>/dev/null)'";
        }
        return values instanceof Values.Words words ? " -a " + quoted(String.join(" ", words.words())) : "";
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}

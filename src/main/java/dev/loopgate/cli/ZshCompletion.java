package dev.loopgate.cli;

import dev.loopgate.cli.Completable.Values;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Completions for zsh, made from the commands themselves: a file named {@code _loopgate} in a folder of {@code fpath}, or
 * sourced once {@code compinit} has run.
 */
final class ZshCompletion {

    private ZshCompletion() {}

    static String script(CommandLine line) {
        List<String> lines = new ArrayList<>();
        lines.add("#compdef loopgate");
        lines.add("# Completions of loopgate for zsh.");
        for (Completable command : Completable.of(line).all()) {
            function(command, lines);
        }
        lines.add("if [[ $funcstack[1] == _loopgate ]]; then _loopgate \"$@\"; else compdef _loopgate loopgate; fi");
        return String.join("\n", lines) + "\n";
    }

    private static void function(Completable command, List<String> lines) {
        List<String> words = options(command);
        lines.add(name(command) + "() {");
        if (command.parts().isEmpty()) {
            command.spec()
                    .positionalParameters()
                    .forEach(positional -> words.add(quoted((positional.arity().max() > 1 ? "*" : "") + ":"
                            + label(positional) + ":" + values(positional))));
            lines.add("  _arguments " + String.join(" \\\n    ", words));
        } else {
            lines.add("  local curcontext=\"$curcontext\" state line");
            lines.add("  typeset -A opt_args");
            lines.add("  local -a commands");
            lines.add("  commands=(");
            command.parts().forEach(part -> lines.add("    " + quoted(part.name() + ":" + part.header())));
            lines.add("  )");
            lines.add("  _arguments -C \\");
            words.forEach(word -> lines.add("    " + word + " \\"));
            lines.add("    '1:command:->command' '*::argument:->argument'");
            lines.add("  case $state in");
            lines.add("    command) _describe -t commands command commands ;;");
            lines.add("    argument)");
            lines.add("      case $line[1] in");
            command.parts().forEach(part -> lines.add("        " + part.name() + ") " + name(part) + " ;;"));
            lines.add("      esac ;;");
            lines.add("  esac");
        }
        lines.add("}");
    }

    private static String name(Completable command) {
        return command.path().isEmpty()
                ? "_loopgate"
                : "__loopgate_" + command.path().replace(' ', '_');
    }

    /** For each name of each option one word of {@code _arguments}: names, description, and what may follow. */
    private static List<String> options(Completable command) {
        List<String> words = new ArrayList<>();
        for (OptionSpec option : command.options()) {
            String value = option.arity().max() > 0 ? ":" + label(option) + ":" + values(option) : "";
            for (String name : option.names()) {
                words.add(quoted("(" + String.join(" ", option.names()) + ")" + name + "["
                        + Completable.description(option).replace("]", "\\]") + "]" + value));
            }
        }
        return words;
    }

    private static String label(ArgSpec argument) {
        return argument.paramLabel().replaceAll("[<>:\\[\\]]", "");
    }

    private static String values(ArgSpec argument) {
        Values values = Completable.values(argument);
        if (values instanceof Values.Files) {
            return "_files";
        } else if (values instanceof Values.Hosts) {
            // Evaluated when somebody completes.
            return "($(loopgate complete hosts 2>/dev/null))";
        }
        return values instanceof Values.Words words ? "(" + String.join(" ", words.words()) + ")" : " ";
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}

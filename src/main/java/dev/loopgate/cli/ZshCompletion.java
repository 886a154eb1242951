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

/**
 * Completions for zsh, made from the commands themselves: a file named {@code _loopgate} in a folder of {@code fpath}, or
 * sourced once {@code compinit} has run.
 */
final class ZshCompletion {

    private ZshCompletion() {}

    static String script(CommandLine root) {
        List<String> lines = new ArrayList<>();
        lines.add("#compdef loopgate");
        lines.add("# Completions of loopgate for zsh.");
        lines.add("_loopgate() {");
        lines.add("  local curcontext=\"$curcontext\" state line");
        lines.add("  typeset -A opt_args");
        lines.add("  local -a commands");
        lines.add("  commands=(");
        for (Map.Entry<String, CommandLine> sub : root.getSubcommands().entrySet()) {
            String header = first(sub.getValue().getCommandSpec().usageMessage().header());
            lines.add("    " + quoted(sub.getKey() + ":" + header));
        }
        lines.add("  )");
        lines.add("  _arguments -C \\");
        options(root.getCommandSpec()).forEach(option -> lines.add("    " + option + " \\"));
        lines.add("    '1:command:->command' '*::argument:->argument'");
        lines.add("  case $state in");
        lines.add("    command) _describe -t commands command commands ;;");
        lines.add("    argument)");
        lines.add("      case $line[1] in");
        root.getSubcommands().forEach((name, sub) -> command(name, sub.getCommandSpec(), lines));
        lines.add("      esac ;;");
        lines.add("  esac");
        lines.add("}");
        lines.add("if [[ $funcstack[1] == _loopgate ]]; then _loopgate \"$@\"; else compdef _loopgate loopgate; fi");
        return String.join("\n", lines) + "\n";
    }

    private static void command(String name, CommandSpec command, List<String> lines) {
        List<String> words = new ArrayList<>(options(command));
        for (PositionalParamSpec positional : command.positionalParameters()) {
            words.add(quoted(":" + label(positional) + ":" + values(positional)));
        }
        lines.add("        " + name + ") _arguments " + String.join(" \\\n          ", words) + " ;;");
    }

    /** For each name of each option one word of {@code _arguments}: names, description, and what may follow. */
    private static List<String> options(CommandSpec command) {
        List<String> words = new ArrayList<>();
        for (OptionSpec option : command.options()) {
            String value = option.arity().max() > 0 ? ":" + label(option) + ":" + values(option) : "";
            for (String name : option.names()) {
                words.add(quoted("(" + String.join(" ", option.names()) + ")" + name + "["
                        + first(option.description()).replace("]", "\\]") + "]" + value));
            }
        }
        return words;
    }

    private static String label(ArgSpec argument) {
        return argument.paramLabel().replaceAll("[<>:]", "");
    }

    /** What may follow: files, or the words of an enumeration. */
    private static String values(ArgSpec argument) {
        if (argument.type() == Path.class) {
            return "_files";
        }
        Iterable<String> candidates = argument.completionCandidates();
        return candidates == null ? " " : "(" + String.join(" ", candidates) + ")";
    }

    private static String first(String[] description) {
        return description.length == 0 ? "" : description[0].replaceAll("\\$\\{[^}]*}", "see --help");
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}

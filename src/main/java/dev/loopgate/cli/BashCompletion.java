package dev.loopgate.cli;

import dev.loopgate.cli.Completable.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Completions for bash, made from the commands themselves; needs nothing but bash, 3.2 as on macOS included. */
final class BashCompletion {

    private BashCompletion() {}

    static String script(CommandLine line) {
        Completable root = Completable.of(line);
        List<String> lines = new ArrayList<>();
        lines.add("# Completions of loopgate for bash.");
        lines.add("_loopgate() {");
        lines.add("  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} path= i");
        lines.add("  local IFS=$'\\n'");
        lines.add("  COMPREPLY=()");
        // The words up to here that are commands; behind a value of an option none is expected.
        lines.add("  for ((i = 1; i < COMP_CWORD; i++)); do");
        lines.add("    case \"$path ${COMP_WORDS[i]}\" in");
        String paths = root.all().stream()
                .skip(1)
                .map(command -> "' " + command.path() + "'")
                .collect(Collectors.joining(" | "));
        lines.add("      " + paths + ") path=\"$path ${COMP_WORDS[i]}\" ;;");
        lines.add("    esac");
        lines.add("  done");
        lines.add("  case \"$path $before\" in");
        for (Completable command : root.all()) {
            for (OptionSpec option : command.options()) {
                if (option.arity().max() > 0 && option.arity().min() > 0) {
                    String names = Stream.of(option.names())
                            .map(name -> "'" + prefix(command) + " " + name + "'")
                            .collect(Collectors.joining(" | "));
                    lines.add("    " + names + ") " + reply(Completable.values(option)) + "; return ;;");
                }
            }
        }
        lines.add("  esac");
        lines.add("  case \"$path:$word\" in");
        for (Completable command : root.all()) {
            String options = command.options().stream()
                    .flatMap(option -> Stream.of(option.names()))
                    .collect(Collectors.joining("\\n"));
            lines.add("    '" + prefix(command) + ":-'*) " + words(options) + " ;;");
            String parts = command.parts().stream().map(Completable::name).collect(Collectors.joining("\\n"));
            lines.add("    '" + prefix(command) + ":'*) " + (parts.isEmpty() ? reply(command.first()) : words(parts))
                    + " ;;");
        }
        lines.add("  esac");
        lines.add("}");
        lines.add("complete -F _loopgate loopgate");
        return String.join("\n", lines) + "\n";
    }

    private static String prefix(Completable command) {
        return command.path().isEmpty() ? "" : " " + command.path();
    }

    private static String reply(Values values) {
        if (values instanceof Values.Files) {
            return "compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- \"$word\"))";
        } else if (values instanceof Values.Hosts) {
            return "COMPREPLY=($(compgen -W \"$(loopgate complete hosts 2>/dev/null)\" -- \"$word\"))";
        } else if (values instanceof Values.Words words) {
            return words(String.join("\\n", words.words()));
        }
        return ":";
    }

    private static String words(String words) {
        return "COMPREPLY=($(compgen -W $'" + words + "' -- \"$word\"))";
    }
}

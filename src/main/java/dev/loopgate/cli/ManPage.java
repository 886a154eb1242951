package dev.loopgate.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The page of the manual, made from the commands themselves, in the macros of man(7). */
final class ManPage {

    private final List<String> lines = new ArrayList<>();

    private ManPage() {}

    static String of(CommandLine line, String version) {
        return new ManPage().page(Completable.of(line), version);
    }

    private String page(Completable root, String version) {
        lines.add(".\\\" Printed by: loopgate man");
        lines.add(".TH LOOPGATE 1 \"\" \"Loopgate " + text(version) + "\" \"User Commands\"");
        section("NAME", "loopgate \\- a local gateway: every service of this machine by name, on one port");
        section("SYNOPSIS", ".B loopgate", ".I COMMAND", "[\\fIOPTION\\fR]...");
        lines.add(".SH COMMANDS");
        root.all().stream().filter(command -> command.parts().isEmpty()).forEach(this::command);
        lines.add(".SH OPTIONS OF ALL COMMANDS");
        root.options().forEach(this::option);
        lines.add(".SH EXIT STATUS");
        item("0", "It is done.");
        item("1", "It failed.");
        item("2", "Wrong usage.");
        item("3", "The configuration is invalid, or the file that was named does not exist.");
        item("4", "The port is taken.");
        lines.add(".SH ENVIRONMENT");
        item("LOOPGATE_CONFIG", "The configuration, where --config names none.");
        item("LOOPGATE_JAVA_HOME", "The JDK to use.");
        item("JAVA_HOME", "The JDK to use if it is 17 or newer; else the newest one that is found.");
        item("LOOPGATE_JAVA_OPTS", "More options for the JVM, separated by blanks.");
        item("NO_COLOR", "No colours, where it is set to something.");
        lines.add(".SH FILES");
        item(
                "loopgate.yaml",
                "The configuration: here, in conf, at the root of the Git repository, or in"
                        + " $XDG_CONFIG_HOME/loopgate.");
        item("$XDG_RUNTIME_DIR/loopgate", "The sockets of running gateways, one each, for their user alone.");
        return String.join("\n", lines) + "\n";
    }

    private void section(String name, String... body) {
        lines.add(".SH " + name);
        lines.addAll(List.of(body));
    }

    private void command(Completable command) {
        CommandSpec spec = command.spec();
        lines.add(".SS loopgate " + text(command.path()));
        lines.add(text(command.header()));
        lines.add(".PP");
        lines.add(text(CommandLine.Help.Ansi.OFF
                .string(spec.commandLine().getHelp().synopsis(0))
                .strip()
                .replaceAll("\\s+", " ")));
        String description = joined(spec.usageMessage().description());
        if (!description.isEmpty()) {
            lines.add(".PP");
            lines.add(text(description));
        }
        spec.positionalParameters().stream().filter(one -> !one.hidden()).forEach(this::positional);
        command.options().stream().filter(option -> !inherited(option)).forEach(this::option);
        lines.add(".PP");
        lines.add(".nf");
        for (String line : spec.usageMessage().footer()) {
            if (!line.isEmpty()) {
                lines.add(text(line));
            }
        }
        lines.add(".fi");
    }

    private static boolean inherited(OptionSpec option) {
        return option.inherited();
    }

    private void positional(PositionalParamSpec positional) {
        item(positional.paramLabel(), description(positional));
    }

    private void option(OptionSpec option) {
        String value = option.arity().max() == 0
                ? ""
                : option.arity().min() == 0 ? "[=" + option.paramLabel() + "]" : " " + option.paramLabel();
        item(String.join(", ", option.names()) + value, description(option));
    }

    private static String description(ArgSpec argument) {
        List<String> words = new ArrayList<>();
        Iterable<String> candidates = argument.completionCandidates();
        if (candidates != null) {
            candidates.forEach(words::add);
        }
        String text = joined(argument.description())
                .replace("${COMPLETION-CANDIDATES}", String.join(", ", words))
                .replace("${DEFAULT-VALUE}", String.valueOf(argument.defaultValueString()));
        return Ansi.OFF.string(text.replace("$$", "$")).replace("%%", "%").replace("%n", " ");
    }

    private void item(String term, String meaning) {
        lines.add(".TP");
        lines.add(".B " + text(term));
        lines.add(text(meaning));
    }

    private static String joined(String... description) {
        return String.join(" ", description).strip();
    }

    /** As roff prints it letter for letter: its own signs escaped, and no line that it takes for a request. */
    private static String text(String plain) {
        String escaped = plain.replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("^", "\\(ha")
                .replace("~", "\\(ti")
                .replace("…", "...");
        escaped = escaped.replace("`", "\\(ga").replace("'", "\\(aq").strip();
        return escaped.toLowerCase(Locale.ROOT).matches("[.'].*") ? "\\&" + escaped : escaped;
    }
}

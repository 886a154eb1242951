package dev.loopgate.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The commands there are, and how one is run. */
final class Commands {

    private static final String NO_COLOR = "--no-color";

    private Commands() {}

    /** In the order of the help. */
    private static Map<String, Function<Surroundings, Object>> all() {
        Map<String, Function<Surroundings, Object>> all = new LinkedHashMap<>();
        all.put("run", RunCommand::new);
        all.put("demo", DemoCommand::new);
        all.put("check", CheckCommand::new);
        all.put("explain", ExplainCommand::new);
        all.put("routes", RoutesCommand::new);
        all.put("status", StatusCommand::new);
        all.put("reload", ReloadCommand::new);
        all.put("add", AddCommand::new);
        all.put("remove", RemoveCommand::new);
        all.put("attach", AttachCommand::new);
        all.put("exec", ExecCommand::new);
        all.put("get", GetCommand::new);
        all.put("wait", WaitCommand::new);
        all.put("share", ShareCommand::new);
        all.put("doctor", DoctorCommand::new);
        all.put("ports", PortsCommand::new);
        all.put("probe", ProbeCommand::new);
        all.put("trust", TrustCommand::new);
        all.put("untrust", UntrustCommand::new);
        all.put("hosts", HostsCommand::new);
        all.put("service", ServiceCommand::new);
        all.put("completion", CompletionCommand::new);
        all.put("complete", CompleteCommand::new);
        all.put("man", ManCommand::new);
        all.put("version", VersionCommand::new);
        return all;
    }

    /** Runs a command line and gives the exit status. Never throws. */
    static int execute(Surroundings surroundings, String... words) {
        // What stands behind -- is another program's, with options that may look like ours.
        List<String> all = List.of(words);
        int end = all.contains("--") ? all.indexOf("--") : all.size();
        List<String> ours = all.contains("exec") ? all.subList(0, end) : all;
        // Before picocli looks: a command is built for the terminal it is to print on.
        boolean plain = ours.contains(NO_COLOR);
        Surroundings own = plain ? surroundings.with(surroundings.terminal().withoutColour()) : surroundings;
        int status = run(own, all.subList(ours.size(), all.size()), asOption(ours.toArray(String[]::new)));
        // A stream of Java keeps its failures to itself until it is asked.
        if (own.terminal().out().checkError()) {
            own.terminal().fail("standard output cannot be written: its disk is full, or nobody reads it");
            return status == ExitStatus.DONE ? ExitStatus.FAILED : status;
        }
        return status;
    }

    /**
     * {@code help} and {@code help run} are what many type for {@code --help} and {@code run --help}. Of a command that
     * there is none of, help would be that of all of them, and no word of the mistake.
     */
    private static String[] asOption(String... words) {
        int first = 0;
        while (first < words.length && words[first].equals(NO_COLOR)) {
            first++;
        }
        if (first == words.length || words[first].startsWith("-") || all().containsKey(words[first])) {
            return words;
        }
        if (!words[first].equals("help")) {
            return new String[] {words[first]};
        }
        String topic = Stream.of(words)
                .skip(first + 1)
                .filter(word -> !word.startsWith("-") && !word.equals("help"))
                .findFirst()
                .orElse("");
        return topic.isEmpty() ? new String[] {"--help"} : asOption(topic, "--help");
    }

    /** @param behind what is for another program, {@code --} included */
    private static int run(Surroundings surroundings, List<String> behind, String... arguments) {
        Callable<Integer> start = PlainStart.of(surroundings, arguments);
        if (start == null) {
            CommandLine line = tree(surroundings, arguments.length == 0 ? "" : arguments[0]);
            CommandLine exec = line.getSubcommands().get("exec");
            if (exec != null && !behind.isEmpty()) {
                ((ExecCommand) exec.getCommand()).command = behind.subList(1, behind.size());
            }
            return line.execute(arguments);
        }
        try {
            return start.call();
        } catch (Exception e) {
            return FailedCommand.tell(surroundings.terminal(), e);
        }
    }

    /** The whole tree. */
    static CommandLine tree(Surroundings surroundings) {
        return tree(surroundings, "");
    }

    /** Where the first word is a command, only that one is built: to set up all of them takes longer than most run. */
    private static CommandLine tree(Surroundings surroundings, String first) {
        Terminal terminal = surroundings.terminal();
        CommandLine root = new CommandLine(new LoopgateCommand(surroundings));
        all().forEach((name, command) -> {
            if (name.equals(first) || !all().containsKey(first)) {
                root.addSubcommand(name, withParts(name, command.apply(surroundings), surroundings));
            }
        });
        FailureReports reports = new FailureReports(surroundings);
        forEach(root, line -> {
            line.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
            line.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
            line.setColorScheme(
                    CommandLine.Help.defaultColorScheme(terminal.outStyle().on() ? Ansi.ON : Ansi.OFF));
            line.setParameterExceptionHandler(reports);
            line.setExecutionExceptionHandler(reports);
            line.setExitCodeExceptionMapper(failure -> ExitStatus.FAILED);
            line.setUsageHelpWidth(100);
            line.setAbbreviatedOptionsAllowed(false);
        });
        return root;
    }

    /** Those of its own that a command has. */
    private static CommandLine withParts(String name, Object command, Surroundings surroundings) {
        CommandLine line = new CommandLine(command);
        if (name.equals("hosts")) {
            line.addSubcommand("sync", new HostsSyncCommand(surroundings));
        } else if (name.equals("service")) {
            line.addSubcommand("install", new ServiceInstallCommand(surroundings));
            line.addSubcommand("status", new ServiceStatusCommand(surroundings));
            line.addSubcommand("uninstall", new ServiceUninstallCommand(surroundings));
        }
        return line;
    }

    private static void forEach(CommandLine line, Consumer<CommandLine> action) {
        action.accept(line);
        for (CommandLine sub : new ArrayList<>(line.getSubcommands().values())) {
            forEach(sub, action);
        }
    }
}

package dev.loopgate.cli;

import dev.loopgate.diagnose.HttpTitles;
import dev.loopgate.diagnose.OpenPort;
import dev.loopgate.diagnose.OpenPorts;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code loopgate ports}. */
@Command(
        name = "ports",
        header = "List who listens on this machine.",
        description = {
            "",
            "Every TCP and UDP port that somebody listens on, with the process, its user and its project,",
            "who gets in, and the title of its page, for which ports that may serve one are asked once.",
            ""
        },
        footer = {
            "",
            "Example:  loopgate ports",
            "          loopgate ports 5432",
            "          loopgate ports --open node",
            "Exit status: 0 somebody listens, 1 nobody does."
        })
final class PortsCommand implements Callable<Integer> {

    /** A page that comes later is no reason to let its user wait. */
    private static final Duration TITLES = Duration.ofMillis(250);

    private final Surroundings surroundings;

    @Parameters(
            paramLabel = "WHAT",
            arity = "0..*",
            description = "Only these: PORT, PORT-PORT, PORT/udp, tcp, udp, or a part of a program's name, command,"
                    + " folder, user or title.")
    List<String> words = new ArrayList<>();

    @Option(names = "--open", description = "Only those that the network reaches.")
    boolean open;

    @Option(names = "--full", description = "Whole commands, with what the launcher of a Loopgate adds.")
    boolean full;

    @Option(names = "--no-titles", description = "Ask no port for its page.")
    boolean noTitles;

    @Mixin
    JsonOption json = new JsonOption();

    PortsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Predicate<OpenPort> wanted = PortFilter.of(words);
        // Only where words may mean a title is one asked for that is not shown then.
        boolean numbers = words.stream().allMatch(PortFilter::isNumber);
        List<OpenPort> found = new OpenPorts()
                .look().stream()
                        .filter(port -> (!open || port.open()) && (!numbers || wanted.test(port)))
                        .toList();
        List<OpenPort> ports = (noTitles ? found : new HttpTitles(TITLES).of(found))
                .stream().filter(wanted).toList();
        Terminal terminal = surroundings.terminal();
        if (json.wanted) {
            JsonOption.print(
                    terminal,
                    new JsonObject()
                            .put(
                                    "ports",
                                    new JsonArray(
                                            ports.stream().map(PortJson::of).toList()))
                            .put("hidden", hidden(ports)));
        } else {
            PortTable table = new PortTable(
                    terminal.outStyle(),
                    surroundings.environment().apply("HOME"),
                    full
                            ? PortTable.Commands.WHOLE
                            : terminal.shown() ? PortTable.Commands.CUT : PortTable.Commands.TYPED);
            table.lines(ports).forEach(terminal::result);
            tell(terminal, ports);
        }
        return ports.isEmpty() ? ExitStatus.FAILED : ExitStatus.DONE;
    }

    private void tell(Terminal terminal, List<OpenPort> ports) {
        if (ports.isEmpty()) {
            boolean one = words.size() == 1 && words.get(0).matches("[0-9]+");
            terminal.say(
                    words.isEmpty() && !open
                            ? "nobody listens on this machine"
                            : one && !open
                                    ? "nobody listens on port " + words.get(0)
                                    : "nobody listens on such a port");
            return;
        }
        long hidden = hidden(ports);
        if (hidden > 0) {
            String which = hidden == 1 ? "of one port" : "of " + hidden + " ports";
            terminal.say(
                    "root".equals(System.getProperty("user.name"))
                            ? "the process " + which
                                    + " cannot be seen from here: it is the system's own, or in a container"
                            : "the process " + which
                                    + " is shown to its user and root only; to see it: sudo loopgate ports");
        }
    }

    private static long hidden(List<OpenPort> ports) {
        return ports.stream().filter(port -> port.process().isEmpty()).count();
    }
}

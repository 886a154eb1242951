package dev.loopgate.cli;

import dev.loopgate.diagnose.HttpTitles;
import dev.loopgate.diagnose.OpenPort;
import dev.loopgate.diagnose.OpenPorts;
import dev.loopgate.net.Addresses;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code loopgate ports}. */
@Command(
        name = "ports",
        header = "List who listens on this machine.",
        description = {
            "",
            "Every TCP and UDP port that somebody listens on, with the process, its user and its project, who gets",
            "in, and the title of the page that is served there, for which each port is asked once.",
            ""
        },
        footer = {"", "Example:  loopgate ports"})
final class PortsCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Option(names = "--no-titles", description = "Ask no port for its page.")
    boolean noTitles;

    @Mixin
    JsonOption json = new JsonOption();

    PortsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        List<OpenPort> found = new OpenPorts().look();
        List<OpenPort> ports = noTitles ? found : new HttpTitles().of(found);
        Terminal terminal = surroundings.terminal();
        if (json.wanted) {
            JsonOption.print(
                    terminal,
                    new JsonObject()
                            .put(
                                    "ports",
                                    new JsonArray(ports.stream()
                                            .map(PortsCommand::json)
                                            .toList())));
            return ExitStatus.DONE;
        }
        new PortTable(terminal.outStyle(), surroundings.environment().apply("HOME"))
                .lines(ports)
                .forEach(terminal::result);
        long hidden = ports.stream().filter(port -> port.process().isEmpty()).count();
        if (ports.isEmpty()) {
            terminal.say("nobody listens on this machine");
        } else if (hidden > 0) {
            terminal.say("whose process has " + (hidden == 1 ? "one of these" : hidden + " of these")
                    + " is told to its user and root only: sudo loopgate ports");
        }
        return ExitStatus.DONE;
    }

    private static JsonObject json(OpenPort port) {
        JsonObject json = new JsonObject()
                .put("protocol", port.protocol().toString())
                .put("port", port.port())
                .put(
                        "addresses",
                        new JsonArray(port.addresses().stream()
                                .map(address -> new JsonObject()
                                        .put("address", Addresses.text(address))
                                        .put("family", address.getAddress().length == 4 ? "ipv4" : "ipv6")
                                        .put("scope", text(OpenPort.scope(address))))
                                .toList()))
                .put("scope", text(port.scope()))
                .put("open", port.open())
                .put("range", text(port.range()))
                .put("outgoing", port.outgoing());
        port.service().ifPresent(service -> json.put("service", service));
        port.title().ifPresent(title -> json.put("title", title));
        port.user().ifPresent(user -> json.put("user", user));
        port.process().ifPresent(process -> {
            json.put("pid", process.pid())
                    .put("name", process.name())
                    .put("command", process.command())
                    .put("loopgate", process.gateway());
            process.directory().ifPresent(directory -> json.put("directory", directory.toString()));
            process.project().ifPresent(project -> json.put("project", project.toString()));
        });
        return json;
    }

    private static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

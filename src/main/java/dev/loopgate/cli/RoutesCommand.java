package dev.loopgate.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code loopgate routes}. */
@Command(
        name = "routes",
        header = "List what the running gateway serves.",
        description = {"", "Every URL and forward with its target.", ""},
        footer = {"", "Example:  loopgate routes"})
final class RoutesCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Mixin
    GatewayChoice choice = new GatewayChoice();

    @Mixin
    JsonOption json = new JsonOption();

    RoutesCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        JsonObject status =
                choice.choose(surroundings, GatewayChoice.client(surroundings)).status();
        Terminal terminal = surroundings.terminal();
        if (json.wanted) {
            JsonOption.print(
                    terminal,
                    new JsonObject()
                            .put("hosts", status.getJsonArray("hosts"))
                            .put("forwards", status.getJsonArray("forwards"))
                            .put("attached", status.getJsonArray("attached")));
        } else {
            new RouteTable(terminal.outStyle()).lines(status).forEach(terminal::result);
        }
        return ExitStatus.DONE;
    }
}

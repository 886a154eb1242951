package dev.loopgate.cli;

import dev.loopgate.admin.ControlClient;
import dev.loopgate.model.HostPattern;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code loopgate get}. */
@Command(
        name = "get",
        header = "Print the URL of a host, for scripts.",
        description = {
            "",
            "Of the running gateway, attached projects included; of the configuration where none runs.",
            ""
        },
        footer = {
            "",
            "Example:  loopgate get app",
            "          curl \"$(loopgate get app)\"",
            "Exit status: 0 printed, 1 there is no such host."
        })
final class GetCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Parameters(paramLabel = "NAME", description = "The host; app is short for app.localhost.")
    String name = "";

    @Mixin
    GatewayChoice choice = new GatewayChoice();

    @Mixin
    JsonOption json = new JsonOption();

    GetCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        String full = KnownHosts.name(name);
        KnownHosts known = KnownHosts.find(surroundings, choice, ControlClient.STATUS);
        HostPattern pattern = known.serving(full).orElseThrow(() -> known.unknown(full));
        Terminal terminal = surroundings.terminal();
        String url = known.url(full);
        if (json.wanted) {
            JsonOption.print(
                    terminal,
                    new JsonObject()
                            .put("url", url)
                            .put("host", pattern.toString())
                            .put("running", known.status().isPresent()));
        } else {
            terminal.result(url);
        }
        return ExitStatus.DONE;
    }
}

package dev.loopgate.cli;

import dev.loopgate.admin.ControlClient;
import dev.loopgate.admin.ControlClient.RunningGateway;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code loopgate reload}. */
@Command(
        name = "reload",
        header = "Have the running gateway read its configuration again.",
        description = {
            "",
            "It does so by itself whenever the file changes; this waits until it has, and tells what came of it.",
            ""
        },
        footer = {
            "",
            "Example:  loopgate reload",
            "Exit status: 0 it is in force, 3 it has problems (the previous one stays), 1 anything else."
        })
final class ReloadCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Mixin
    GatewayChoice choice = new GatewayChoice();

    @Mixin
    JsonOption json = new JsonOption();

    ReloadCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        ControlClient client = GatewayChoice.client(surroundings);
        RunningGateway gateway = choice.choose(surroundings, client);
        JsonObject report;
        try {
            report = client.reload(gateway);
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.FAILED, "the reload failed: " + e.getMessage());
        }
        String outcome = report.getString("outcome");
        boolean inForce = outcome.equals("applied") || outcome.equals("unchanged");
        Terminal terminal = surroundings.terminal();
        if (json.wanted) {
            JsonOption.print(terminal, report);
        } else if (inForce) {
            StatusLists.strings(report, "warnings").forEach(terminal::warn);
            terminal.result(report.getString("text"));
            new ListenLines(terminal.outStyle()).ofReload(report).forEach(terminal::result);
        } else {
            List<String> lines = new ArrayList<>();
            lines.add(report.getString("text"));
            lines.addAll(StatusLists.strings(report, "problems"));
            terminal.fail(lines);
        }
        return inForce
                ? ExitStatus.DONE
                : outcome.equals("invalid") ? ExitStatus.INVALID_CONFIGURATION : ExitStatus.FAILED;
    }
}

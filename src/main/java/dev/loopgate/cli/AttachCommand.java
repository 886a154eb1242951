package dev.loopgate.cli;

import dev.loopgate.admin.ControlClient;
import dev.loopgate.admin.ControlClient.RunningGateway;
import dev.loopgate.config.Located;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code loopgate attach}. */
@Command(
        name = "attach",
        header = "Add another project's file to the running gateway until this ends.",
        description = {
            "",
            "Its hosts and forwards are served beside the gateway's own, and changes of the file are taken at once.",
            "A host or a port that something else has already is refused, with the places of both. When the gateway",
            "ends, this waits for it to come back.",
            ""
        },
        footer = {
            "",
            "Example:  loopgate attach ../shop/loopgate.yaml",
            "",
            "listen, access-log, trusted-proxies and accept-proxy-protocol of the file have no effect.",
            "Exit status: 0 ended by SIGTERM or SIGINT (Ctrl-C), 3 invalid configuration, 1 anything else."
        })
final class AttachCommand implements Callable<Integer> {

    private final Surroundings surroundings;
    private final ConfigurationInput input;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "The project's configuration. Without it, it is looked for as by run.")
    @Nullable
    Path file;

    @Mixin
    GatewayChoice choice = new GatewayChoice();

    @Mixin
    JsonOption json = new JsonOption();

    AttachCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.input = new ConfigurationInput(surroundings);
    }

    @Override
    public Integer call() {
        Located located = input.locate(Optional.ofNullable(file));
        if (!(located instanceof Located.Found found)) {
            input.require(Optional.empty());
            return ExitStatus.FAILED;
        }
        AttachedFile project = AttachedFile.read(surroundings, found);
        ControlClient client = GatewayChoice.client(surroundings);
        RunningGateway gateway = choice.choose(surroundings, client);
        StopSignals signals = new StopSignals(surroundings.terminal());
        project.attach(client, gateway, json.wanted);
        signals.await();
        project.leave();
        return ExitStatus.DONE;
    }
}

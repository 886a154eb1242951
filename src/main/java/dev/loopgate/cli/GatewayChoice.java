package dev.loopgate.cli;

import dev.loopgate.admin.ControlClient;
import dev.loopgate.admin.ControlClient.RunningGateway;
import dev.loopgate.admin.ControlDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which of the running gateways a command is meant for. */
final class GatewayChoice {

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The gateway that runs this configuration.")
    @Nullable
    Path file;

    @Option(names = "--pid", paramLabel = "PID", description = "The gateway with this process id.")
    @Nullable
    Long pid;

    static ControlClient client(Surroundings surroundings) {
        return new ControlClient(ControlDirectory.from(surroundings.environment())
                .orElseThrow(() -> new CommandFailure(
                        ExitStatus.FAILED,
                        "a running gateway cannot be found",
                        "set XDG_RUNTIME_DIR or HOME: its socket is in one of them")));
    }

    /** @throws CommandFailure where there is none, or more than one to choose from */
    RunningGateway choose(Surroundings surroundings, ControlClient client) {
        return choose(surroundings, client.running());
    }

    /** As {@link #choose(Surroundings, ControlClient)}, of those that were found. */
    RunningGateway choose(Surroundings surroundings, List<RunningGateway> running) {
        if (running.isEmpty()) {
            throw new CommandFailure(ExitStatus.FAILED, "no gateway is running", "to start one: loopgate run");
        }
        List<RunningGateway> meant = running.stream()
                .filter(gateway -> isMeant(surroundings, gateway))
                .toList();
        if (meant.size() == 1) {
            return meant.get(0);
        }
        List<String> lines = new ArrayList<>();
        lines.add(
                meant.isEmpty()
                        ? "no running gateway is that one"
                        : "several gateways are running; which one is meant?");
        for (RunningGateway gateway : meant.isEmpty() ? running : meant) {
            lines.add("--pid " + gateway.pid() + "   "
                    + gateway.file().map(Path::toString).orElse("without a file"));
        }
        throw new CommandFailure(meant.isEmpty() ? ExitStatus.FAILED : ExitStatus.WRONG_USAGE, lines);
    }

    boolean isMeant(Surroundings surroundings, RunningGateway gateway) {
        if (pid != null && pid != gateway.pid()) {
            return false;
        }
        Path wanted = file;
        return wanted == null || gateway.runs(surroundings.workingDirectory().resolve(wanted));
    }
}

package dev.loopgate.cli;

import dev.loopgate.admin.ControlClient;
import dev.loopgate.admin.ControlClient.RunningGateway;
import dev.loopgate.config.Located;
import dev.loopgate.config.Problem;
import dev.loopgate.config.ReadResult;
import dev.loopgate.diagnose.ShellCommand;
import dev.loopgate.doctor.Circumstances;
import dev.loopgate.doctor.Circumstances.DeadSocket;
import dev.loopgate.doctor.Circumstances.Running;
import dev.loopgate.doctor.Circumstances.Setup;
import dev.loopgate.doctor.Circumstances.Trouble;
import dev.loopgate.lan.LanAddress;
import dev.loopgate.model.Configuration;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a doctor has to be told: which configuration is meant, and what the gateways of this user say. */
final class DoctorFacts {

    private final Surroundings surroundings;
    private final ConfigurationInput input;

    DoctorFacts(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.input = new ConfigurationInput(surroundings);
    }

    /**
     * Blocks while the gateways are asked.
     *
     * @param named by the option
     * @param patience with each gateway: most answer at once, or not at all
     */
    Circumstances gather(Optional<Path> named, Duration patience) {
        ControlClient.Seen seen = seen(patience);
        List<Setup> setups = new ArrayList<>();
        Optional<Path> found = input.locate(named) instanceof Located.Found file
                ? Optional.of(surroundings.workingDirectory().resolve(file.file()))
                : Optional.empty();
        for (RunningGateway gateway : seen.running()) {
            setups.add(setup(gateway.file(), Optional.of(running(gateway))));
        }
        if (found.isPresent()
                && setups.stream()
                        .noneMatch(setup -> setup.file()
                                .map(file -> same(file, found.get()))
                                .orElse(false))) {
            setups.add(0, setup(found, Optional.empty()));
        }
        return new Circumstances(
                surroundings.environment(),
                setups,
                seen.silent().stream()
                        .map(socket -> new DeadSocket(socket.path(), socket.stale()))
                        .toList());
    }

    private ControlClient.Seen seen(Duration patience) {
        try {
            return GatewayChoice.client(surroundings).look(patience);
        } catch (CommandFailure nowhere) {
            return new ControlClient.Seen(List.of(), List.of());
        }
    }

    private Setup setup(Optional<Path> file, Optional<Running> gateway) {
        if (file.isEmpty()) {
            return new Setup(file, Optional.of(Configuration.EMPTY), List.of(), gateway);
        }
        ReadResult result = input.read(file.get());
        return result instanceof ReadResult.Valid valid
                ? new Setup(file, Optional.of(valid.configuration()), List.of(), gateway)
                : new Setup(
                        file,
                        Optional.empty(),
                        ((ReadResult.Invalid) result)
                                .problems().stream().map(Problem::toString).toList(),
                        gateway);
    }

    private static Running running(RunningGateway gateway) {
        List<Trouble> troubles = new ArrayList<>();
        JsonObject reload = gateway.status().getJsonObject("lastReload", new JsonObject());
        List<String> refused = StatusLists.strings(reload, "problems");
        if (!refused.isEmpty()) {
            troubles.add(new Trouble(
                    "it goes on with the configuration of before the last edit: " + refused.get(0),
                    gateway.file().map(file -> ShellCommand.of("loopgate", "check", "--config", file.toString()))));
        }
        for (JsonObject forward : StatusLists.objects(gateway.status(), "forwards")) {
            JsonObject problem = forward.getJsonObject("problem");
            if (problem != null) {
                troubles.add(new Trouble(
                        StatusLists.name(forward) + " does not listen on " + problem.getString("address") + ": "
                                + problem.getString("cause") + holder(problem),
                        Optional.ofNullable(problem.getString("hint"))));
            }
        }
        List<InetSocketAddress> listeners = StatusLists.objects(gateway.status(), "listeners").stream()
                .map(listener -> listener.getString("address"))
                .filter(address -> !address.startsWith("unix:"))
                .map(LanAddress::parse)
                .toList();
        return new Running(gateway.pid(), listeners, troubles);
    }

    private static String holder(JsonObject problem) {
        JsonObject holder = problem.getJsonObject("holder");
        return holder == null ? "" : ", by " + holder.getString("name") + " (pid " + holder.getLong("pid") + ")";
    }

    private static boolean same(Path one, Path other) {
        try {
            return one.toRealPath().equals(other.toRealPath());
        } catch (IOException gone) {
            return one.normalize().equals(other.normalize());
        }
    }
}

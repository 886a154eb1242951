package dev.loopgate.cli;

import dev.loopgate.admin.ControlClient;
import dev.loopgate.admin.ControlClient.RunningGateway;
import dev.loopgate.config.Located;
import dev.loopgate.config.Problem;
import dev.loopgate.config.ReadResult;
import dev.loopgate.config.ReadSources;
import dev.loopgate.diagnose.ShellCommand;
import dev.loopgate.doctor.Circumstances;
import dev.loopgate.doctor.Circumstances.DeadSocket;
import dev.loopgate.doctor.Circumstances.Running;
import dev.loopgate.doctor.Circumstances.Setup;
import dev.loopgate.doctor.Circumstances.Trouble;
import dev.loopgate.lan.LanAddress;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.HostPattern;
import io.vertx.core.json.JsonObject;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        Optional<RunningGateway> own = found.flatMap(file -> ExplainedGateway.of(seen.running(), file));
        for (RunningGateway gateway : seen.running()) {
            setups.add(own.filter(gateway::equals).isPresent() ? 0 : setups.size(), served(gateway, patience));
        }
        if (found.isPresent() && own.isEmpty()) {
            setups.add(0, setup(found, input.read(found.get()), Optional.empty()));
        }
        return new Circumstances(
                surroundings.environment(),
                setups,
                named.map(file -> setups.get(0)),
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

    private static Setup setup(Optional<Path> file, ReadResult result, Optional<Running> gateway) {
        return result instanceof ReadResult.Valid valid
                ? new Setup(file, Optional.of(valid.configuration()), List.of(), gateway)
                : new Setup(
                        file,
                        Optional.empty(),
                        ((ReadResult.Invalid) result)
                                .problems().stream().map(Problem::toString).toList(),
                        gateway);
    }

    /** Of a gateway that runs, with whatever is attached to it. */
    private Setup served(RunningGateway gateway, Duration patience) {
        Optional<Path> file = gateway.file();
        ReadResult own = file.isPresent()
                ? input.read(file.get())
                : new ReadResult.Valid(Configuration.EMPTY, List.of(), new ReadSources(List.of(), List.of()));
        if (!(own instanceof ReadResult.Valid valid)) {
            return setup(file, own, Optional.of(running(gateway, Map.of())));
        }
        ServedConfiguration served = ServedConfiguration.of(
                file, valid, GatewayChoice.client(surroundings).attached(gateway, patience));
        Map<HostPattern, String> attached = new HashMap<>();
        served.places().forEach((host, place) -> {
            if (place.attachedBy() > 0) {
                attached.put(host, place.text() + " (attached by process " + place.attachedBy() + ")");
            }
        });
        return new Setup(
                file,
                Optional.of(served.configuration()),
                List.of(),
                Optional.of(running(gateway, served.unread())),
                attached);
    }

    /** @param unread attached files that have problems now */
    private static Running running(RunningGateway gateway, Map<Path, String> unread) {
        List<Trouble> troubles = new ArrayList<>();
        unread.forEach((file, problem) -> troubles.add(new Trouble(
                "it goes on with " + file + ", which is attached, as it was before the last edit: " + problem,
                Optional.of(ShellCommand.of("loopgate", "check", "--config", file.toString())))));
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
}

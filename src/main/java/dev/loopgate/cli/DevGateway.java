package dev.loopgate.cli;

import dev.loopgate.admin.ControlClient;
import dev.loopgate.admin.ControlClient.RunningGateway;
import dev.loopgate.config.Located;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Configuration;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The gateway that dev servers are put behind: one that runs, else one that is started for them. Blocks. */
final class DevGateway {

    /** What {@code exec} calls the projects that it attaches, to know them again. */
    static final String PROJECT = "exec ";

    /** The command line of an {@code exec}. */
    static final Pattern EXEC = Pattern.compile(
            "(?s).*java .*(?:-jar .*loopgate[^/ ]*\\.jar|dev\\.loopgate\\.cli\\.Main)(?: -\\S+)* exec(?: .*)?");

    private static final Duration FAREWELL = Duration.ofSeconds(15);

    private final Surroundings surroundings;
    private final GatewayChoice choice;
    private final ControlClient client;

    DevGateway(Surroundings surroundings, GatewayChoice choice) {
        this.surroundings = surroundings;
        this.choice = choice;
        this.client = GatewayChoice.client(surroundings);
    }

    ControlClient client() {
        return client;
    }

    /**
     * The one that was asked for, else the one on the usual port, else the only one.
     *
     * @throws CommandFailure where there are several to choose from
     */
    Optional<RunningGateway> find() {
        List<RunningGateway> running = client.running();
        if (choice.pid != null) {
            return Optional.of(choice.choose(surroundings, client));
        }
        if (choice.file != null) {
            return running.stream()
                    .filter(gateway -> choice.isMeant(surroundings, gateway))
                    .findFirst();
        }
        Optional<RunningGateway> usual = running.stream()
                .filter(gateway -> port(gateway) == Configuration.DEFAULT_PORT)
                .findFirst();
        if (usual.isPresent() || running.isEmpty()) {
            return usual;
        }
        return Optional.of(running.size() == 1 ? running.get(0) : choice.choose(surroundings, client));
    }

    /** Where the gateway listens that would be started now. Reads its configuration, which may have problems. */
    int portToBe() {
        ConfigurationInput input = new ConfigurationInput(surroundings);
        Located located = input.locate(Optional.ofNullable(choice.file));
        if (!(located instanceof Located.Found found)) {
            return Configuration.DEFAULT_PORT;
        }
        return input.readValid(found.file()).configuration().listen().stream()
                .map(BindAddress::port)
                .findFirst()
                .orElse(Configuration.DEFAULT_PORT);
    }

    /** @throws CommandFailure where there is none in the end */
    RunningGateway start(int port) {
        Optional<Path> file = Optional.ofNullable(choice.file)
                .map(named -> surroundings.workingDirectory().resolve(named));
        return new BackgroundGateway(surroundings, client, port).start(file, this::find);
    }

    /** The port of its first listener. */
    static int port(RunningGateway gateway) {
        for (Object each : gateway.status().getJsonArray("listeners", new JsonArray())) {
            String address = ((JsonObject) each).getString("address", "");
            String number = address.substring(address.lastIndexOf(':') + 1);
            if (number.matches("[0-9]{1,5}")) {
                return Integer.parseInt(number);
            }
        }
        return Configuration.DEFAULT_PORT;
    }

    /** @return without a slash at its end */
    static String url(String host, int port) {
        return "http://" + host + (port == 80 ? "" : ":" + port);
    }

    /**
     * Makes sure that nobody has these names.
     *
     * @param force whether another {@code exec} that has one is ended
     * @throws CommandFailure where somebody has one
     */
    void claim(RunningGateway gateway, List<String> hosts, boolean force) {
        for (String host : hosts) {
            // Asked anew each time: one that was ended may have had the others too.
            Optional<JsonObject> status = client.ofProcess(gateway.pid()).map(RunningGateway::status);
            if (status.isEmpty() || !serves(status.get(), host)) {
                continue;
            }
            Optional<JsonObject> holder = attached(status.get(), host);
            boolean replaceable = holder.isPresent()
                    && holder.get().getString("name", "").startsWith(PROJECT)
                    && holder.get().getString("file") == null;
            if (replaceable && force) {
                end(gateway, holder.get().getLong("pid", 0L), host);
                continue;
            }
            List<String> lines = new ArrayList<>();
            lines.add(host + " is taken, by " + who(gateway, holder));
            if (replaceable) {
                lines.add("to end that and take its place: --force");
            }
            lines.add("or another name: loopgate exec NAME -- COMMAND");
            throw new CommandFailure(ExitStatus.FAILED, lines);
        }
    }

    private static String who(RunningGateway gateway, Optional<JsonObject> holder) {
        return holder.map(project -> Optional.ofNullable(project.getString("file"))
                                .orElseGet(() -> "loopgate exec") + " (process " + project.getLong("pid", 0L) + ")")
                .or(() -> gateway.file().map(Path::toString))
                .orElse("the gateway itself");
    }

    private void end(RunningGateway gateway, long pid, String host) {
        // The number is what whoever attached it says, and may be that of any process.
        ProcessHandle exec = ProcessHandle.of(pid)
                .filter(DevGateway::isExec)
                .orElseThrow(() -> new CommandFailure(
                        ExitStatus.FAILED,
                        host + " is served for process " + pid + ", which is no loopgate exec of yours",
                        "or another name: loopgate exec NAME -- COMMAND"));
        exec.destroy();
        long end = System.nanoTime() + FAREWELL.toNanos();
        while (System.nanoTime() - end < 0) {
            Optional<RunningGateway> now = client.ofProcess(gateway.pid());
            if (now.isPresent() && !serves(now.get().status(), host)) {
                return;
            }
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        throw new CommandFailure(
                ExitStatus.FAILED, host + " is still served by process " + pid, "to end it: kill " + pid);
    }

    /** Whether it is an {@code exec} of this user, by its command line. */
    static boolean isExec(ProcessHandle process) {
        ProcessHandle.Info info = process.info();
        return info.user().isPresent()
                && info.user().equals(ProcessHandle.current().info().user())
                && info.commandLine()
                        .filter(line -> EXEC.matcher(line).matches())
                        .isPresent();
    }

    private static boolean serves(JsonObject status, String host) {
        return status.getJsonArray("hosts", new JsonArray()).stream()
                .anyMatch(each -> host.equals(((JsonObject) each).getString("pattern")));
    }

    private static Optional<JsonObject> attached(JsonObject status, String host) {
        return status.getJsonArray("attached", new JsonArray()).stream()
                .map(JsonObject.class::cast)
                .filter(project ->
                        project.getJsonArray("hosts", new JsonArray()).contains(host))
                .findFirst();
    }
}

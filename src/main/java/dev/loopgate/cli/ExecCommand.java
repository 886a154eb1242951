package dev.loopgate.cli;

import dev.loopgate.admin.ControlClient.RunningGateway;
import dev.loopgate.cli.ExecSession.Planned;
import dev.loopgate.config.DiskTexts;
import dev.loopgate.config.Located;
import dev.loopgate.devserver.DevPorts;
import dev.loopgate.devserver.GitPlace;
import dev.loopgate.devserver.Launch;
import dev.loopgate.devserver.Launch.Slot;
import dev.loopgate.devserver.ProjectName;
import dev.loopgate.devserver.ProjectServers;
import dev.loopgate.model.ServerCommand;
import dev.loopgate.net.Printable;
import dev.loopgate.tls.AuthorityVariables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code loopgate exec}. */
@Command(
        name = "exec",
        header = "Run a dev server behind a name, or all those of a project.",
        customSynopsis = {
            "loopgate exec [NAME] [OPTIONS] -- COMMAND…",
            "       loopgate exec [OPTIONS] [NAME…]",
        },
        description = {
            "",
            "Starts COMMAND with a free port in PORT, and serves it as NAME.localhost once it listens. The name is that",
            "of the project unless it is given; in a linked worktree of Git the branch comes first. Frameworks that do not",
            "read PORT are told by their own options. Where no gateway runs, one is started in the background.",
            "",
            "Without COMMAND: the dev servers under run in loopgate.yaml, else in a Procfile, else the packages of the",
            "workspaces that have a script dev, else the script dev itself.",
            ""
        },
        footer = {
            "",
            "Example:  loopgate exec -- npm run dev",
            "          loopgate exec api -- ./mvnw spring-boot:run",
            "          loopgate exec",
            "",
            "Exit status: that of COMMAND, 128 and its number where a signal has ended it; 127 where it cannot be",
            "started; 4 where somebody else has the gateway's port."
        })
final class ExecCommand implements Callable<Integer> {

    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    /** Names that end like this are whole; to all others .localhost is added. */
    private static final List<String> ENDINGS = List.of(".localhost", ".test", ".local", ".internal", ".home.arpa");

    private final Surroundings surroundings;

    @Parameters(arity = "0..*", paramLabel = "NAME", description = "What it is called; without it, as the project is.")
    List<String> names = new ArrayList<>();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "The port of COMMAND, or of a single dev server; without it, a free one.")
    @Nullable
    Integer port;

    @Option(names = "--force", description = "End another exec of yours that has the name.")
    boolean force;

    @Option(names = "--keep-going", description = "Of several dev servers, let the others run where one ends.")
    boolean keepGoing;

    @Mixin
    GatewayChoice choice = new GatewayChoice();

    /** What stands behind {@code --}, of which picocli sees nothing; null where there is none. */
    @Nullable
    List<String> command;

    ExecCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        if (port != null && (port < 1 || port > 65_535)) {
            throw new CommandFailure(ExitStatus.WRONG_USAGE, "a port is a number from 1 to 65535, not " + port);
        }
        Path directory = real(surroundings.workingDirectory());
        DevGateway gateways = new DevGateway(surroundings, choice);
        Optional<RunningGateway> gateway = gateways.find();
        int gatewayPort = gateway.map(DevGateway::port).orElseGet(gateways::portToBe);
        List<Planned> planned = command == null
                ? project(directory, gatewayPort)
                : List.of(planned(single(), directory, gatewayPort, command));
        if (gateway.isPresent()) {
            gateways.claim(gateway.get(), planned.stream().map(Planned::host).toList(), force);
        }
        Map<String, String> trust = AuthorityVariables.of(surroundings.environment());
        return new ExecSession(surroundings, gateways, keepGoing)
                .run(planned.stream().map(one -> one.with(trust)).toList(), gateway, gatewayPort);
    }

    private Optional<String> single() {
        if (names.size() > 1) {
            throw new CommandFailure(
                    ExitStatus.WRONG_USAGE,
                    "one command has one name, not " + names.size(),
                    "what is to be run comes behind --: loopgate exec NAME -- COMMAND");
        }
        return names.stream().findFirst();
    }

    private Planned planned(Optional<String> name, Path directory, int gatewayPort, List<String> words) {
        if (words.isEmpty()) {
            throw new CommandFailure(
                    ExitStatus.WRONG_USAGE,
                    "there is no command behind --",
                    "for example: loopgate exec -- npm run dev");
        }
        String host = host(name.orElseGet(() -> ProjectName.of(directory)), directory);
        Slot slot = slot(host, gatewayPort, freePort(new DevPorts(), directory, host));
        return new Planned(host, host, Launch.of(words, directory, slot));
    }

    private List<Planned> project(Path directory, int gatewayPort) {
        List<ServerCommand> all = servers(directory);
        if (all.isEmpty()) {
            Optional<List<String>> script = names.isEmpty() ? new ProjectServers(directory).script() : Optional.empty();
            return List.of(
                    planned(Optional.empty(), directory, gatewayPort, script.orElseThrow(() -> nothing(directory))));
        }
        Set<String> known = new HashSet<>();
        all.forEach(server -> known.add(server.key()));
        names.stream().filter(name -> !known.contains(name)).findFirst().ifPresent(unknown -> {
            throw new CommandFailure(
                    ExitStatus.WRONG_USAGE,
                    "there is no dev server " + Printable.kept(unknown) + " here",
                    "there are: "
                            + String.join(
                                    ", ", all.stream().map(ServerCommand::key).toList()),
                    "to run a command by that name: loopgate exec NAME -- COMMAND");
        });
        DevPorts ports = new DevPorts();
        Map<String, String> hosts = new HashMap<>();
        List<Planned> planned = new ArrayList<>();
        for (ServerCommand server : all) {
            if (!names.isEmpty() && !names.contains(server.key())) {
                continue;
            }
            String host = host(server.name().orElse(server.key()), directory);
            String twin = hosts.put(host, server.key());
            if (twin != null) {
                throw new CommandFailure(
                        ExitStatus.INVALID_CONFIGURATION,
                        twin + " and " + server.key() + " are both to be " + host,
                        "give one of them another name");
            }
            if (!Files.isDirectory(server.directory())) {
                throw new CommandFailure(
                        ExitStatus.INVALID_CONFIGURATION,
                        "the folder of the dev server " + server.key() + " does not exist: " + server.directory());
            }
            Slot slot = slot(host, gatewayPort, freePort(ports, server.directory(), host));
            Map<String, String> own = new HashMap<>(server.environment());
            if (port != null) {
                own.put("PORT", Integer.toString(port));
            }
            Launch launch = Launch.ofShell(server.command(), server.directory(), slot, own);
            planned.add(new Planned(server.key(), host, launch));
        }
        if (port != null && planned.size() > 1) {
            throw new CommandFailure(
                    ExitStatus.WRONG_USAGE,
                    "--port is for one dev server, and here are " + planned.size(),
                    "name one: loopgate exec " + planned.get(0).label() + " --port " + port,
                    "or give each its own under run in loopgate.yaml: environment: {PORT: \"" + port + "\"}");
        }
        return planned;
    }

    private List<ServerCommand> servers(Path directory) {
        ConfigurationInput input = new ConfigurationInput(surroundings);
        Located located = input.locate(Optional.ofNullable(choice.file));
        if (located instanceof Located.Found found && found.way() != Located.Way.USER) {
            input.readValid(found.file());
            List<ServerCommand> run = input.reader().servers(found.file(), new DiskTexts());
            if (!run.isEmpty()) {
                return run;
            }
        }
        ProjectServers project = new ProjectServers(directory);
        List<ServerCommand> procfile = project.procfile();
        return procfile.isEmpty() ? project.workspaces() : procfile;
    }

    private CommandFailure nothing(Path directory) {
        if (!names.isEmpty()) {
            return new CommandFailure(
                    ExitStatus.WRONG_USAGE,
                    "there is no command",
                    "it comes behind --: loopgate exec " + (names.size() > 1 ? "-- " : "")
                            + Printable.kept(String.join(" ", names))
                            + (names.size() > 1 ? "" : " -- COMMAND"));
        }
        return new CommandFailure(
                ExitStatus.WRONG_USAGE,
                "there is nothing to run in " + directory,
                "looked for run: in loopgate.yaml, a Procfile, and a script dev in package.json",
                "or say what to run: loopgate exec -- COMMAND");
    }

    private Slot slot(String host, int gatewayPort, int own) {
        return new Slot(host, DevGateway.url(host, gatewayPort), gatewayPort, own);
    }

    private int freePort(DevPorts ports, Path directory, String host) {
        if (port != null) {
            return port;
        }
        try {
            return ports.portFor(directory, host);
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.FAILED, "there is no free port: " + e.getMessage());
        }
    }

    /** A whole name stays as it is; to others the branch and the ending are added. */
    private static String host(String name, Path directory) {
        String host = name.toLowerCase(Locale.ROOT);
        if (ENDINGS.stream().noneMatch(host::endsWith)) {
            host = GitPlace.branchOf(directory).map(branch -> branch + ".").orElse("") + host + ".localhost";
        }
        for (String label : host.split("\\.", -1)) {
            if (!LABEL.matcher(label).matches()) {
                throw new CommandFailure(
                        ExitStatus.WRONG_USAGE,
                        '"' + Printable.kept(name) + "\" is no name of a host",
                        "labels are letters, digits and hyphens, with dots between them: shop, or api.shop");
            }
        }
        return host;
    }

    private static Path real(Path directory) {
        try {
            return directory.toRealPath();
        } catch (IOException gone) {
            return directory;
        }
    }
}

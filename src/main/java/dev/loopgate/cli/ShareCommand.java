package dev.loopgate.cli;

import dev.loopgate.admin.ControlClient.RunningGateway;
import dev.loopgate.config.CommandLineWords;
import dev.loopgate.config.Located;
import dev.loopgate.config.ReadResult;
import dev.loopgate.config.ReadSources;
import dev.loopgate.model.Access;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Cidr;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.VirtualHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code loopgate share}. */
@Command(
        name = "share",
        header = "Lend a host or a port to the network for a while.",
        description = {
            "",
            "A NAME is a host of the configuration. Others reach it by the address of this machine, whatever Host they",
            "send, and reach no other host; its backends see the Host that they know. A PORT is a service on this machine,",
            "whose bytes are carried as they are. Nothing is changed in any file, and all ends with this command.",
            ""
        },
        footer = {
            "",
            "Example:  loopgate share app.localhost --for 2h",
            "          loopgate share 5432 --allow 192.168.1.7",
            "Exit status: 0 ended in order, 4 the port is taken, 1 or 3 as for run."
        })
final class ShareCommand implements Callable<Integer> {

    private static final Pattern PORT = Pattern.compile("([0-9]{1,9})(/tcp|/udp)?");
    private static final int LAST_PORT = 65_535;

    private final Surroundings surroundings;
    private final ConfigurationInput input;

    @Parameters(paramLabel = "NAME|PORT", description = "A host, or a port of this machine; PORT/udp for one of UDP.")
    String what = "";

    @Option(
            names = "--allow",
            paramLabel = "CIDR",
            description = "Whom to let in: an address or a block such as 192.168.1.0/24; several of them, if need be.")
    List<String> allow = new ArrayList<>();

    @Option(
            names = "--announce",
            paramLabel = "LABEL",
            arity = "0..1",
            fallbackValue = "",
            description =
                    "Makes it known to the network as LABEL.local, by multicast DNS; without LABEL: the first part"
                            + " of NAME.")
    @Nullable
    String announce;

    @Mixin
    LendOptions lend = new LendOptions();

    @Mixin
    ConfigOption config = new ConfigOption();

    ShareCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.input = new ConfigurationInput(surroundings);
    }

    @Override
    public Integer call() {
        List<Cidr> blocks = allow.stream()
                .map(text -> lend.word("--allow", () -> CommandLineWords.block(text)))
                .toList();
        Access access = new Access(blocks, List.of());
        Duration time = lend.time();
        Matcher port = PORT.matcher(what);
        return port.matches() ? port(port, access, time) : host(access, time);
    }

    private int port(Matcher port, Access access, Duration time) {
        int number = Integer.parseInt(port.group(1));
        if (number < 1 || number > LAST_PORT) {
            throw lend.usage("a port is 1 to " + LAST_PORT + ", not " + what);
        }
        Protocol protocol = "/udp".equals(port.group(2)) ? Protocol.UDP : Protocol.TCP;
        if (announce != null) {
            throw lend.usage("--announce is for a NAME: what speaks HTTP");
        }
        BindAddress bind = lend.bind(number);
        Configuration shared = ShareView.ofPort(protocol, number, bind, access);
        RunningConfiguration running = new RunningConfiguration(
                Optional.empty(), what, Optional.empty(), input.reader(), ConfigurationView::whole);
        return new GatewayProcess(surroundings, running)
                .run(valid(shared), presence(protocol, "localhost:" + number, time));
    }

    private int host(Access access, Duration time) {
        String name = name(what);
        Path file = file();
        ReadResult.Valid valid = input.readValid(file);
        Configuration whole = valid.configuration();
        int port = whole.listen().get(0).port();
        BindAddress bind = lend.bind(port);
        if (ShareView.ofHost(whole, name, bind, access).isEmpty()) {
            throw new CommandFailure(ExitStatus.FAILED, noSuchHost(name, file, whole));
        }
        // Its host may go while it is shared; then nobody finds anything, and it may come back.
        Function<Configuration, ConfigurationView> view = now -> ShareView.ofHost(now, name, bind, access)
                .map(ConfigurationView::whole)
                .orElseGet(() -> new ConfigurationView(
                        new Configuration(List.of(bind), List.of(), List.of(), List.of(), now.accessLog()),
                        List.of(file + " has no host " + name + " any more")));
        Path absolute = surroundings.workingDirectory().resolve(file).normalize();
        RunningConfiguration running = new RunningConfiguration(
                Optional.of(absolute), file.toString(), Optional.of(absolute), input.reader(), view);
        return new GatewayProcess(surroundings, running).run(valid, presence(Protocol.TCP, name, time));
    }

    private SharePresence presence(Protocol protocol, String name, Duration time) {
        Optional<String> label = Optional.ofNullable(announce)
                .map(given -> given.isEmpty()
                        ? name.substring(0, name.indexOf('.') < 0 ? name.length() : name.indexOf('.'))
                        : given);
        label.filter(text -> !text.matches("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"))
                .ifPresent(text -> {
                    throw lend.usage("--announce takes letters, digits and hyphens, not " + text);
                });
        return new SharePresence(
                surroundings.terminal(), protocol, name, time, label, lend.code(surroundings.terminal()));
    }

    /** The file that was named; else the one that the only running gateway has; else the one that is found here. */
    private Path file() {
        if (config.file().isEmpty()) {
            List<RunningGateway> running = GatewayChoice.client(surroundings).running().stream()
                    .filter(gateway -> gateway.file().isPresent())
                    .toList();
            if (running.size() == 1) {
                return running.get(0).file().orElseThrow();
            }
        }
        Located located = input.locate(config.file());
        return located instanceof Located.Found found ? found.file() : input.require(config.file());
    }

    private static String name(String text) {
        String name = text.toLowerCase(Locale.ROOT);
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    private static List<String> noSuchHost(String name, Path file, Configuration whole) {
        List<String> lines = new ArrayList<>();
        lines.add("there is no host " + name + " in " + file);
        List<String> hosts = whole.hosts().stream()
                .map(VirtualHost::pattern)
                .filter(pattern -> pattern.kind() != HostPattern.Kind.ANY)
                .map(HostPattern::toString)
                .limit(10)
                .toList();
        lines.add(
                hosts.isEmpty() ? "it has no hosts: write one, or share a port" : "it has " + String.join(", ", hosts));
        return lines;
    }

    private static ReadResult.Valid valid(Configuration configuration) {
        return new ReadResult.Valid(configuration, List.of(), new ReadSources(List.of(), List.of()));
    }
}

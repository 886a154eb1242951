package dev.loopgate.cli;

import dev.loopgate.admin.ControlClient;
import dev.loopgate.admin.ControlClient.RunningGateway;
import dev.loopgate.admin.ControlDirectory;
import dev.loopgate.config.Located;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.routing.RoutingTable;
import io.vertx.core.json.JsonObject;
import java.net.IDN;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The hosts that can be asked for: of the running gateway, or of a file.
 *
 * @param patterns all of them
 * @param port where they are served
 * @param status of the gateway; empty where none runs
 */
record KnownHosts(List<HostPattern> patterns, int port, Optional<JsonObject> status) {

    /** A name or an address; anything else would reach the request, and the terminal. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9._-]+|\\[[0-9a-f:.]+\\]");

    private static final int HTTP_PORT = 80;
    private static final int SUGGESTIONS = 3;
    private static final int LISTED = 10;

    KnownHosts {
        patterns = List.copyOf(patterns);
    }

    /**
     * Of the gateway that is meant, or of the file where none runs.
     *
     * @param patience with each gateway
     * @throws CommandFailure where neither can be told
     */
    static KnownHosts find(Surroundings surroundings, GatewayChoice choice, Duration patience) {
        List<RunningGateway> running = ControlDirectory.from(surroundings.environment())
                .map(directory -> new ControlClient(directory).look(patience).running())
                .orElse(List.of());
        boolean fileOnly = choice.pid == null && running.stream().noneMatch(one -> choice.isMeant(surroundings, one));
        if (!running.isEmpty() && !fileOnly) {
            return of(choice.choose(surroundings, running).status());
        }
        if (choice.pid != null) {
            throw new CommandFailure(ExitStatus.FAILED, "no gateway is running with that pid");
        }
        ConfigurationInput input = new ConfigurationInput(surroundings);
        if (!(input.locate(Optional.ofNullable(choice.file)) instanceof Located.Found found)) {
            throw new CommandFailure(
                    ExitStatus.FAILED,
                    "no gateway is running, and there is no configuration here",
                    "to start one: loopgate run");
        }
        Configuration configuration = input.readValid(
                        surroundings.workingDirectory().resolve(found.file()))
                .configuration();
        return new KnownHosts(
                configuration.hosts().stream().map(VirtualHost::pattern).toList(),
                configuration.listen().get(0).port(),
                Optional.empty());
    }

    static KnownHosts of(JsonObject status) {
        List<String> listeners = StatusLists.objects(status, "listeners").stream()
                .map(one -> one.getString("address"))
                .toList();
        String address = listeners.stream()
                .filter(one -> one.startsWith("127.") || one.startsWith("[::1]"))
                .findFirst()
                .orElse(listeners.isEmpty() ? ":" + Configuration.DEFAULT_PORT : listeners.get(0));
        return new KnownHosts(
                StatusLists.objects(status, "hosts").stream()
                        .map(host -> pattern(host.getString("pattern")))
                        .toList(),
                Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)),
                Optional.of(status));
    }

    /** The pattern that serves a name: itself, else the longest wildcard, else the one for any name. */
    Optional<HostPattern> serving(String name) {
        HostPattern best = null;
        for (HostPattern pattern : patterns) {
            boolean fits = switch (pattern.kind()) {
                case EXACT -> pattern.name().equals(name);
                case WILDCARD -> name.endsWith("." + pattern.name());
                case ANY -> true;
            };
            if (fits && (best == null || rank(pattern) > rank(best))) {
                best = pattern;
            }
        }
        return Optional.ofNullable(best);
    }

    String url(String name) {
        return "http://" + name + (port == HTTP_PORT ? "" : ":" + port) + "/";
    }

    /**
     * As a user typed it, to as requests have it.
     *
     * @throws CommandFailure where no request could name it
     */
    static String name(String word) {
        String full = ascii(HostName.full(word)).toLowerCase(Locale.ROOT);
        String name = full.endsWith(".") ? full.substring(0, full.length() - 1) : full;
        if (!NAME.matcher(name).matches()) {
            throw new CommandFailure(
                    ExitStatus.WRONG_USAGE,
                    "not the name of a host: " + HostName.printable(word),
                    "for example: app, or app.localhost");
        }
        return name;
    }

    /** What it is as long as it is one: browsers send international names so. */
    private static String ascii(String name) {
        try {
            return IDN.toASCII(name);
        } catch (IllegalArgumentException none) {
            return name;
        }
    }

    CommandFailure unknown(String name) {
        return unknown(name, patterns, Optional.empty());
    }

    /** @param file that lacks it; empty for a gateway */
    static CommandFailure unknown(String name, List<HostPattern> patterns, Optional<String> file) {
        List<String> lines = new ArrayList<>();
        lines.add("there is no host " + HostName.printable(name)
                + file.map(where -> " in " + where).orElse(""));
        List<VirtualHost> hosts = patterns.stream()
                .map(pattern -> new VirtualHost(pattern, List.of()))
                .toList();
        List<String> nearest =
                RoutingTable.<String>of(hosts, (host, route) -> "").nearest(name, SUGGESTIONS);
        if (!nearest.isEmpty()) {
            lines.add("did you mean " + String.join(", ", nearest) + "?");
        } else if (!patterns.isEmpty()) {
            lines.add("there are "
                    + String.join(
                            ", ",
                            patterns.stream()
                                    .limit(LISTED)
                                    .map(HostPattern::toString)
                                    .toList())
                    + (patterns.size() > LISTED ? " and " + (patterns.size() - LISTED) + " more" : ""));
        }
        return new CommandFailure(ExitStatus.FAILED, lines);
    }

    private static int rank(HostPattern pattern) {
        return switch (pattern.kind()) {
            case EXACT -> Integer.MAX_VALUE;
            case WILDCARD -> pattern.name().length();
            case ANY -> 0;
        };
    }

    private static HostPattern pattern(String text) {
        if (text.equals("*")) {
            return HostPattern.any();
        }
        return text.startsWith("*.") ? HostPattern.wildcard(text.substring(2)) : HostPattern.exact(text);
    }
}

package dev.loopgate.cli;

import dev.loopgate.admin.ControlClient;
import dev.loopgate.admin.ControlClient.RunningGateway;
import dev.loopgate.config.Located;
import dev.loopgate.config.ReadResult;
import dev.loopgate.config.ReadSources;
import dev.loopgate.explain.Explanation.Running;
import dev.loopgate.gateway.AttachRequest;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.routing.RouteDecision;
import dev.loopgate.routing.RoutingTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * By which configuration a request is explained, and the gateway that runs it.
 *
 * @param file as it was named or found; empty where the gateway runs without one
 * @param gateway empty where none runs the file
 */
record ExplainedGateway(Optional<Path> file, Optional<RunningGateway> gateway) {

    /**
     * The file that is named or found, with the gateway that runs it or has it attached. Unless a file was named, another
     * gateway that serves the host where that does not; and where there is no file, any gateway.
     *
     * @throws CommandFailure where there is neither
     */
    static ExplainedGateway find(Surroundings surroundings, Optional<Path> named, String host) {
        ConfigurationInput input = new ConfigurationInput(surroundings);
        Optional<Path> file =
                input.locate(named) instanceof Located.Found found ? Optional.of(found.file()) : Optional.empty();
        List<RunningGateway> running = running(surroundings);
        Optional<RunningGateway> own = file.flatMap(path -> of(running, path));
        boolean known =
                own.isPresent() ? serves(own.get(), host) : file.isPresent() && has(input.read(file.get()), host);
        Optional<RunningGateway> chosen = own;
        if (named.isEmpty() && !known) {
            chosen = first(running, gateway -> serves(gateway, host))
                    .or(() -> own)
                    .or(() -> file.isPresent()
                            ? Optional.empty()
                            : running.stream().findFirst());
        }
        if (chosen.isEmpty()) {
            return new ExplainedGateway(Optional.of(input.require(named)), Optional.empty());
        }
        return new ExplainedGateway(
                chosen.equals(own) && own.get().runs(file.get())
                        ? file
                        : chosen.get().file(),
                chosen);
    }

    /** The one that runs a file, or else has it attached. */
    static Optional<RunningGateway> of(List<RunningGateway> running, Path file) {
        return first(running, gateway -> gateway.runs(file))
                .or(() -> first(running, gateway -> gateway.hasAttached(file)));
    }

    /**
     * All that is served by it. Blocks.
     *
     * @throws CommandFailure where its file is invalid
     */
    ServedConfiguration read(Surroundings surroundings) {
        ReadResult.Valid own = file.isPresent()
                ? new ConfigurationInput(surroundings).readValid(file.get())
                : new ReadResult.Valid(Configuration.EMPTY, List.of(), new ReadSources(List.of(), List.of()));
        List<AttachRequest> attached = gateway.map(
                        running -> GatewayChoice.client(surroundings).attached(running, ControlClient.STATUS))
                .orElse(List.of());
        return ServedConfiguration.of(file, own, attached);
    }

    Optional<Running> running() {
        return gateway.map(running -> new Running(
                running.pid(),
                StatusLists.objects(running.status(), "listeners").stream()
                        .map(listener -> listener.getString("address"))
                        .toList()));
    }

    private static List<RunningGateway> running(Surroundings surroundings) {
        try {
            return GatewayChoice.client(surroundings).look(ControlClient.GLANCE).running();
        } catch (CommandFailure nowhere) {
            return List.of();
        }
    }

    private static Optional<RunningGateway> first(List<RunningGateway> running, Predicate<RunningGateway> which) {
        return running.stream().filter(which).findFirst();
    }

    private static boolean serves(RunningGateway gateway, String host) {
        return matches(KnownHosts.of(gateway.status()).patterns(), host);
    }

    private static boolean has(ReadResult read, String host) {
        // A file with problems is to be told as such.
        return !(read instanceof ReadResult.Valid valid)
                || matches(
                        valid.configuration().hosts().stream()
                                .map(VirtualHost::pattern)
                                .toList(),
                        host);
    }

    private static boolean matches(List<HostPattern> patterns, String host) {
        List<VirtualHost> hosts = patterns.stream()
                .map(pattern -> new VirtualHost(pattern, List.of()))
                .toList();
        return !(RoutingTable.<String>of(hosts, (one, route) -> "").decide(host, "/")
                instanceof RouteDecision.UnknownHost<String>);
    }
}

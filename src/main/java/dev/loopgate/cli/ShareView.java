package dev.loopgate.cli;

import dev.loopgate.model.Access;
import dev.loopgate.model.AccessLogSettings;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.Route;
import dev.loopgate.model.RouteOptions;
import dev.loopgate.model.RouteOptions.HostHeader;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.model.VirtualHost;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a share serves: one host of a configuration, whatever name it is asked for by, or one port. */
final class ShareView {

    private ShareView() {}

    /** One port of this machine's loopback, carried as it is. */
    static Configuration ofPort(Forward.Protocol protocol, int port, BindAddress on, Access access) {
        List<UpstreamAddress> to = List.of(new UpstreamAddress.LoopbackPort(port));
        return new Configuration(
                List.of(),
                List.of(),
                List.of(
                        protocol == Forward.Protocol.UDP
                                ? Forward.Udp.of(on, to).with(access)
                                : Forward.Tcp.of(on, to).with(access)),
                List.of(),
                AccessLogSettings.DEFAULT);
    }

    /**
     * One host, by any name. Its backends get the Host that they get from a browser on this machine: many refuse others.
     *
     * @param access in the place of {@code allow} of its routes, where it says anything
     * @return empty where the configuration has no such host
     */
    static Optional<Configuration> ofHost(Configuration whole, String name, BindAddress on, Access access) {
        int port = whole.listen().isEmpty()
                ? Configuration.DEFAULT_PORT
                : whole.listen().get(0).port();
        HostHeader own = new HostHeader.Literal(port == 80 ? name : name + ":" + port);
        return find(whole.hosts(), name).map(host -> {
            // What is not to be had over TLS here is not to be elsewhere either; by an address no host is asked for.
            TlsSettings tls = host.tls().orElse(whole.tls());
            List<Route> routes = host.routes().stream()
                    .map(route -> shared(route, own, access))
                    .toList();
            return new Configuration(
                    List.of(on),
                    List.of(new VirtualHost(HostPattern.any(), routes, Optional.of(tls), false)),
                    List.of(),
                    List.of(),
                    false,
                    AccessLogSettings.DEFAULT,
                    tls);
        });
    }

    private static Optional<VirtualHost> find(List<VirtualHost> hosts, String name) {
        return hosts.stream()
                .filter(host -> host.pattern().kind() != HostPattern.Kind.ANY)
                .filter(host -> host.pattern().kind() == HostPattern.Kind.EXACT
                        ? host.pattern().name().equals(name)
                        : name.endsWith("." + host.pattern().name()))
                .max(Comparator.comparing((VirtualHost host) -> host.pattern().kind() == HostPattern.Kind.EXACT)
                        .thenComparing(host -> host.pattern().name().length()));
    }

    private static Route shared(Route route, HostHeader own, Access access) {
        RouteOptions options = route.options();
        Access rules = new Access(
                access.allow().isEmpty() ? options.access().allow() : access.allow(),
                options.access().deny());
        return new Route(
                route.prefix(),
                route.target(),
                new RouteOptions(
                        options.host() instanceof HostHeader.Preserve ? own : options.host(),
                        options.request(),
                        options.response(),
                        options.waitLimit(),
                        options.connect(),
                        options.firstByte(),
                        options.bodyIdle(),
                        options.idle(),
                        options.keepAlive(),
                        rules,
                        options.verify()));
    }
}

package dev.loopgate.gateway;

import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.Route;
import dev.loopgate.model.Target;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.net.Addresses;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says in words what a configuration does, for the status. */
final class StatusReport {

    private static final int HTTP_PORT = 80;

    private StatusReport() {}

    static List<GatewayStatus.Listening> listeners(List<InetSocketAddress> bound) {
        return bound.stream()
                .map(address -> new GatewayStatus.Listening(
                        Addresses.text(address), Addresses.isForOthers(address.getAddress())))
                .toList();
    }

    static List<GatewayStatus.Host> hosts(
            List<BindAddress> listen, List<VirtualHost> hosts, TlsSettings tls, List<InetSocketAddress> bound) {
        String port = port(listen, bound);
        return hosts.stream().map(host -> host(host, tls, port)).toList();
    }

    /** The address that every client takes: over TLS only with a certificate that somebody went and got, or where
     * nothing else is served. */
    private static GatewayStatus.Host host(VirtualHost host, TlsSettings tls, String port) {
        boolean secure = host.redirectToHttps() || host.tls().orElse(tls) instanceof TlsSettings.Given;
        Optional<String> url = host.pattern().kind() == HostPattern.Kind.EXACT
                ? Optional.of((secure ? "https://" : "http://") + host.pattern().name() + port + "/")
                : Optional.empty();
        return new GatewayStatus.Host(
                host.pattern().toString(),
                url,
                host.routes().stream()
                        .map(route ->
                                new GatewayStatus.RouteState(route.prefix().toString(), target(route)))
                        .toList());
    }

    private static String target(Route route) {
        Target target = route.target();
        if (target instanceof Target.Proxy proxy) {
            return proxy.upstreams().stream().map(Object::toString).collect(Collectors.joining(", "));
        }
        if (target instanceof Target.Files files) {
            return "files " + files.root();
        }
        if (target instanceof Target.Redirect redirect) {
            return "redirect " + redirect.location() + " (" + redirect.status() + ")";
        }
        return target instanceof Target.Respond respond ? "respond " + respond.status() : target.toString();
    }

    /** Of the first socket that a browser on this machine reaches. */
    private static String port(List<BindAddress> listen, List<InetSocketAddress> bound) {
        int port = bound.stream()
                .filter(address -> address.getAddress().isLoopbackAddress()
                        || address.getAddress().isAnyLocalAddress())
                .findFirst()
                .or(() -> bound.stream().findFirst())
                .map(InetSocketAddress::getPort)
                .orElseGet(
                        () -> listen.stream().findFirst().map(BindAddress::port).orElse(Configuration.DEFAULT_PORT));
        return port == HTTP_PORT ? "" : ":" + port;
    }
}

package dev.loopgate.config;

import dev.loopgate.model.Access;
import dev.loopgate.model.AccessLogSettings;
import dev.loopgate.model.Cidr;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.FieldEdits;
import dev.loopgate.model.Forward;
import dev.loopgate.model.Route;
import dev.loopgate.model.RouteOptions;
import dev.loopgate.model.Target;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.model.VirtualHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A configuration in a few lines, for people to compare; what is as by default is left out. */
final class ModelText {

    private final List<String> lines = new ArrayList<>();

    private ModelText() {}

    static List<String> of(Configuration configuration) {
        ModelText text = new ModelText();
        text.lines.add("listen " + join(configuration.listen()));
        configuration.hosts().forEach(text::host);
        configuration.forwards().forEach(forward -> text.forward(forward));
        if (!configuration.trustedProxies().isEmpty()) {
            text.lines.add("trusted " + join(configuration.trustedProxies()));
        }
        if (configuration.proxyProtocol()) {
            text.lines.add("accept-proxy-protocol");
        }
        if (!configuration.accessLog().equals(AccessLogSettings.DEFAULT)) {
            text.lines.add("log " + configuration.accessLog().format()
                    + configuration.accessLog().file().map(file -> " " + file).orElse(""));
        }
        if (!configuration.tls().equals(TlsSettings.DEFAULT)) {
            text.tls(configuration.tls());
        }
        if (configuration.http3()) {
            text.lines.add("http3");
        }
        return text.lines;
    }

    private void tls(TlsSettings settings) {
        lines.add("tls "
                + (settings instanceof TlsSettings.Given given
                        ? given.credential()
                        : settings.getClass().getSimpleName()));
    }

    private void host(VirtualHost host) {
        for (Route route : host.routes()) {
            lines.add(host.pattern().kind() + " " + host.pattern() + " " + route.prefix() + " " + target(route.target())
                    + options(route.options()));
        }
        host.tls().ifPresent(this::tls);
        if (host.redirectToHttps()) {
            lines.add("redirect-to-https");
        }
    }

    private static String target(Target target) {
        if (target instanceof Target.Proxy proxy) {
            String rewrite = proxy.rewrite() instanceof Target.PathRewrite.Keep ? "" : " " + proxy.rewrite();
            return "-> "
                    + proxy.upstreams().stream()
                            .map(one -> one + " as " + one.address().getClass().getSimpleName())
                            .collect(Collectors.joining(", "))
                    + rewrite;
        }
        return target.toString().replace("\n", "\\n");
    }

    private static String options(RouteOptions options) {
        RouteOptions standard = RouteOptions.DEFAULT;
        StringBuilder out = new StringBuilder();
        add(out, "host", options.host(), standard.host());
        add(out, "request", edits(options.request()), "");
        add(out, "response", edits(options.response()), "");
        add(out, "wait", options.waitLimit(), Optional.empty());
        add(out, "connect", options.connect(), standard.connect());
        add(out, "first-byte", options.firstByte(), standard.firstByte());
        add(out, "body-idle", options.bodyIdle(), standard.bodyIdle());
        add(out, "idle", options.idle(), standard.idle());
        add(out, "keep-alive", options.keepAlive(), standard.keepAlive());
        access(out, options.access());
        add(out, "verify", options.verify(), true);
        return out.toString();
    }

    private static String edits(FieldEdits edits) {
        List<String> parts = new ArrayList<>();
        edits.remove().forEach(name -> parts.add("-" + name));
        edits.set().forEach((name, value) -> parts.add(name + "=" + value));
        edits.add().forEach((name, value) -> parts.add("+" + name + "=" + value));
        return String.join("; ", parts);
    }

    private void forward(Forward forward) {
        StringBuilder out = new StringBuilder();
        access(out, forward.access());
        if (forward instanceof Forward.Tcp tcp) {
            Forward.Limits limits = tcp.limits();
            add(out, "connections", limits.connections(), 0);
            add(out, "connections-per-client", limits.connectionsPerClient(), 0);
            add(
                    out,
                    "connection-rate",
                    limits.connectionRate().count() + "/"
                            + limits.connectionRate().per(),
                    "0/PT1S");
            add(out, "bandwidth", limits.bandwidth(), 0L);
            add(out, "connect", tcp.timeouts().connect().toString(), "PT3S");
            add(out, "idle", tcp.timeouts().idle().toString(), "PT0S");
            Forward.Preamble preamble = tcp.preamble();
            add(out, "proxy-protocol", preamble.sent().map(Object::toString).orElse(""), "");
            preamble.proxies().ifPresent(proxies -> add(out, "accept-proxy-protocol", blocks(proxies.allow()), "-"));
            add(out, "sni", join(preamble.serverNames()), "");
            add(out, "tls", tcp.security().clients().getClass().getSimpleName(), "Off");
            add(out, "verify", tcp.security().verify(), true);
            add(out, "drain", tcp.timeouts().drain().toString(), "PT10S");
            Forward.SocketFile file = tcp.file();
            add(out, "mode", Integer.toOctalString(file.mode()), "600");
            add(
                    out,
                    "owner",
                    file.user().orElse("")
                            + file.group().map(group -> ":" + group).orElse(""),
                    "");
        } else if (forward instanceof Forward.Udp udp) {
            add(out, "sessions", udp.sessions(), 10_000);
            add(out, "idle", udp.idle().toString(), "PT1M");
            add(out, "bandwidth", udp.bandwidth(), 0L);
        }
        add(out, "for", forward.lifetime().toString(), "PT0S");
        lines.add("forward " + forward.bind().scope() + " " + forward.key() + " -> "
                + (forward instanceof Forward.Tcp tcp ? join(tcp.to()) : join(forward.targets())) + out);
    }

    private static void access(StringBuilder out, Access access) {
        add(out, "allow", blocks(access.allow()), "");
        add(out, "deny", blocks(access.deny()), "");
    }

    private static String blocks(List<Cidr> blocks) {
        return join(blocks);
    }

    private static void add(StringBuilder out, String name, Object value, Object standard) {
        if (!value.equals(standard)) {
            out.append(" | ").append(name).append(' ').append(value);
        }
    }

    private static String join(List<?> items) {
        return items.stream().map(Object::toString).collect(Collectors.joining(", "));
    }
}

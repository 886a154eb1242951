package dev.loopgate.testkit;

import dev.loopgate.model.AccessLogSettings;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Cidr;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.FieldEdits;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.PathPrefix;
import dev.loopgate.model.Route;
import dev.loopgate.model.RouteOptions;
import dev.loopgate.model.Target;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.model.VirtualHost;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Configurations as tests write them: short, with the default of everything that they do not name. */
public final class Sites {

    private Sites() {}

    /** A configuration of hosts alone. */
    public static Configuration of(VirtualHost... hosts) {
        return of(List.of(hosts), List.of());
    }

    public static Configuration of(List<VirtualHost> hosts, List<Cidr> trustedProxies) {
        return new Configuration(
                List.of(BindAddress.loopback(0)), hosts, List.of(), trustedProxies, AccessLogSettings.DEFAULT);
    }

    /** A host with one route for everything, to a loopback port. */
    public static VirtualHost proxy(String pattern, int port) {
        return proxy(pattern, port, RouteOptions.DEFAULT);
    }

    public static VirtualHost proxy(String pattern, int port, RouteOptions options) {
        return host(pattern, new Route(PathPrefix.ROOT, to(port), options));
    }

    public static VirtualHost host(String pattern, Route... routes) {
        return new VirtualHost(pattern(pattern), List.of(routes));
    }

    /** @param text as in the file */
    public static HostPattern pattern(String text) {
        if (text.equals("*")) {
            return HostPattern.any();
        }
        return text.startsWith("*.") ? HostPattern.wildcard(text.substring(2)) : HostPattern.exact(text);
    }

    public static Route route(String prefix, Target target) {
        return route(prefix, target, RouteOptions.DEFAULT);
    }

    public static Route route(String prefix, Target target, RouteOptions options) {
        return new Route(new PathPrefix(prefix), target, options);
    }

    /** To loopback ports by turns, the path kept. */
    public static Target to(int... ports) {
        return new Target.Proxy(
                Arrays.stream(ports)
                        .mapToObj(port -> new Target.Upstream(new UpstreamAddress.LoopbackPort(port), ""))
                        .toList(),
                new Target.PathRewrite.Keep());
    }

    public static Target to(UpstreamAddress address, String basePath, Target.PathRewrite rewrite) {
        return new Target.Proxy(List.of(new Target.Upstream(address, basePath)), rewrite);
    }

    /** Route options, changed one at a time. */
    public static final class Options {

        private RouteOptions.HostHeader host = RouteOptions.DEFAULT.host();
        private FieldEdits request = RouteOptions.DEFAULT.request();
        private FieldEdits response = RouteOptions.DEFAULT.response();
        private Optional<Duration> waitLimit = Optional.empty();
        private Duration connect = RouteOptions.DEFAULT.connect();
        private Duration firstByte = RouteOptions.DEFAULT.firstByte();
        private Duration bodyIdle = RouteOptions.DEFAULT.bodyIdle();
        private Duration idle = RouteOptions.DEFAULT.idle();
        private boolean keepAlive = true;
        private boolean verify = true;
        private dev.loopgate.model.Access access = RouteOptions.DEFAULT.access();

        public Options host(RouteOptions.HostHeader value) {
            host = value;
            return this;
        }

        public Options request(FieldEdits value) {
            request = value;
            return this;
        }

        public Options response(FieldEdits value) {
            response = value;
            return this;
        }

        public Options waitMillis(long value) {
            waitLimit = Optional.of(Duration.ofMillis(value));
            return this;
        }

        public Options connectMillis(long value) {
            connect = Duration.ofMillis(value);
            return this;
        }

        public Options firstByteMillis(long value) {
            firstByte = Duration.ofMillis(value);
            return this;
        }

        public Options bodyIdleMillis(long value) {
            bodyIdle = Duration.ofMillis(value);
            return this;
        }

        public Options idleMillis(long value) {
            idle = Duration.ofMillis(value);
            return this;
        }

        public Options keepAlive(boolean value) {
            keepAlive = value;
            return this;
        }

        public Options verify(boolean value) {
            verify = value;
            return this;
        }

        public Options access(dev.loopgate.model.Access value) {
            access = value;
            return this;
        }

        public RouteOptions build() {
            return new RouteOptions(
                    host, request, response, waitLimit, connect, firstByte, bodyIdle, idle, keepAlive, access, verify);
        }
    }

    public static Options options() {
        return new Options();
    }
}

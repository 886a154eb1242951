package dev.loopgate.gateway;

import dev.loopgate.diagnose.PatientPortHolders;
import dev.loopgate.http.HttpGateway;
import dev.loopgate.model.AccessLogSettings;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.PathPrefix;
import dev.loopgate.model.Route;
import dev.loopgate.model.RouteOptions;
import dev.loopgate.model.Target;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.net.TlsTermination;
import dev.loopgate.net.Transport;
import dev.loopgate.observe.AccessLog;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.Tls;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;

/** A gateway in this process, what it told, and short words for configurations. */
final class GatewayUnderTest implements AutoCloseable, GatewayEvents {

    static final AccessLogSettings NO_LOG = new AccessLogSettings(AccessLogSettings.Format.OFF, Optional.empty());

    final BlockingQueue<BindProblem> blocked = new LinkedBlockingQueue<>();
    final BlockingQueue<Forward> listening = new LinkedBlockingQueue<>();
    final BlockingQueue<Forward> expired = new LinkedBlockingQueue<>();
    final BlockingQueue<String> notices = new LinkedBlockingQueue<>();
    final BlockingQueue<ReloadReport> reloads = new LinkedBlockingQueue<>();
    final Vertx vertx;
    final Gateway gateway;
    private final AccessLog log =
            new AccessLog(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));

    /** On the transport that the machine has. */
    GatewayUnderTest() {
        this(Transport.vertx(new VertxOptions()));
    }

    GatewayUnderTest(Vertx vertx) {
        this(vertx, Tls.withoutAuthority());
    }

    /** One that serves TLS with this. */
    GatewayUnderTest(Vertx vertx, TlsTermination tls) {
        this.vertx = vertx;
        Transport transport = new Transport(vertx);
        gateway = new Gateway(new GatewaySetup(
                vertx,
                transport,
                tls,
                new HttpGateway(transport, tls, log),
                files -> {
                    throw new IllegalStateException("no files here");
                },
                log,
                PatientPortHolders.create(),
                this,
                "test",
                Optional.empty()));
    }

    GatewayUnderTest started(Configuration configuration) {
        Watched.await(gateway.start(configuration, List.of()));
        return this;
    }

    ReloadReport reload(Configuration configuration) {
        return Watched.await(gateway.reload(configuration, List.of()));
    }

    /** Of the first listener. */
    int port() {
        return Integer.parseInt(gateway.status().listeners().get(0).address().replaceFirst(".*:", ""));
    }

    /** Of a forward. */
    int port(int forward) {
        List<String> addresses = gateway.status().forwards().get(forward).addresses();
        return Integer.parseInt(addresses.get(0).replaceFirst(".*:", ""));
    }

    /** The body that a new connection gets, or the status where it is not 200. */
    static String get(int port, String host) {
        try (RawClient client = RawClient.connect(port)) {
            RawResponse response = client.get(host, "/", "Connection: close").response();
            return response.status() == 200 ? response.body() : Integer.toString(response.status());
        }
    }

    @Override
    public void reloaded(ReloadReport report) {
        reloads.add(report);
    }

    @Override
    public void notice(String sentence) {
        notices.add(sentence);
    }

    @Override
    public void forwardBlocked(Forward rule, BindProblem problem) {
        blocked.add(problem);
    }

    @Override
    public void forwardListens(Forward rule) {
        listening.add(rule);
    }

    @Override
    public void forwardExpired(Forward rule) {
        expired.add(rule);
    }

    @Override
    public void close() {
        Watched.await(gateway.stopNow());
        log.close();
        Watched.await(vertx.close());
    }

    static BindAddress loopback4(int port) {
        return BindAddress.of("127.0.0.1", port);
    }

    static Configuration configuration(BindAddress listen, List<VirtualHost> hosts, Forward... forwards) {
        return new Configuration(List.of(listen), hosts, List.of(forwards), List.of(), NO_LOG);
    }

    /** Answers each request by its own text. */
    static VirtualHost answering(String name, String body) {
        return host(name, new Target.Respond(200, body, Map.of()));
    }

    static VirtualHost proxying(String name, int port) {
        Target.Upstream upstream = new Target.Upstream(new UpstreamAddress.LoopbackPort(port), "");
        return host(name, new Target.Proxy(List.of(upstream), new Target.PathRewrite.Keep()));
    }

    private static VirtualHost host(String name, Target target) {
        return new VirtualHost(
                HostPattern.exact(name), List.of(new Route(PathPrefix.ROOT, target, RouteOptions.DEFAULT)));
    }

    static Forward.Tcp forward(BindAddress bind, int... ports) {
        return Forward.Tcp.of(
                bind,
                IntStream.of(ports)
                        .<UpstreamAddress>mapToObj(UpstreamAddress.LoopbackPort::new)
                        .toList());
    }
}

package dev.loopgate.forward;

import dev.loopgate.model.Access;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Forward;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.net.TlsTermination;
import dev.loopgate.net.Transport;
import dev.loopgate.testkit.Tls;
import dev.loopgate.testkit.Wire;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Event loops of its own, forwards on free ports of 127.0.0.1, and what they tell. */
final class ForwardFixture implements AutoCloseable, ForwardEvents {

    private final Vertx vertx = Transport.vertx(new VertxOptions().setEventLoopPoolSize(2));
    final Transport transport = new Transport(vertx);
    final ForwardTls tls;
    final List<String> told = new CopyOnWriteArrayList<>();
    private final List<PortForward> forwards = new ArrayList<>();

    ForwardFixture() {
        this(Tls.withoutAuthority());
    }

    /** One that speaks TLS with this. */
    ForwardFixture(TlsTermination termination) {
        this(new ForwardTls(termination));
    }

    ForwardFixture(ForwardTls tls) {
        this.tls = tls;
    }

    TcpForward open(Forward.Tcp rule) {
        TcpForward forward = new TcpForward(transport, tls, rule, this);
        forward.open().await();
        forwards.add(forward);
        return forward;
    }

    UdpForward open(Forward.Udp rule) {
        UdpForward forward = new UdpForward(transport, rule, this);
        forward.open().await();
        forwards.add(forward);
        return forward;
    }

    TcpForward to(int port) {
        return open(rule(new UpstreamAddress.LoopbackPort(port)));
    }

    static Forward.Tcp rule(UpstreamAddress... targets) {
        return rule(Access.ALL, 0, Duration.ZERO, Duration.ofSeconds(10), targets);
    }

    static Forward.Tcp rule(Access access, int connections, Duration idle, Duration drain, UpstreamAddress... targets) {
        return Forward.Tcp.of(BindAddress.of("127.0.0.1", 0), List.of(targets))
                .with(access)
                .with(Forward.Limits.ofConnections(connections))
                .with(new Forward.Timeouts(Duration.ofSeconds(3), idle, drain));
    }

    static int port(PortForward forward) {
        return sockets(forward).get(0).getPort();
    }

    static List<InetSocketAddress> sockets(PortForward forward) {
        return forward.status().listening().stream()
                .map(InetSocketAddress.class::cast)
                .toList();
    }

    static Wire connect(TcpForward forward) {
        return Wire.connect(port(forward));
    }

    /** How a connection ends that says nothing; the reset may be there before the connect returns. */
    static Wire.End endOf(TcpForward forward) {
        try (Wire client = connect(forward)) {
            return client.awaitEnd();
        } catch (AssertionError e) {
            if (e.getCause() instanceof SocketException reset
                    && "Connection reset by peer".equals(reset.getMessage())) {
                return Wire.End.RESET;
            }
            throw e;
        }
    }

    @Override
    public void refused(Forward rule, String reason, long count) {
        told.add("refused " + count + ": " + reason);
    }

    @Override
    public void unreachable(Forward rule, String cause, long count) {
        told.add("unreachable " + count + ": " + cause);
    }

    @Override
    public void targetChanged(Forward rule, UpstreamAddress target, Optional<String> cause) {
        told.add(target + cause.map(why -> " down: " + why).orElse(" is back"));
    }

    @Override
    public void close() throws TimeoutException {
        for (PortForward forward : forwards) {
            forward.retire(Duration.ZERO).await(20, TimeUnit.SECONDS);
        }
        vertx.close().await(20, TimeUnit.SECONDS);
    }
}

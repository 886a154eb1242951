package dev.loopgate.net;

import static dev.loopgate.testkit.Ipv6.assumeIpv6;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.testkit.FullBacklog;
import dev.loopgate.testkit.TcpPeer;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransportDialTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static Vertx vertx = Transport.vertx(new VertxOptions());
    private static Transport transport = new Transport(vertx);

    @BeforeAll
    static void open() {
        vertx = Transport.vertx(new VertxOptions());
        transport = new Transport(vertx);
    }

    @AfterAll
    static void close() throws Exception {
        vertx.close().await(20, TimeUnit.SECONDS);
    }

    @Test
    void reaches_a_loopback_port_whichever_family_it_listens_on() throws Exception {
        assumeIpv6();
        for (InetAddress address : new InetAddress[] {Addresses.LOOPBACK4, Addresses.LOOPBACK6, Addresses.LOOPBACK4}) {
            try (ServerSocket server = new ServerSocket(0, 10, address)) {
                for (int i = 0; i < 3; i++) {
                    Channel channel = connect(new UpstreamAddress.LoopbackPort(server.getLocalPort()));
                    assertThat(((InetSocketAddress) channel.remoteAddress()).getAddress())
                            .isEqualTo(address);
                    channel.close().sync();
                }
            }
        }
    }

    @Test
    void follows_a_backend_that_moves_to_the_other_family() throws Exception {
        assumeIpv6();
        int port = TcpPeer.closedPort();
        try (ServerSocket server = new ServerSocket(port, 10, Addresses.LOOPBACK4)) {
            assertThat(server.isBound()).isTrue();
            connect(new UpstreamAddress.LoopbackPort(port)).close().sync();
        }
        try (ServerSocket server = new ServerSocket(port, 10, Addresses.LOOPBACK6)) {
            connect(new UpstreamAddress.HostPort("localhost", port)).close().sync();
            connect(new UpstreamAddress.HostPort("any.localhost", port)).close().sync();
            assertThat(server.isBound()).isTrue();
        }
    }

    @Test
    void names_both_addresses_in_one_sentence_when_nothing_listens() throws Exception {
        assumeIpv6();
        int port = TcpPeer.closedPort();

        DialFailure failure = failure(new UpstreamAddress.LoopbackPort(port));

        assertThat(failure.kind()).isEqualTo(DialFailure.Kind.REFUSED);
        assertThat(failure.tried()).hasSize(2);
        assertThat(failure)
                .hasMessage("nothing listens on 127.0.0.1:%d or [::1]:%d (connection refused)".formatted(port, port));
    }

    @Test
    void reaches_literals_and_names_that_the_system_resolves() throws Exception {
        String name = InetAddress.getLocalHost().getHostName();
        try (ServerSocket server = new ServerSocket(0)) {
            int port = server.getLocalPort();
            connect(new UpstreamAddress.HostPort("127.0.0.1", port)).close().sync();
            connect(new UpstreamAddress.HostPort(name, port)).close().sync();
        }
    }

    @Test
    void tells_a_name_without_an_address() throws Exception {
        DialFailure failure = failure(new UpstreamAddress.HostPort("no-such-name.invalid", 80));

        assertThat(failure.kind()).isEqualTo(DialFailure.Kind.UNRESOLVED);
        assertThat(failure).hasMessage("the name is unknown: no-such-name.invalid (no address found)");
    }

    @Test
    void reaches_a_unix_socket_and_tells_what_is_wrong_with_one(@TempDir Path dir) throws Exception {
        Path path = dir.resolve("app.sock");
        assertThat(failure(new UpstreamAddress.UnixSocket(path.toString())).kind())
                .isEqualTo(DialFailure.Kind.NO_SOCKET);
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            connect(new UpstreamAddress.UnixSocket(path.toString())).close().sync();
        }
        DialFailure stale = failure(new UpstreamAddress.UnixSocket(path.toString()));
        assertThat(stale.kind()).isEqualTo(DialFailure.Kind.REFUSED);
        assertThat(stale).hasMessage("nothing listens on unix://" + path + " (connection refused)");
    }

    @Test
    void reaches_an_abstract_socket() throws Exception {
        String name = "loopgate-test-" + ProcessHandle.current().pid();
        UpstreamAddress address = new UpstreamAddress.UnixSocket("@" + name);
        EventLoop loop = transport.loops().get(0);
        assumeThat(((IoEventLoop) loop).isCompatible(EpollIoHandle.class)).isTrue();
        assertThat(failure(address)).hasMessage("nothing listens on unix://@" + name + " (connection refused)");
        EpollServerDomainSocketChannel server = new EpollServerDomainSocketChannel();
        loop.register(server).sync();
        server.bind(new DomainSocketAddress('\0' + name)).sync();
        connect(address).close().sync();
        server.close().sync();
    }

    @Test
    void ends_at_the_timeout_when_nobody_answers() throws Exception {
        try (FullBacklog full = new FullBacklog()) {
            int port = full.port();
            DialFailure failure = dial(new UpstreamAddress.HostPort("127.0.0.1", port), Duration.ofMillis(100))
                    .handle((channel, thrown) -> (DialFailure) thrown)
                    .get(20, TimeUnit.SECONDS);

            assertThat(failure.kind()).isEqualTo(DialFailure.Kind.TIMED_OUT);
            assertThat(failure).hasMessage("no answer from 127.0.0.1:" + port + " (no answer)");
        }
    }

    @Test
    void says_nothing_more_once_cancelled() throws Exception {
        CompletableFuture<Object> heard = new CompletableFuture<>();
        CompletableFuture<Object> later = new CompletableFuture<>();
        EventLoop loop = transport.nextLoop();
        try (ServerSocketChannel server =
                ServerSocketChannel.open().bind(new InetSocketAddress(Addresses.LOOPBACK4, 0))) {
            UpstreamAddress target =
                    new UpstreamAddress.LoopbackPort(server.socket().getLocalPort());
            loop.execute(() -> transport
                    .dial(loop, target, LONG, listener(heard::complete, heard::complete))
                    .cancel());
            loop.execute(() -> transport.dial(loop, target, LONG, listener(later::complete, later::complete)));
            assertThat(later.get(20, TimeUnit.SECONDS)).isInstanceOf(Channel.class);
            assertThat(heard).isNotDone();
            ((Channel) later.join()).close().sync();
        }
    }

    private static Channel connect(UpstreamAddress target) throws Exception {
        return dial(target, LONG).get(20, TimeUnit.SECONDS);
    }

    private static DialFailure failure(UpstreamAddress target) throws Exception {
        try {
            connect(target).close();
        } catch (ExecutionException e) {
            return (DialFailure) Objects.requireNonNull(e.getCause());
        }
        throw new AssertionError("connected to " + target);
    }

    private static CompletableFuture<Channel> dial(UpstreamAddress target, Duration timeout) {
        CompletableFuture<Channel> result = new CompletableFuture<>();
        EventLoop loop = transport.nextLoop();
        loop.execute(
                () -> transport.dial(loop, target, timeout, listener(result::complete, result::completeExceptionally)));
        return result;
    }

    private static DialListener listener(Consumer<Channel> connected, Consumer<DialFailure> failed) {
        return new DialListener() {
            @Override
            public void connected(Channel channel) {
                connected.accept(channel);
            }

            @Override
            public void failed(DialFailure failure) {
                failed.accept(failure);
            }
        };
    }
}

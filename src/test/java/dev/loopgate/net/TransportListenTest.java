package dev.loopgate.net;

import static dev.loopgate.testkit.Ipv6.assumeIpv6;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.loopgate.model.BindAddress;
import dev.loopgate.testkit.NativeSockets;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransportListenTest {

    private final Vertx vertx = Transport.vertx(new VertxOptions());
    private final Transport transport = new Transport(vertx);

    @AfterEach
    void close() throws Exception {
        vertx.close().await(20, TimeUnit.SECONDS);
    }

    /** One loop, two, and more than there are cores. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 67})
    void spreads_connections_evenly_over_the_loops(int loops) throws Exception {
        Vertx many = Transport.vertx(new VertxOptions().setEventLoopPoolSize(loops));
        List<Socket> clients = new ArrayList<>();
        try {
            BlockingQueue<EventLoop> accepted = new LinkedBlockingQueue<>();
            Listener listener = new Transport(many)
                    .listen(loopback4(0), channel -> accepted.add(channel.eventLoop()))
                    .await(20, TimeUnit.SECONDS);
            int each = 5;
            List<EventLoop> seen = new ArrayList<>();
            for (int i = 0; i < each * loops; i++) {
                clients.add(new Socket(Addresses.LOOPBACK4, listener.port()));
                seen.add(accepted.poll(20, TimeUnit.SECONDS));
            }
            Map<EventLoop, Long> counts =
                    seen.stream().collect(Collectors.groupingBy(loop -> loop, Collectors.counting()));
            assertThat(counts).hasSize(loops);
            assertThat(counts.values()).containsOnly((long) each);
        } finally {
            for (Socket client : clients) {
                client.close();
            }
            many.close().await(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void binds_both_families_of_one_port_side_by_side() throws Exception {
        NativeSockets.assumeFor("keep IPv4 off a socket for IPv6");
        assumeIpv6();
        for (String[] pair : new String[][] {{"127.0.0.1", "::1"}, {"0.0.0.0", "::"}, {"::", "0.0.0.0"}}) {
            Listener first = listen(new InetSocketAddress(InetAddress.getByName(pair[0]), 0), channel -> {});
            int port = first.port();
            Listener second = listen(new InetSocketAddress(InetAddress.getByName(pair[1]), port), channel -> {});
            assertThat(second.port()).isEqualTo(port);
            assertThat(List.of(first, second))
                    .filteredOn(each -> ((InetSocketAddress) each.address()).getAddress() instanceof Inet6Address)
                    .hasSize(1);
            first.close().await(20, TimeUnit.SECONDS);
            second.close().await(20, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::"})
    void is_refused_a_port_that_another_socket_has(String holder) throws Exception {
        if (holder.equals("::")) {
            assumeIpv6();
        }
        try (ServerSocket server = new ServerSocket()) {
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(InetAddress.getByName(holder), 0));
            assertTaken(server.getLocalPort());
        }
    }

    @Test
    void is_refused_a_port_whose_holder_would_share_it() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            assumeThat(server.supportedOptions()).contains(StandardSocketOptions.SO_REUSEPORT);
            server.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            server.bind(loopback4(0));
            assertTaken(server.socket().getLocalPort());
        }
    }

    @Test
    void does_not_share_its_own_port_with_one_who_would() throws Exception {
        Listener listener = listen(loopback4(0), channel -> {});
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            assumeThat(server.supportedOptions()).contains(StandardSocketOptions.SO_REUSEPORT);
            server.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            assertThatThrownBy(() -> server.bind(loopback4(listener.port())))
                    .isInstanceOf(java.net.BindException.class);
        }
    }

    @Test
    void tells_an_address_that_no_interface_has() {
        assertThatThrownBy(() -> listen(new InetSocketAddress("192.0.2.199", 0), channel -> {}))
                .isInstanceOfSatisfying(
                        BindFailure.class,
                        failure -> assertThat(failure.kind()).isEqualTo(BindFailure.Kind.NO_SUCH_ADDRESS))
                .hasMessage("cannot listen on 192.0.2.199:0: no interface of this machine has the address");
    }

    @Test
    void frees_the_address_when_closed_and_keeps_what_was_accepted() throws Exception {
        BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
        Listener listener = listen(loopback4(0), accepted::add);
        int port = listener.port();
        try (Socket client = new Socket(Addresses.LOOPBACK4, port)) {
            Channel channel = accepted.poll(20, TimeUnit.SECONDS);
            listener.close().await(20, TimeUnit.SECONDS);
            try (ServerSocket other = new ServerSocket(port, 1, Addresses.LOOPBACK4)) {
                assertThat(other.isBound()).isTrue();
            }
            assertThat(channel).isNotNull();
            assertThat(channel.isActive()).isTrue();
            assertThat(client.isConnected()).isTrue();
        }
    }

    @Test
    void clients_that_come_before_it_closes_are_served_and_later_ones_refused() throws Exception {
        for (int clients = 0; clients < 3; clients++) {
            BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
            Listener listener = listen(loopback4(0), accepted::add);
            int port = listener.port();
            for (int i = 0; i < clients; i++) {
                try (Socket client = new Socket(Addresses.LOOPBACK4, port)) {
                    Channel channel = accepted.poll(20, TimeUnit.SECONDS);
                    assertThat(channel).isNotNull();
                    assertThat(channel.remoteAddress()).isEqualTo(client.getLocalSocketAddress());
                }
            }
            listener.close().await(20, TimeUnit.SECONDS);
            listener.close().await(20, TimeUnit.SECONDS);
            assertThatThrownBy(() -> new Socket(Addresses.LOOPBACK4, port)).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void a_crowd_that_comes_at_once_is_served() throws Exception {
        int crowd = 200;
        BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
        Listener listener = listen(loopback4(0), accepted::add);
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < crowd; i++) {
                clients.add(new Socket(Addresses.LOOPBACK4, listener.port()));
            }
            for (int i = 0; i < crowd; i++) {
                assertThat(accepted.poll(20, TimeUnit.SECONDS)).isNotNull();
            }
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    void listens_anew_on_an_address_that_was_given_up_a_moment_before() throws Exception {
        for (Vertx each : List.of(vertx, Vertx.vertx())) {
            Transport own = new Transport(each);
            Listener listener = own.listen(loopback4(0), channel -> {}).await();
            for (int i = 0; i < 20; i++) {
                int port = listener.port();
                Future<Void> closed = listener.close();
                listener = own.listen(loopback4(port), channel -> {}).await();
                closed.await(20, TimeUnit.SECONDS);
            }
            listener.close().await(20, TimeUnit.SECONDS);
            if (!each.equals(vertx)) {
                each.close().await(20, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void resolves_scopes_to_addresses_of_this_machine() throws Exception {
        BindTargets loopback = BindTargets.of(BindAddress.loopback(80));
        assertThat(loopback.addresses().size() + loopback.missing().size()).isEqualTo(2);
        assertThat(loopback.addresses()).contains(loopback4(80));
        assertThat(BindTargets.of(BindAddress.of("::1", 81)).addresses())
                .containsExactly(new InetSocketAddress(Addresses.LOOPBACK6, 81));
        assertThat(BindTargets.of(BindAddress.lan(82)).addresses())
                .allSatisfy(address ->
                        assertThat(address.getAddress().isLoopbackAddress()).isFalse());
    }

    private void assertTaken(int port) {
        assertThatThrownBy(() -> listen(loopback4(port), channel -> {}))
                .isInstanceOfSatisfying(
                        BindFailure.class, failure -> assertThat(failure.kind()).isEqualTo(BindFailure.Kind.TAKEN))
                .hasMessage("cannot listen on 127.0.0.1:" + port + ": the address is in use");
    }

    private Listener listen(InetSocketAddress address, java.util.function.Consumer<Channel> onAccept) {
        return transport.listen(address, onAccept).await();
    }

    private static InetSocketAddress loopback4(int port) {
        return new InetSocketAddress(Addresses.LOOPBACK4, port);
    }
}

package dev.loopgate.forward;

import static dev.loopgate.forward.ForwardFixture.connect;
import static dev.loopgate.forward.ForwardFixture.endOf;
import static dev.loopgate.forward.ForwardFixture.port;
import static dev.loopgate.forward.ForwardFixture.rule;
import static dev.loopgate.testkit.Ipv6.assumeIpv6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.Access;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Cidr;
import dev.loopgate.model.Forward;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.model.UpstreamAddress.LoopbackPort;
import dev.loopgate.net.Addresses;
import dev.loopgate.testkit.Descriptors;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Gate;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Wire;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakCheck.class)
class TcpForwardTest {

    private final ForwardFixture fixture = new ForwardFixture();

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void carries_bytes_both_ways_and_counts_them() {
        try (TcpPeer echo = TcpPeer.start(TcpForwardTest::echo)) {
            TcpForward forward = fixture.to(echo.port());
            try (Wire client = connect(forward)) {
                client.send("hello");
                assertThat(client.read(5)).isEqualTo(bytes("hello"));
                assertThat(forward.status().connections()).isEqualTo(1);
                client.finish();
                assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
            }
            Eventually.until("the connection ends", () -> forward.status().connections() == 0);
            ForwardStatus status = forward.status();
            assertThat(status.accepted()).isEqualTo(1);
            assertThat(status.bytesToTarget()).isEqualTo(5);
            assertThat(status.bytesToClient()).isEqualTo(5);
            assertThat(status.lastError()).isEmpty();
            assertThat(fixture.told).isEmpty();
        }
    }

    @Test
    void serves_protocols_whose_server_speaks_first() {
        try (TcpPeer peer = TcpPeer.start(wire -> wire.send("220 ready\r\n"))) {
            try (Wire client = connect(fixture.to(peer.port()))) {
                assertThat(client.until("\r\n", Eventually.LIMIT)).isEqualTo("220 ready\r\n");
                assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
            }
        }
    }

    @Test
    void resets_clients_at_once_when_nothing_listens_and_says_so_once() {
        assumeIpv6();
        int closed = TcpPeer.closedPort();
        TcpForward forward = fixture.to(closed);
        for (int i = 0; i < 20; i++) {
            assertThat(endOf(forward)).isEqualTo(Wire.End.RESET);
        }
        String cause = "nothing listens on 127.0.0.1:%d or [::1]:%d (connection refused)".formatted(closed, closed);
        assertThat(fixture.told).containsExactly("unreachable 1: " + cause);
        assertThat(forward.status().failed()).isEqualTo(20);
        assertThat(forward.status().lastError())
                .hasValueSatisfying(error -> assertThat(error.message()).isEqualTo(cause));
    }

    @Test
    void takes_targets_by_turns_and_the_next_where_one_is_down() {
        int down = TcpPeer.closedPort();
        try (TcpPeer one = TcpPeer.start(wire -> wire.send("1"));
                TcpPeer two = TcpPeer.start(wire -> wire.send("2"))) {
            TcpForward forward = fixture.open(
                    rule(new LoopbackPort(one.port()), new LoopbackPort(down), new LoopbackPort(two.port())));
            StringBuilder answers = new StringBuilder();
            for (int i = 0; i < 6; i++) {
                try (Wire client = connect(forward)) {
                    answers.append(text(client.read(1)));
                }
            }
            assertThat(answers).hasToString("122122");
            assertThat(fixture.told)
                    .hasSize(1)
                    .allSatisfy(told -> assertThat(told).startsWith("localhost:" + down + " down: "));
        }
    }

    @Test
    void reaches_a_backend_on_either_loopback_family() {
        assumeIpv6();
        for (String address : List.of("127.0.0.1", "::1")) {
            try (TcpPeer peer = TcpPeer.start(address, 0, wire -> wire.send("here"));
                    Wire client = connect(fixture.to(peer.port()))) {
                assertThat(client.read(4)).isEqualTo(bytes("here"));
            }
        }
    }

    @Test
    void listens_on_both_loopback_families() {
        assumeIpv6();
        Forward.Tcp one = rule(new LoopbackPort(TcpPeer.closedPort()));
        TcpForward forward = fixture.open(one.with(BindAddress.loopback(0)));
        assertThat(forward.status().listening()).hasSize(2);
        assertThat(ForwardFixture.sockets(forward).get(1).getPort()).isEqualTo(port(forward));
        assertThat(forward.status().missing()).isEmpty();
    }

    @Test
    void reaches_a_unix_socket(@TempDir Path dir) throws Exception {
        Path path = dir.resolve("app.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            TcpForward forward = fixture.open(rule(new UpstreamAddress.UnixSocket(path.toString())));
            try (Wire client = connect(forward)) {
                client.send("ping");
                client.finish();
                try (SocketChannel backend = server.accept()) {
                    ByteBuffer got = ByteBuffer.allocate(16);
                    while (backend.read(got) >= 0) {
                        assertThat(got.hasRemaining()).isTrue();
                    }
                    assertThat(got.position()).isEqualTo(4);
                    backend.write(ByteBuffer.wrap(bytes("a reply after the half-close")));
                }
                assertThat(text(client.rest(Eventually.LIMIT))).isEqualTo("a reply after the half-close");
                assertThat(client.end()).isEqualTo(Wire.End.FIN);
            }
        }
    }

    @Test
    void resets_clients_that_the_rule_does_not_allow() {
        try (TcpPeer echo = TcpPeer.start(TcpForwardTest::echo)) {
            Access deny = new Access(List.of(), List.of(Cidr.of(Addresses.LOOPBACK4, 8)));
            TcpForward forward =
                    fixture.open(rule(deny, 0, Duration.ZERO, Duration.ofSeconds(10), new LoopbackPort(echo.port())));
            assertThat(endOf(forward)).isEqualTo(Wire.End.RESET);
            assertThat(forward.status().refused()).isEqualTo(1);
            assertThat(fixture.told).containsExactly("refused 1: 127.0.0.1 is not allowed");
            assertThat(echo.accepted()).isZero();
        }
    }

    @Test
    void resets_connections_above_the_cap_and_takes_new_ones_when_there_is_room() {
        try (TcpPeer echo = TcpPeer.start(TcpForwardTest::echo)) {
            TcpForward forward = fixture.open(
                    rule(Access.ALL, 2, Duration.ZERO, Duration.ofSeconds(10), new LoopbackPort(echo.port())));
            try (Wire first = exchanged(forward);
                    Wire second = exchanged(forward)) {
                assertThat(endOf(forward)).isEqualTo(Wire.End.RESET);
                assertThat(first.end()).isEqualTo(Wire.End.OPEN);
                second.reset();
                Eventually.until("there is room", () -> forward.status().connections() == 1);
                exchanged(forward).close();
            }
            assertThat(fixture.told).containsExactly("refused 1: 2 connections are open already");
        }
    }

    @Test
    void resets_both_sides_when_both_are_silent_for_too_long() {
        Gate gate = new Gate();
        Wire.End[] seen = new Wire.End[1];
        TcpPeer peer = TcpPeer.start(wire -> {
            seen[0] = wire.awaitEnd();
            gate.open();
        });
        try (peer) {
            TcpForward forward = fixture.open(
                    rule(Access.ALL, 0, Duration.ofMillis(300), Duration.ofSeconds(10), new LoopbackPort(peer.port())));
            long start = System.nanoTime();
            try (Wire client = connect(forward)) {
                assertThat(client.awaitEnd()).isEqualTo(Wire.End.RESET);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
                assertThat(gate.await()).isTrue();
                assertThat(seen[0]).isEqualTo(Wire.End.RESET);
            }
        }
    }

    @Test
    void keeps_what_a_client_sends_before_its_target_is_connected() {
        int down = TcpPeer.closedPort();
        byte[] early = new byte[3 << 20];
        for (int i = 0; i < early.length; i++) {
            early[i] = (byte) (i * 31 + (i >> 8));
        }
        try (TcpPeer sink = TcpPeer.start(wire -> wire.send(sum(wire.rest(Eventually.LIMIT))))) {
            // a name takes a lookup, which leaves time for the bytes and the FIN to come first
            TcpForward forward = fixture.open(rule(
                    new UpstreamAddress.HostPort("no-such-name.invalid", 1),
                    new LoopbackPort(down),
                    new LoopbackPort(sink.port())));
            try (Wire client = connect(forward)) {
                client.send(early);
                client.finish();
                assertThat(text(client.rest(Eventually.LIMIT))).isEqualTo(sum(early));
            }
        }
    }

    @Test
    void serves_a_thousand_connections_at_once() {
        // The client's, the two of the forward and the server's.
        Descriptors.assume(4 * 1000);
        try (TcpPeer echo = TcpPeer.start(TcpForwardTest::echo)) {
            TcpForward forward = fixture.to(echo.port());
            List<Wire> clients = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                Wire client = connect(forward);
                client.send("client " + (1000 + i));
                clients.add(client);
            }
            for (int i = 0; i < 1000; i++) {
                assertThat(text(clients.get(i).read(11))).isEqualTo("client " + (1000 + i));
            }
            assertThat(forward.status().connections()).isEqualTo(1000);
            clients.forEach(Wire::close);
            Eventually.until("all have ended", () -> forward.status().connections() == 0);
        }
    }

    private static Wire exchanged(TcpForward forward) {
        Wire client = connect(forward);
        client.send("x");
        assertThat(client.read(1)).isEqualTo(bytes("x"));
        return client;
    }

    static void echo(Wire wire) {
        for (byte[] some = wire.readSome(65536, Duration.ofMinutes(1));
                some.length > 0;
                some = wire.readSome(65536, Duration.ofMinutes(1))) {
            wire.send(some);
        }
    }

    private static String sum(byte[] bytes) {
        return bytes.length + ":" + java.util.Arrays.hashCode(bytes);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    }
}

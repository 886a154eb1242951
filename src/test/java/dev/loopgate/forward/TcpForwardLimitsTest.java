package dev.loopgate.forward;

import static dev.loopgate.forward.ForwardFixture.connect;
import static dev.loopgate.forward.ForwardFixture.endOf;
import static dev.loopgate.forward.ForwardFixture.port;
import static dev.loopgate.forward.ForwardFixture.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.forward.ForwardStatus.Client;
import dev.loopgate.model.Access;
import dev.loopgate.model.Forward.Limits;
import dev.loopgate.model.Forward.Rate;
import dev.loopgate.model.UpstreamAddress.LoopbackPort;
import dev.loopgate.net.Addresses;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Wire;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How much a forward takes on. */
@ExtendWith(LeakCheck.class)
class TcpForwardLimitsTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final ForwardFixture fixture = new ForwardFixture();
    private final TcpPeer echo = TcpPeer.start(TcpForwardTest::echo);

    @AfterEach
    void close() throws Exception {
        fixture.close();
        echo.close();
    }

    private TcpForward forward(Limits limits) {
        return fixture.open(rule(new LoopbackPort(echo.port())).with(limits));
    }

    private static void exchange(Wire client) {
        client.send("x");
        assertThat(client.read(1)).hasSize(1);
    }

    private static Wire from(String source, TcpForward forward) throws Exception {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByName(source), 0));
        socket.connect(new InetSocketAddress(Addresses.LOOPBACK4, port(forward)));
        return new Wire(socket);
    }

    @Test
    void a_client_has_so_many_connections_and_others_have_theirs() throws Exception {
        TcpForward forward = forward(new Limits(0, 2, Rate.UNLIMITED, 0));
        try (Wire other = from("127.0.0.2", forward);
                Wire second = connect(forward)) {
            try (Wire first = connect(forward)) {
                exchange(first);
                exchange(second);
                exchange(other);
                assertThat(endOf(forward)).isEqualTo(Wire.End.RESET);
                assertThat(fixture.told).containsExactly("refused 1: 127.0.0.1 has 2 connections already");
            }
            Eventually.until("it has gone", () -> forward.status().connections() == 2);
            try (Wire again = connect(forward)) {
                exchange(again);
            }
        }
        assertThat(forward.status().refused()).isEqualTo(1);
    }

    @Test
    void no_more_new_connections_than_the_rate_allows() {
        TcpForward forward = forward(new Limits(0, 0, new Rate(3, Duration.ofHours(1)), 0));
        for (int i = 0; i < 3; i++) {
            try (Wire client = connect(forward)) {
                exchange(client);
            }
        }
        assertThat(endOf(forward)).isEqualTo(Wire.End.RESET);
        assertThat(fixture.told).containsExactly("refused 1: more than 3 new connections in an hour");
        forward.change(forward.rule().with(Limits.NONE));
        try (Wire client = connect(forward)) {
            exchange(client);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void bytes_pass_no_faster_than_the_bandwidth_and_all_of_them(int clients) {
        int bandwidth = 400_000;
        int size = 300_000 / clients;
        TcpForward forward = forward(new Limits(0, 0, Rate.UNLIMITED, bandwidth));
        byte[] bytes = new byte[size];
        new Random(clients).nextBytes(bytes);
        Wire[] wires = new Wire[clients];
        long start = System.nanoTime();
        for (int i = 0; i < clients; i++) {
            wires[i] = connect(forward);
            wires[i].send(bytes);
            wires[i].finish();
        }
        for (Wire wire : wires) {
            assertThat(wire.rest(LONG)).isEqualTo(bytes);
            assertThat(wire.awaitEnd()).isEqualTo(Wire.End.FIN);
            wire.close();
        }
        // What the burst does not hold takes its time.
        long least = (long) (clients * size * 1e9 / bandwidth) - TcpTraffic.BURST.toNanos();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(least);
    }

    @Test
    void a_bandwidth_that_is_taken_back_holds_nobody_any_longer() {
        TcpForward forward = forward(new Limits(0, 0, Rate.UNLIMITED, 2_000));
        byte[] bytes = new byte[8 << 20];
        new Random(1).nextBytes(bytes);
        try (Wire client = connect(forward)) {
            exchange(client);
            forward.change(forward.rule().with(Limits.NONE));
            Thread sender = new Thread(() -> client.send(bytes));
            sender.start();
            assertThat(client.read(bytes.length, LONG)).isEqualTo(bytes);
        }
    }

    @Test
    void short_connections_keep_to_the_bandwidth_as_well() {
        int bandwidth = 100_000;
        byte[] bytes = new byte[1500];
        List<Wire> clients = new ArrayList<>();
        LongAdder arrived = new LongAdder();
        try (TcpPeer sink = TcpPeer.start(wire -> arrived.add(wire.rest(LONG).length))) {
            TcpForward forward =
                    fixture.open(rule(new LoopbackPort(sink.port())).with(new Limits(0, 0, Rate.UNLIMITED, bandwidth)));
            long start = System.nanoTime();
            for (int i = 0; i < 100; i++) {
                Wire client = connect(forward);
                clients.add(client);
                client.send(bytes);
                client.finish();
            }
            Eventually.until("all have passed", () -> arrived.sum() == 150_000);
            long least = (long) (150_000 * 1e9 / bandwidth) - TcpTraffic.BURST.toNanos();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(least);
            assertThat(forward.status().bytesToTarget()).isEqualTo(150_000);
        }
        clients.forEach(Wire::close);
    }

    @Test
    void a_larger_bandwidth_is_felt_by_those_who_wait() {
        TcpForward forward = forward(new Limits(0, 0, Rate.UNLIMITED, 100));
        byte[] bytes = new byte[50_000];
        new Random(3).nextBytes(bytes);
        try (Wire client = connect(forward)) {
            client.send(bytes);
            client.finish();
            Eventually.until("it waits", () -> fixture.transport.budget().waiting() > 0);
            forward.change(forward.rule().with(new Limits(0, 0, Rate.UNLIMITED, 1_000_000_000)));
            assertThat(client.rest(LONG)).isEqualTo(bytes);
        }
        assertThat(fixture.transport.budget().waiting()).isZero();
    }

    @Test
    void what_waits_for_its_turn_is_not_idle_and_goes_with_its_connection() {
        TcpForward forward = fixture.open(
                ForwardFixture.rule(Access.ALL, 0, Duration.ofMillis(400), Duration.ZERO, new LoopbackPort(echo.port()))
                        .with(new Limits(0, 0, Rate.UNLIMITED, 1000)));
        byte[] bytes = new byte[2000];
        try (Wire client = connect(forward)) {
            client.send(bytes);
            assertThat(client.read(bytes.length, LONG)).isEqualTo(bytes);
        }
        try (Wire gone = connect(forward)) {
            gone.send(new byte[1000]);
            Eventually.until("it waits", () -> fixture.transport.budget().waiting() > 0);
            forward.retire(Duration.ZERO);
            assertThat(gone.awaitEnd()).isEqualTo(Wire.End.RESET);
        }
        Eventually.until("nothing waits", () -> fixture.transport.budget().waiting() == 0);
    }

    @Test
    void a_bandwidth_that_comes_while_bulk_flows_holds_it() {
        TcpForward forward = forward(Limits.NONE);
        byte[] bytes = new byte[4 << 20];
        new Random(2).nextBytes(bytes);
        try (Wire client = connect(forward)) {
            Thread sender = new Thread(() -> client.send(bytes));
            sender.start();
            assertThat(client.read(bytes.length, LONG)).isEqualTo(bytes);
            forward.change(forward.rule().with(new Limits(0, 0, Rate.UNLIMITED, 1_000_000)));
            long start = System.nanoTime();
            Thread second = new Thread(() -> client.send(bytes));
            second.start();
            assertThat(client.read(bytes.length, LONG)).isEqualTo(bytes);
            assertThat(System.nanoTime() - start).isGreaterThan(2_000_000_000L);
        }
    }

    @Test
    void tells_who_uses_it_most() throws Exception {
        TcpForward forward = forward(Limits.NONE);
        try (Wire one = connect(forward);
                Wire two = connect(forward);
                Wire other = from("127.0.0.9", forward)) {
            exchange(one);
            exchange(two);
            other.send("twelve bytes");
            assertThat(other.read(12)).hasSize(12);
            assertThat(forward.status().clients())
                    .containsExactly(
                            new Client(InetAddress.getByName("127.0.0.9"), 1, 24),
                            new Client(Addresses.LOOPBACK4, 2, 4));
        }
        Eventually.until("nobody", () -> forward.status().clients().isEmpty());
    }

    @Test
    void leaves_a_target_out_that_is_down_while_another_serves() {
        int dead = TcpPeer.closedPort();
        TcpForward forward = fixture.open(rule(new LoopbackPort(dead), new LoopbackPort(echo.port())));
        for (int i = 0; i < 6; i++) {
            try (Wire client = connect(forward)) {
                exchange(client);
            }
        }
        assertThat(fixture.told).hasSize(1);
        assertThat(fixture.told.get(0)).startsWith("localhost:" + dead + " down: nothing listens on 127.0.0.1:" + dead);
        assertThat(forward.status().down()).hasSize(1);
        assertThat(forward.status().failed()).isZero();
    }
}

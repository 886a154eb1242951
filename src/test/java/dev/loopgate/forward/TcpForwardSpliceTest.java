package dev.loopgate.forward;

import static dev.loopgate.forward.ForwardFixture.connect;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Gate;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.Pieces;
import dev.loopgate.testkit.Pipes;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Wire;
import io.netty.channel.epoll.Epoll;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bulk goes through the kernel alone, and nobody can tell but by the pipes. */
@ExtendWith(LeakCheck.class)
class TcpForwardSpliceTest {

    private static final String SWITCH = "loopgate.splice";
    private static final int MIB = 1 << 20;

    private final ForwardFixture fixture = new ForwardFixture();

    @BeforeEach
    void needsLinux() {
        Assumptions.assumeTrue(Epoll.isAvailable(), "splicing is done with epoll");
    }

    @AfterEach
    void close() throws Exception {
        System.clearProperty(SWITCH);
        fixture.close();
    }

    @Test
    void a_pipe_for_each_direction_is_there_while_bulk_passes_and_none_otherwise() {
        long before = Pipes.ends();
        try (TcpPeer peer = TcpPeer.start(TcpForwardSpliceTest::echo)) {
            try (Wire client = connect(fixture.to(peer.port()))) {
                pass(client, 100_000);
                assertThat(Pipes.ends()).isEqualTo(before);
                pass(client, MIB);
                assertThat(Pipes.ends()).isEqualTo(before + 4);
                pass(client, MIB);
                assertThat(Pipes.ends()).isEqualTo(before + 4);
                client.finish();
                assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
            }
            Eventually.until("the pipes are closed", () -> Pipes.ends() == before);
        }
    }

    @Test
    void what_comes_in_small_pieces_opens_no_pipe_and_ends_the_splicing_of_bulk() {
        long before = Pipes.ends();
        try (TcpPeer peer = TcpPeer.start(TcpForwardSpliceTest::echo);
                Wire client = connect(fixture.to(peer.port()))) {
            for (int i = 0; i < 400; i++) {
                pass(client, 1_000);
            }
            assertThat(Pipes.ends()).isEqualTo(before);
            pass(client, 4 * MIB);
            assertThat(Pipes.ends()).isEqualTo(before + 4);
            for (int i = 0; i < 100; i++) {
                pass(client, 1_000);
            }
            assertThat(Pipes.ends()).isEqualTo(before);
            pass(client, 4 * MIB);
            assertThat(Pipes.ends()).isEqualTo(before + 4);
        }
        Eventually.until("the pipes are closed", () -> Pipes.ends() == before);
    }

    @Test
    void a_connection_that_falls_silent_gives_its_pipes_back_and_gets_others_for_more_bulk() {
        long before = Pipes.ends();
        try (TcpPeer peer = TcpPeer.start(TcpForwardSpliceTest::echo);
                Wire client = connect(fixture.to(peer.port()))) {
            pass(client, 2 * MIB);
            assertThat(Pipes.ends()).isEqualTo(before + 4);
            Eventually.until("the pipes are closed", () -> Pipes.ends() == before);
            pass(client, 100);
            pass(client, 2 * MIB);
            assertThat(Pipes.ends()).isEqualTo(before + 4);
        }
        Eventually.until("the pipes are closed", () -> Pipes.ends() == before);
    }

    @Test
    void bytes_are_copied_where_splicing_is_switched_off() {
        System.setProperty(SWITCH, "off");
        long before = Pipes.ends();
        try (TcpPeer peer = TcpPeer.start(TcpForwardSpliceTest::echo);
                Wire client = connect(fixture.to(peer.port()))) {
            pass(client, MIB);
            pass(client, MIB);
            assertThat(Pipes.ends()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void both_directions_arrive_in_order_however_they_are_cut_and_held_up(int seed) throws Exception {
        int size = 12 * MIB;
        byte[] up = bytes(size, seed);
        byte[] down = bytes(size, -seed);
        CompletableFuture<byte[]> received = new CompletableFuture<>();
        try (TcpPeer peer = TcpPeer.start(wire -> {
                    CompletableFuture<Void> sent =
                            CompletableFuture.runAsync(() -> Pieces.send(wire, down, new Random(seed)));
                    received.complete(Pieces.read(wire, size, new Random(seed + 1)));
                    sent.join();
                    wire.finish();
                    wire.awaitEnd();
                });
                Wire client = connect(fixture.to(peer.port()))) {
            CompletableFuture<Void> sent =
                    CompletableFuture.runAsync(() -> Pieces.send(client, up, new Random(seed + 2)));
            assertThat(Arrays.equals(Pieces.read(client, size, new Random(seed + 3)), down))
                    .isTrue();
            sent.get(60, TimeUnit.SECONDS);
            assertThat(Arrays.equals(received.get(60, TimeUnit.SECONDS), up)).isTrue();
            assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_end_amid_bulk_is_passed_on_and_leaves_no_pipe(boolean byClient) {
        long before = Pipes.ends();
        CompletableFuture<Wire> server = new CompletableFuture<>();
        Gate read = new Gate();
        try (TcpPeer peer = TcpPeer.start(wire -> {
                    server.complete(wire);
                    wire.send(bytes(byClient ? 4 * MIB : MIB, 1));
                    if (byClient) {
                        wire.awaitEnd();
                    } else {
                        read.await();
                        wire.reset();
                    }
                });
                Wire client = connect(fixture.to(peer.port()))) {
            assertThat(client.read(MIB)).hasSize(MIB);
            assertThat(Pipes.ends()).isEqualTo(before + 2);
            read.open();
            if (byClient) {
                client.reset();
                Eventually.until("the server hears of it", () -> server.join().end() != Wire.End.OPEN);
            } else {
                client.rest(Duration.ofSeconds(15));
                assertThat(client.end()).isEqualTo(Wire.End.RESET);
            }
            Eventually.until("the pipe is closed", () -> Pipes.ends() == before);
        }
    }

    private static void echo(Wire wire) {
        byte[] data = wire.readSome(65_536, Duration.ofSeconds(60));
        while (data.length > 0 && wire.send(data)) {
            data = wire.readSome(65_536, Duration.ofSeconds(60));
        }
        wire.finish();
    }

    /** Sends so much through an echo and compares it. */
    private static void pass(Wire client, int size) {
        byte[] data = bytes(size, size);
        CompletableFuture<Boolean> sent = CompletableFuture.supplyAsync(() -> client.send(data));
        assertThat(Arrays.equals(client.read(size), data)).isTrue();
        assertThat(sent.join()).isTrue();
    }

    private static byte[] bytes(int size, int seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}

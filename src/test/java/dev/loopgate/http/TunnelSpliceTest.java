package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.BackendConnection;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.Pipes;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.Wire;
import io.netty.channel.epoll.Epoll;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bulk of a tunnel goes through the kernel alone, as that of a forward does. */
class TunnelSpliceTest {

    private static final String SWITCH = "loopgate.splice";
    private static final int MIB = 1 << 20;

    @RegisterExtension
    static final Stage STAGE =
            new Stage(stage -> Sites.of(Sites.proxy("a.localhost", stage.a().port())));

    @BeforeEach
    void needsLinux() {
        Assumptions.assumeTrue(Epoll.isAvailable(), "splicing is done with epoll");
    }

    @AfterEach
    void asEver() {
        System.clearProperty(SWITCH);
    }

    @Test
    void a_pipe_for_each_direction_is_there_for_bulk_and_none_for_messages() {
        long before = Pipes.ends();
        RawClient client = echoing();
        for (int i = 0; i < 400; i++) {
            pass(client, 1_000);
        }
        assertThat(Pipes.ends()).isEqualTo(before);
        pass(client, 4 * MIB);
        assertThat(Pipes.ends()).isEqualTo(before + 4);
        client.finish();
        assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
        Eventually.until("the pipes are closed", () -> Pipes.ends() == before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void sixty_four_mebibytes_arrive_each_way_through_pauses(String splicing) throws Exception {
        System.setProperty(SWITCH, splicing);
        long before = Pipes.ends();
        RawClient client = echoing();
        byte[] data = bytes(64 * MIB);
        CompletableFuture<Boolean> sent =
                CompletableFuture.supplyAsync(() -> client.wire().send(data));
        Random random = new Random(7);
        for (int at = 0; at < data.length; ) {
            byte[] piece = client.wire().readSome(1 + random.nextInt(500_000), Eventually.LIMIT);
            assertThat(piece).isNotEmpty();
            assertThat(Arrays.equals(piece, 0, piece.length, data, at, at + piece.length))
                    .as("bytes from %s", at)
                    .isTrue();
            at += piece.length;
            if (random.nextInt(100) == 0) {
                // Long enough for the other side to fill what there is to fill.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(30));
            }
        }
        assertThat(sent.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Pipes.ends()).isEqualTo(splicing.equals("off") ? before : before + 4);
        client.finish();
        assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
        Eventually.until("the pipes are closed", () -> Pipes.ends() == before);
    }

    @ParameterizedTest
    @CsvSource({"true, 300000", "true, 1000001", "true, 5000000", "false, 300000", "false, 1000001", "false, 5000000"})
    void a_reset_amid_bulk_is_passed_on_and_leaves_no_pipe(boolean byClient, int after) {
        long before = Pipes.ends();
        CompletableFuture<Wire.End> ended = new CompletableFuture<>();
        RawClient client = open(connection -> {
            connection.wire().send(bytes(byClient ? 16 * MIB : after));
            if (byClient) {
                ended.complete(connection.awaitEnd());
            } else {
                connection.wire().reset();
            }
        });
        if (byClient) {
            assertThat(client.wire().read(after)).hasSize(after);
            client.reset();
            assertThat(ended.orTimeout(15, TimeUnit.SECONDS).join()).isNotEqualTo(Wire.End.OPEN);
        } else {
            client.wire().rest(Duration.ofSeconds(15));
            assertThat(client.wire().end()).isEqualTo(Wire.End.RESET);
        }
        Eventually.until("the pipe is closed", () -> Pipes.ends() == before);
    }

    private static RawClient echoing() {
        return open(connection -> {
            byte[] piece = connection.wire().readSome(65_536, Eventually.LIMIT);
            while (piece.length > 0 && connection.wire().send(piece)) {
                piece = connection.wire().readSome(65_536, Eventually.LIMIT);
            }
        });
    }

    private static RawClient open(Consumer<BackendConnection> then) {
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: raw\r\nConnection: Upgrade\r\n\r\n");
            then.accept(connection);
            return false;
        }));
        RawClient client = STAGE.client().request("GET", "a.localhost", "/", "", "Connection: Upgrade", "Upgrade: raw");
        assertThat(client.head().status()).isEqualTo(101);
        return client;
    }

    /** Sends so much through an echo and compares it. */
    private static void pass(RawClient client, int size) {
        byte[] data = bytes(size);
        CompletableFuture<Boolean> sent =
                CompletableFuture.supplyAsync(() -> client.wire().send(data));
        assertThat(Arrays.equals(client.wire().read(size), data)).isTrue();
        assertThat(sent.join()).isTrue();
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}

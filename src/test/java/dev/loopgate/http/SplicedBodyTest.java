package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Gate;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.PeerAction.Then;
import dev.loopgate.testkit.Pieces;
import dev.loopgate.testkit.Pipes;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.Wire;
import io.netty.channel.epoll.Epoll;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bulk of a body whose length is known goes through the kernel alone, and nobody can tell but by the pipes. */
class SplicedBodyTest {

    private static final String SWITCH = "loopgate.splice";
    private static final int MIB = 1 << 20;

    @RegisterExtension
    static final Stage STAGE = new Stage(stage -> Sites.of(
            Sites.proxy("a.localhost", stage.a().port()),
            Sites.proxy("b.localhost", stage.b().port()),
            Sites.proxy(
                    "idle.localhost",
                    stage.a().port(),
                    Sites.options().idleMillis(3000).build()),
            Sites.proxy(
                    "body.localhost",
                    stage.a().port(),
                    Sites.options().bodyIdleMillis(3000).build())));

    private long before;

    @BeforeEach
    void needsLinux() {
        Assumptions.assumeTrue(Epoll.isAvailable(), "splicing is done with epoll");
        before = Pipes.ends();
    }

    @AfterEach
    void leavesNoPipe() {
        System.clearProperty(SWITCH);
        if (Epoll.isAvailable()) {
            Eventually.until("the pipes are closed", () -> Pipes.ends() == before);
        }
    }

    // Whole, in order, and no byte more

    @Test
    void answers_on_one_connection_arrive_whole_one_after_the_other() {
        RawClient client = STAGE.client();
        int connections = 0;
        for (int size : new int[] {2 * MIB, 5 * MIB + 1, 100, 3 * MIB - 7, 0, 9 * MIB}) {
            byte[] body = bytes(size);
            STAGE.a()
                    .always(PeerAction.script((connection, request) ->
                            connection.send(head(size)) && connection.wire().send(body)));
            client.get("a.localhost", "/");
            assertThat(Arrays.equals(client.response().bodyBytes(), body)).isTrue();
            assertThat(Pipes.ends()).isEqualTo(before);
            connections = connections == 0 ? STAGE.a().accepted() : connections;
        }
        assertThat(STAGE.a().accepted()).as("the connection is kept").isEqualTo(connections);
    }

    @ParameterizedTest
    @ValueSource(ints = {2 * MIB, 2 * MIB + 1, 3 * MIB - 7, 8 * MIB + 4097})
    void a_request_right_behind_an_upload_is_not_taken_for_it(int size) {
        RawClient client = STAGE.client();
        for (int turn = 0; turn < 3; turn++) {
            STAGE.a()
                    .always(PeerAction.script((connection, request) ->
                            request.readAll() && connection.send(PeerAction.okBytes(request.bodySha256()))));
            byte[] body = bytes(size + turn);
            client.send("PUT / HTTP/1.1\r\nHost: a.localhost\r\nContent-Length: " + body.length + "\r\n\r\n"
                    + Wire.text(body) + "GET / HTTP/1.1\r\nHost: b.localhost\r\n\r\n");
            assertThat(client.response().body()).isEqualTo(sha256(body));
            assertThat(client.response().body()).isEqualTo("B");
        }
    }

    @ParameterizedTest
    @CsvSource({"on, 1", "on, 2", "on, 3", "off, 1"})
    void both_directions_arrive_however_they_are_cut_and_held_up(String splicing, int seed) throws Exception {
        System.setProperty(SWITCH, splicing);
        byte[] up = bytes(12 * MIB);
        byte[] down = bytes(12 * MIB + 1);
        CompletableFuture<byte[]> received = new CompletableFuture<>();
        STAGE.a().always(PeerAction.script((connection, request) -> {
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                connection.send(head(down.length));
                Pieces.send(connection.wire(), Arrays.copyOf(down, down.length - 1), new Random(seed));
            });
            received.complete(Pieces.read(connection.wire(), up.length, new Random(seed + 1)));
            sent.join();
            // An answer that is whole ends a request that is not.
            connection.wire().send(Arrays.copyOfRange(down, down.length - 1, down.length));
            return false;
        }));
        RawClient client = STAGE.client();
        client.request("POST", "a.localhost", "/", "", "Content-Length: " + up.length);
        CompletableFuture<Void> sent =
                CompletableFuture.runAsync(() -> Pieces.send(client.wire(), up, new Random(seed + 2)));
        assertThat(client.head().status()).isEqualTo(200);
        assertThat(Arrays.equals(Pieces.read(client.wire(), down.length, new Random(seed + 3)), down))
                .isTrue();
        sent.get(60, TimeUnit.SECONDS);
        assertThat(Arrays.equals(received.get(60, TimeUnit.SECONDS), up)).isTrue();
    }

    // Pipes

    @Test
    void a_pipe_is_there_while_a_large_body_passes_and_no_longer() {
        Gate gate = new Gate();
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send(head(4 * MIB));
            return connection.wire().send(new byte[3 * MIB])
                    && gate.await()
                    && connection.wire().send(new byte[MIB]);
        }));
        RawClient client = STAGE.client().get("a.localhost", "/");
        assertThat(client.head().status()).isEqualTo(200);
        assertThat(client.wire().read(3 * MIB)).hasSize(3 * MIB);
        assertThat(Pipes.ends()).isEqualTo(before + 2);
        gate.open();
        assertThat(client.wire().read(MIB)).hasSize(MIB);
        Eventually.until("the pipe is closed", () -> Pipes.ends() == before);
        STAGE.a().always(new PeerAction.Digest());
        client.request("POST", "a.localhost", "/", "", "Content-Length: " + 4 * MIB);
        client.send(new byte[3 * MIB]);
        Eventually.until("a pipe for the upload", () -> Pipes.ends() == before + 2);
        client.send(new byte[MIB]);
        assertThat(client.response().body()).isEqualTo(sha256(new byte[4 * MIB]));
        assertThat(Pipes.ends()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"on, 1048576, 1048576", "on, -1, 8388608", "on, -2, 8388608", "off, 8388608, 8388608"})
    void bodies_that_are_small_or_of_unknown_length_open_no_pipe_and_none_does_where_it_is_switched_off(
            String splicing, int length, int size) {
        System.setProperty(SWITCH, splicing);
        Gate gate = new Gate();
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send(
                    length >= 0
                            ? head(length)
                            : length == -1
                                    ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n800000\r\n"
                                    : "HTTP/1.1 200 OK\r\n\r\n");
            connection.wire().send(new byte[size - 1]);
            gate.await();
            connection.send(length == -1 ? "x\r\n0\r\n\r\n" : "x");
            return length != -2;
        }));
        RawClient client = STAGE.client().get("a.localhost", "/");
        assertThat(client.head().status()).isEqualTo(200);
        assertThat(client.wire().read(size - 1)).hasSize(size - 1);
        assertThat(Pipes.ends()).isEqualTo(before);
        gate.open();
        assertThat(client.wire().until("x", Eventually.LIMIT)).isNotNull();
    }

    // Ends

    @ParameterizedTest
    @CsvSource({"CLOSE, 2000000", "CLOSE, 7999999", "RESET, 2000000", "RESET, 6000000"})
    void an_answer_that_its_upstream_cuts_off_is_cut_off_for_the_client(Then how, int after) {
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send(head(8_000_000));
            connection.wire().send(new byte[after]);
            if (how == Then.RESET) {
                connection.wire().reset();
            }
            return false;
        }));
        RawResponse response = STAGE.get("a.localhost", "/");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.end()).isIn(RawResponse.End.TRUNCATED, RawResponse.End.RESET);
        assertThat(response.bodyBytes().length).isLessThanOrEqualTo(after);
        STAGE.stillServes();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_client_that_goes_amid_a_download_ends_it_upstream(boolean stalled) {
        CompletableFuture<Wire.End> ended = new CompletableFuture<>();
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send(head(64 * MIB));
            connection.wire().send(new byte[48 * MIB]);
            ended.complete(connection.awaitEnd());
            return false;
        }));
        RawClient client = STAGE.narrowClient().get("a.localhost", "/");
        assertThat(client.wire().read(stalled ? 3 * MIB : 48 * MIB)).isNotEmpty();
        assertThat(Pipes.ends()).isEqualTo(before + 2);
        client.reset();
        assertThat(ended.orTimeout(15, TimeUnit.SECONDS).join()).isNotEqualTo(Wire.End.OPEN);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_client_that_goes_amid_its_upload_ends_it_upstream(boolean reset) {
        STAGE.a().always(new PeerAction.Digest());
        RawClient client = STAGE.client();
        client.request("POST", "a.localhost", "/", "", "Content-Length: " + 8 * MIB);
        client.send(new byte[5 * MIB]);
        Eventually.until("a pipe for the upload", () -> Pipes.ends() == before + 2);
        if (reset) {
            client.reset();
        } else {
            client.finish();
        }
        Eventually.until("the upstream request is cancelled", () -> STAGE.a().open() == 0);
        assertThat(STAGE.a().requests()).noneMatch(request -> request.complete());
        STAGE.stillServes();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_answer_amid_an_upload_reaches_the_client(boolean reset) throws Exception {
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.wire().read(3 * MIB);
            connection.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n\r\nstop");
            connection.wire().finish();
            if (!reset) {
                connection.awaitEnd();
            }
            return false;
        }));
        RawClient client = STAGE.client();
        client.request("POST", "a.localhost", "/", "", "Content-Length: " + 64 * MIB);
        CompletableFuture<Boolean> sent =
                CompletableFuture.supplyAsync(() -> client.wire().send(new byte[64 * MIB]));
        assertThat(client.response().status()).isIn(413, 502);
        client.reset();
        sent.get(15, TimeUnit.SECONDS);
        STAGE.stillServes();
    }

    // Deadlines

    @Test
    void an_answer_that_goes_on_is_not_silent_and_one_that_stops_is() {
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send(head(4 * MIB));
            connection.wire().send(new byte[2 * MIB]);
            slowly(() -> connection.wire().send(new byte[50_000]));
            connection.awaitEnd();
            return false;
        }));
        RawResponse response = STAGE.get("idle.localhost", "/");
        assertThat(response.end()).isIn(RawResponse.End.TRUNCATED, RawResponse.End.RESET);
        assertThat(response.bodyBytes().length).isEqualTo(2 * MIB + 8 * 50_000);
    }

    @Test
    void a_request_that_goes_on_is_not_silent_and_one_that_stops_is() {
        STAGE.a().always(new PeerAction.Digest());
        RawClient client = STAGE.client();
        client.request("POST", "body.localhost", "/", "", "Content-Length: " + 4 * MIB);
        client.send(new byte[2 * MIB]);
        long[] lastBegan = new long[1];
        slowly(() -> {
            lastBegan[0] = System.nanoTime();
            client.wire().send(new byte[50_000]);
        });
        RawResponse response = client.response();
        assertThat(response.status()).isEqualTo(408);
        assertThat(response.error()).isEqualTo("body-timeout");
        assertThat(Duration.ofNanos(System.nanoTime() - lastBegan[0])).isGreaterThanOrEqualTo(Duration.ofSeconds(3));
    }

    /** Eight times, for longer than the limit altogether. */
    private static void slowly(Runnable step) {
        for (int i = 0; i < 8; i++) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
            step.run();
        }
    }

    private static String head(long length) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static String sha256(byte[] data) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}

package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Gate;
import dev.loopgate.testkit.NativeSockets;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.SocketBuffers;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.Wire;
import io.netty.util.internal.PlatformDependent;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies pass as they come, in both directions, whole, and no faster than the receiver reads. */
class StreamingTest {

    private static final int MIB = 1 << 20;

    /** What the gateway may hold of one exchange, and then some. */
    private static final long OWN = 2 * MIB;

    private static final byte[] BLOCK = block();

    @RegisterExtension
    static final Stage STAGE = new Stage();

    @ParameterizedTest
    @CsvSource({
        "'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n', 'data: one\n\n', 'data: two\n\n', ''",
        "'HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n', 'data: one\n\n', 'data: two\n\n', ''",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'b\r\ndata: one\n\n\r\n', 'b\r\ndata: two\n\n\r\n', '0\r\n\r\n'",
    })
    void each_event_arrives_before_the_next_is_produced(String head, String one, String two, String end) {
        Gate gate = new Gate();
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send(head + one);
            gate.await();
            connection.send(two + end);
            return false;
        }));
        RawClient client = STAGE.client();
        client.get("a.localhost", "/", "Accept: text/event-stream");
        assertThat(client.head().status()).isEqualTo(200);
        assertThat(client.wire().until("data: one\n\n", Eventually.LIMIT)).isNotNull();
        gate.open();
        assertThat(client.wire().until("data: two\n\n", Eventually.LIMIT)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_head_arrives_before_its_body_begins(boolean chunked) {
        Gate gate = new Gate();
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send("HTTP/1.1 200 OK\r\n"
                    + (chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: 2\r\n\r\n"));
            gate.await();
            return connection.send(chunked ? "2\r\nok\r\n0\r\n\r\n" : "ok");
        }));
        RawClient client = STAGE.client();
        client.get("a.localhost", "/");
        assertThat(client.wire().until("\r\n\r\n", Eventually.LIMIT)).startsWith("HTTP/1.1 200 OK\r\n");
        gate.open();
        assertThat(client.wire().until(chunked ? "0\r\n\r\n" : "ok", Eventually.LIMIT))
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_large_download_arrives_whole_and_waits_for_a_slow_reader(boolean chunked) {
        long memory = PlatformDependent.usedDirectMemory();
        long held = SocketBuffers.acrossRelay() + OWN;
        int blocks = (int) ((held + 16L * MIB) / BLOCK.length);
        AtomicLong sent = new AtomicLong();
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send("HTTP/1.1 200 OK\r\n"
                    + (chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + (long) blocks * BLOCK.length)
                    + "\r\n\r\n");
            boolean taken = true;
            for (int i = 0; taken && i < blocks; i++) {
                taken = chunked
                        ? connection.send(Integer.toHexString(BLOCK.length) + "\r\n")
                                && connection.wire().send(BLOCK)
                                && connection.send("\r\n")
                        : connection.wire().send(BLOCK);
                sent.addAndGet(BLOCK.length);
            }
            return taken && (!chunked || connection.send("0\r\n\r\n"));
        }));
        RawClient client = STAGE.narrowClient();
        client.get("a.localhost", "/");
        assertThat(client.wire().until("\r\n\r\n", Eventually.LIMIT)).isNotNull();
        awaitStandstill(sent);
        assertThat(sent.get()).isLessThan(held);
        assertThat(PlatformDependent.usedDirectMemory() - memory).isLessThan(8 * MIB);
        STAGE.stillServes();
        MessageDigest digest = sha256();
        long length = 0;
        while (length < (long) blocks * BLOCK.length) {
            int size = BLOCK.length;
            if (chunked) {
                String line = client.wire().until("\r\n", Eventually.LIMIT);
                size = Integer.parseInt(String.valueOf(line).strip(), 16);
            }
            byte[] data = client.wire().read(size);
            assertThat(data).hasSize(size);
            digest.update(data);
            length += size;
            if (chunked) {
                assertThat(client.wire().read(2)).asString().isEqualTo("\r\n");
            }
        }
        assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(digestOf(blocks));
        if (chunked) {
            assertThat(client.wire().until("\r\n\r\n", Eventually.LIMIT)).isEqualTo("0\r\n\r\n");
        }
        assertThat(client.get("b.localhost", "/").response().body()).isEqualTo("B");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_large_upload_arrives_whole_and_waits_for_a_slow_upstream(boolean chunked) throws InterruptedException {
        long memory = PlatformDependent.usedDirectMemory();
        long held = SocketBuffers.acrossRelay() + OWN;
        int blocks = (int) ((held + 16L * MIB) / BLOCK.length);
        Gate gate = new Gate();
        STAGE.a()
                .always(PeerAction.script((connection, request) -> gate.await()
                        && request.readAll()
                        && connection.send(PeerAction.okBytes(request.bodySha256()))));
        RawClient client = STAGE.client();
        client.request(
                "POST",
                "a.localhost",
                "/",
                "",
                chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + (long) blocks * BLOCK.length);
        AtomicLong sent = new AtomicLong();
        AtomicBoolean whole = new AtomicBoolean();
        Thread sender = new Thread(() -> {
            boolean taken = true;
            for (int i = 0; taken && i < blocks; i++) {
                taken = chunked
                        ? client.wire().send(Integer.toHexString(BLOCK.length) + "\r\n")
                                && client.wire().send(BLOCK)
                                && client.wire().send("\r\n")
                        : client.wire().send(BLOCK);
                sent.addAndGet(BLOCK.length);
            }
            whole.set(taken && (!chunked || client.wire().send("0\r\n\r\n")));
        });
        sender.setDaemon(true);
        sender.start();
        awaitStandstill(sent);
        assertThat(sent.get()).isLessThan(held);
        assertThat(PlatformDependent.usedDirectMemory() - memory).isLessThan(8 * MIB);
        STAGE.stillServes();
        gate.open();
        RawResponse response = client.response();
        sender.join(Eventually.LIMIT.toMillis());
        assertThat(whole).isTrue();
        assertThat(response.body()).isEqualTo(digestOf(blocks));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_client_that_goes_in_the_middle_of_a_download_stops_the_upstream(boolean reset) {
        Gate stopped = new Gate();
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            while (connection.wire().send("10000\r\n")
                    && connection.wire().send(new byte[65_536])
                    && connection.send("\r\n")) {
                // goes on until the gateway ends it
            }
            stopped.open();
            return false;
        }));
        RawClient client = STAGE.client();
        client.get("a.localhost", "/");
        assertThat(client.wire().read(100_000)).hasSize(100_000);
        if (reset) {
            client.reset();
        } else {
            client.close();
        }
        assertThat(stopped.await()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Framing: close", "Content-Length: LENGTH"})
    void a_slow_reader_gets_all_that_an_upstream_sent_before_it_closed(String framing) {
        int length = 24 * MIB;
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send("HTTP/1.1 200 OK\r\n" + framing.replace("LENGTH", Integer.toString(length)) + "\r\n\r\n");
            connection.wire().send(new byte[length]);
            return false;
        }));
        RawClient client = STAGE.narrowClient();
        client.get("a.localhost", "/", "Connection: close");
        assertThat(client.head().status()).isEqualTo(200);
        STAGE.stillServes();
        assertThat(client.wire().rest(Duration.ofSeconds(60)).length).isEqualTo(length);
        assertThat(client.wire().end()).isEqualTo(Wire.End.FIN);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8_000})
    void interim_answers_without_an_end_are_a_502(int length) {
        String interim = "HTTP/1.1 103 Early Hints\r\nLink: " + "x".repeat(length) + "\r\n\r\n";
        STAGE.a().always(PeerAction.script((connection, request) -> {
            while (connection.send(interim)) {
                // Until it is cut off.
            }
            return false;
        }));
        RawResponse response = STAGE.get("a.localhost", "/", "Accept: text/plain");
        assertThat(response.status()).isEqualTo(502);
        assertThat(response.error()).isEqualTo("bad-response");
        assertThat(response.body()).contains("interim answers");
        assertThat(response.interim()).hasSizeLessThanOrEqualTo(1_000);
        Eventually.until("the upstream is cut off", () -> STAGE.a().open() == 0);
    }

    @Test
    void a_thousand_interim_answers_may_come_before_the_last_word() {
        STAGE.a()
                .always(PeerAction.reply("HTTP/1.1 102 Processing\r\n\r\n".repeat(1_000) + PeerAction.okBytes("done")));
        RawResponse response = STAGE.get("a.localhost", "/");
        assertThat(response.body()).isEqualTo("done");
        assertThat(response.interim()).hasSize(1_000);
    }

    @Test
    void a_client_that_ends_and_then_resets_cancels_the_upstream_request() {
        NativeSockets.assumeFor("notice the reset of a connection that has ended");
        STAGE.a().always(PeerAction.stall());
        RawClient client = STAGE.client().get("a.localhost", "/");
        Wire upstream = STAGE.a().request().connection().wire();
        client.finish();
        STAGE.stillServes();
        assertThat(upstream.end()).isEqualTo(Wire.End.OPEN);
        client.reset();
        // Long before the thirty seconds that the answer to a client that has only ended may take.
        Eventually.until("the upstream request is cancelled", () -> upstream.end() != Wire.End.OPEN);
    }

    @Test
    void a_client_that_resets_while_it_waits_cancels_the_upstream_request() {
        STAGE.a().always(PeerAction.stall());
        RawClient client = STAGE.client().get("a.localhost", "/");
        Wire upstream = STAGE.a().request().connection().wire();
        client.reset();
        Eventually.until("the upstream request is cancelled", () -> upstream.end() != Wire.End.OPEN);
    }

    @Test
    void both_directions_flow_at_once() {
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + 8 * MIB + "\r\n\r\n");
            int left = 8 * MIB;
            while (left > 0) {
                byte[] piece = connection.wire().readSome(Math.min(left, 65_536), Eventually.LIMIT);
                if (piece.length == 0 || !connection.wire().send(piece)) {
                    return false;
                }
                left -= piece.length;
            }
            return false;
        }));
        RawClient client = STAGE.client();
        client.request("POST", "a.localhost", "/", "", "Content-Length: " + 8 * MIB);
        Thread sender = new Thread(() -> {
            for (int i = 0; i < 8 * MIB / BLOCK.length; i++) {
                client.wire().send(BLOCK);
            }
        });
        sender.setDaemon(true);
        sender.start();
        RawResponse response = client.response("POST", Duration.ofSeconds(30));
        assertThat(response.end()).isEqualTo(RawResponse.End.CLEAN);
        MessageDigest digest = sha256();
        digest.update(response.bodyBytes());
        assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(digestOf(8 * MIB / BLOCK.length));
    }

    /** Waits until the sender is held up: nothing has moved for half a second. */
    private static void awaitStandstill(AtomicLong sent) {
        long[] last = {-1, System.nanoTime()};
        Eventually.until("the sender is held up", Duration.ofSeconds(60), () -> {
            if (sent.get() != last[0]) {
                last[0] = sent.get();
                last[1] = System.nanoTime();
            }
            return System.nanoTime() - last[1] > 500_000_000L;
        });
    }

    private static byte[] block() {
        byte[] block = new byte[256 * 1024];
        for (int i = 0; i < block.length; i++) {
            block[i] = (byte) (i * 31 + (i >> 8));
        }
        return block;
    }

    private static String digestOf(int blocks) {
        MessageDigest digest = sha256();
        for (int i = 0; i < blocks; i++) {
            digest.update(BLOCK);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}

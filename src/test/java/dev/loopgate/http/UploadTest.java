package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.BackendRequest;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Gate;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.PeerAction.Then;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.Wire;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Expect: 100-continue, and answers that come before the request is whole (RFC 9110 §10.1.1, RFC 9112 §9.3). */
class UploadTest {

    @RegisterExtension
    static final Stage STAGE = new Stage();

    @Test
    void the_upstream_s_100_reaches_the_client_and_the_body_the_upstream() {
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send("HTTP/1.1 100 Continue\r\n\r\n");
            return request.readAll() && connection.send(PeerAction.okBytes("got it"));
        }));
        RawClient client = STAGE.client();
        client.request("POST", "a.localhost", "/", "", "Expect: 100-continue", "Content-Length: 5");
        String interim = client.wire().until("\r\n\r\n", Eventually.LIMIT);
        assertThat(interim).startsWith("HTTP/1.1 100");
        client.send("hello");
        assertThat(client.response().body()).isEqualTo("got it");
        assertThat(STAGE.a().completeRequest().body()).isEqualTo("hello");
        assertThat(STAGE.a().request().all("Expect")).containsExactly("100-continue");
        assertThat(client.get("b.localhost", "/").response().body()).isEqualTo("B");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 300, 5_000, 65_000, 65_536, 70_000, 131_072, 1_048_576})
    void a_body_that_comes_right_behind_its_head_arrives_as_it_was_and_so_does_the_next_request(int size) {
        RawClient client = STAGE.client();
        String body = "0123456789abcdef".repeat(size / 16 + 1).substring(0, size);
        for (int turn = 0; turn < 3; turn++) {
            // Large reads come with the second turn: the first has them grow.
            STAGE.a()
                    .always(PeerAction.script((connection, request) ->
                            request.readAll() && connection.send(PeerAction.okBytes(request.bodySha256()))));
            client.request("PUT", "a.localhost", "/", body, "Content-Length: " + size);
            assertThat(client.response().body()).isEqualTo(sha256(body));
            client.send("PUT / HTTP/1.1\r\nHost: a.localhost\r\nContent-Length: " + size + "\r\n\r\n" + body
                    + "GET / HTTP/1.1\r\nHost: b.localhost\r\n\r\n");
            assertThat(client.response().body()).isEqualTo(sha256(body));
            assertThat(client.response().body()).isEqualTo("B");
        }
    }

    @Test
    void small_requests_that_wait_keep_no_buffers_of_the_large_ones_before() {
        int connections = 60;
        Gate uploaded = new Gate();
        Gate answer = new Gate();
        STAGE.a()
                .always(PeerAction.script((connection, request) -> request.readAll()
                        && (request.target().equals("/wait") ? answer : uploaded).await()
                        && connection.send(PeerAction.okBytes(""))));
        List<RawClient> clients = new ArrayList<>();
        String body = "x".repeat(1 << 20);
        for (int i = 0; i < connections; i++) {
            RawClient client = STAGE.client();
            clients.add(client);
            client.request("PUT", "a.localhost", "/", body, "Content-Length: " + body.length());
        }
        STAGE.a().awaitRequests(connections);
        uploaded.open();
        clients.forEach(client -> assertThat(client.response().status()).isEqualTo(200));
        long before = directMemory();
        for (int i = 0; i < connections; i++) {
            String small = "x".repeat(i % 2);
            clients.get(i).request("PUT", "a.localhost", "/wait", small, "Content-Length: " + small.length());
        }
        STAGE.a().awaitRequests(2 * connections);
        assertThat(directMemory() - before).isLessThan(4L << 20);
        answer.open();
        clients.forEach(client -> assertThat(client.response().status()).isEqualTo(200));
    }

    private static long directMemory() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"100-continue", "100-Continue"})
    void a_client_that_does_not_wait_for_100_is_served_too(String expectation) {
        RawClient client = STAGE.client();
        client.request("POST", "a.localhost", "/", "hello", "Expect: " + expectation, "Content-Length: 5");
        assertThat(client.response().body()).isEqualTo("A");
        assertThat(STAGE.a().completeRequest().body()).isEqualTo("hello");
    }

    @Test
    void a_refusal_instead_of_100_reaches_the_client() {
        STAGE.a()
                .always(new PeerAction.EarlyReply(
                        "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno", Then.CLOSE));
        RawClient client = STAGE.client();
        client.request("POST", "a.localhost", "/", "", "Expect: 100-continue", "Content-Length: 5");
        RawResponse response = client.response();
        assertThat(response.status()).isEqualTo(401);
        assertThat(response.body()).isEqualTo("no");
        assertThat(response.interim()).isEmpty();
    }

    @Test
    void an_unknown_expectation_is_refused() {
        RawResponse response = STAGE.client()
                .request("POST", "a.localhost", "/", "hello", "Expect: magic", "Content-Length: 5")
                .response();
        assertThat(response.status()).isEqualTo(417);
        assertThat(STAGE.a().requests()).isEmpty();
    }

    @Test
    void an_old_client_gets_no_100() {
        STAGE.a().always(PeerAction.reply("HTTP/1.1 100 Continue\r\n\r\n" + PeerAction.okBytes("x")));
        RawResponse response = STAGE.send(
                "POST / HTTP/1.0\r\nHost: a.localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.interim()).isEmpty();
        assertThat(STAGE.a().completeRequest().body()).isEqualTo("hello");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_answer_before_the_body_is_whole_reaches_a_client_that_is_still_sending(boolean chunked) {
        String early = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig";
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send(early);
            connection.wire().readSome(1000, Eventually.LIMIT);
            return false;
        }));
        RawClient client = STAGE.client();
        String piece = "x".repeat(10_000);
        client.request(
                "POST",
                "a.localhost",
                "/",
                chunked ? "2710\r\n" + piece + "\r\n" : piece,
                chunked ? "Transfer-Encoding: chunked" : "Content-Length: 100000000");
        RawResponse response = client.response();
        assertThat(response.status()).isEqualTo(413);
        assertThat(response.body()).isEqualTo("big");
        client.awaitEnd();
        STAGE.stillServes();
    }

    @Test
    void an_early_answer_may_stream_while_the_body_goes_on() {
        AtomicBoolean echoed = new AtomicBoolean();
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 3; i++) {
                String data = connection.wire().until("\n", Eventually.LIMIT);
                if (data == null) {
                    return false;
                }
                connection.send("4\r\n" + data + "\r\n");
            }
            echoed.set(connection.send("0\r\n\r\n"));
            return false;
        }));
        RawClient client = STAGE.client();
        client.request("POST", "a.localhost", "/", "", "Content-Length: 12");
        assertThat(client.head().status()).isEqualTo(200);
        for (String line : new String[] {"abc\n", "def\n", "ghi\n"}) {
            client.send(line);
            assertThat(client.wire().until(line + "\r\n", Eventually.LIMIT)).isEqualTo("4\r\n" + line + "\r\n");
        }
        assertThat(client.wire().until("0\r\n\r\n", Eventually.LIMIT)).isEqualTo("0\r\n\r\n");
        Eventually.until("the answer sent whole", echoed::get);
    }

    @Test
    void a_body_streams_to_the_upstream_before_it_is_whole() {
        Gate seen = new Gate();
        STAGE.a().always(PeerAction.script((connection, request) -> {
            String first = connection.wire().until("one", Eventually.LIMIT);
            if (first != null) {
                seen.open();
            }
            if (connection.wire().until("two", Eventually.LIMIT) != null) {
                connection.send(PeerAction.okBytes("both"));
            }
            return false;
        }));
        RawClient client = STAGE.client();
        client.request("POST", "a.localhost", "/", "one", "Content-Length: 6");
        assertThat(seen.await()).isTrue();
        client.send("two");
        assertThat(client.response().body()).isEqualTo("both");
    }

    @Test
    void a_client_that_goes_in_the_middle_of_its_body_takes_the_upstream_request_with_it() {
        STAGE.a().always(PeerAction.stall());
        for (boolean reset : new boolean[] {true, false}) {
            RawClient client = STAGE.client();
            client.request("POST", "a.localhost", "/", "half", "Content-Length: 100");
            BackendRequest request = STAGE.a().request();
            if (reset) {
                client.reset();
            } else {
                client.finish();
                assertThat(client.response("POST", Duration.ofSeconds(15)).status())
                        .isIn(0, 400);
            }
            Eventually.until(
                    "the upstream request is cancelled",
                    () -> request.connection().wire().end() != Wire.End.OPEN);
            assertThat(request.complete()).isFalse();
            STAGE.a().forget();
            STAGE.a().always(PeerAction.stall());
        }
    }
}

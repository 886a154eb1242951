package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.BackendRequest;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Http2Message;
import dev.loopgate.testkit.Http2Peer;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.Wire;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients of HTTP/2 that have others work for them, or smuggle: they are stopped, and nobody else is. */
class Http2AbuseTest {

    @RegisterExtension
    static final Stage STAGE = new Stage();

    @AfterEach
    void others_are_served() {
        STAGE.stillServes();
    }

    private static Http2Peer client() {
        Http2Peer peer = Http2Peer.client(STAGE.gateway().port());
        STAGE.keep(RawClient.over(peer.wire()));
        return peer;
    }

    /** CVE-2023-44487. */
    @Test
    void who_resets_stream_after_stream_is_shown_the_door() {
        STAGE.a().always(PeerAction.stall());
        Http2Peer client = client();
        for (int i = 0; i < 2_000 && client.goAway() < 0; i++) {
            client.reset(client.get("a.localhost", "/"), Http2Peer.CANCEL);
            client.holds(Duration.ofMillis(i < 450 ? 0 : 5), () -> client.goAway() >= 0);
        }
        assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
        assertThat(client.goAway()).isEqualTo(Http2Peer.ENHANCE_YOUR_CALM);
        Eventually.until("no upstream is kept busy", () -> STAGE.a().open() == 0);
    }

    @Test
    void who_leaves_a_page_is_not_taken_for_that() {
        Http2Peer client = client();
        for (int i = 0; i < 80; i++) {
            client.reset(client.get("a.localhost", "/"), Http2Peer.CANCEL);
        }
        assertThat(client.await(client.get("b.localhost", "/")).body()).isEqualTo("B");
    }

    /** CVE-2025-8671: has the gateway reset its streams instead. */
    @Test
    void who_makes_the_gateway_reset_stream_after_stream_is_shown_the_door() {
        STAGE.a().always(PeerAction.stall());
        Http2Peer client = client();
        for (int i = 0; i < 2_000; i++) {
            client.windowUpdate(client.get("a.localhost", "/"), 0);
        }
        assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
        Eventually.until("no upstream is kept busy", () -> STAGE.a().open() == 0);
    }

    /** CVE-2024-27983 and its kin. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_000})
    void a_header_without_an_end_is_cut_off(int length) {
        Http2Peer client = client();
        int stream = client.nextStream();
        client.frame(
                Http2Peer.HEADERS,
                0,
                stream,
                Http2Peer.section(":method", "GET", ":scheme", "http", ":authority", "a.localhost", ":path", "/"));
        byte[] more = length < 1_000 ? new byte[0] : Http2Peer.section("x", "y".repeat(length));
        for (int i = 0; i < 5_000; i++) {
            client.frame(Http2Peer.CONTINUATION, 0, stream, length == 1 ? new byte[] {(byte) 0x82} : more);
        }
        assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
        assertThat(STAGE.a().requests()).isEmpty();
    }

    /** CVE-2019-9512, CVE-2019-9515. */
    @ParameterizedTest
    @ValueSource(ints = {Http2Peer.PING, Http2Peer.SETTINGS})
    void answers_do_not_pile_up_for_who_does_not_read(int type) {
        AtomicInteger sent = new AtomicInteger();
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send("HTTP/1.1 200 OK\r\n\r\n");
            while (connection.wire().send(new byte[65_536])) {
                sent.incrementAndGet();
            }
            return false;
        }));
        Http2Peer client = Http2Peer.client(
                Wire.connectWithReceiveBuffer(STAGE.gateway().port(), 4 * 1024),
                Http2Peer.INITIAL_WINDOW_SIZE,
                Integer.MAX_VALUE);
        STAGE.keep(RawClient.over(client.wire()));
        client.windowUpdate(0, 1 << 30).get("a.localhost", "/");
        int[] seen = {0, 0};
        Eventually.until("the way back is full", () -> {
            int now = sent.get();
            seen[1] = now > 0 && now == seen[0] ? seen[1] + 1 : 0;
            seen[0] = now;
            return seen[1] == 100;
        });
        byte[] payload = type == Http2Peer.PING ? new byte[8] : new byte[0];
        for (int i = 0; i < 1_100; i++) {
            client.frame(type, 0, 0, payload);
        }
        Eventually.until("the gateway has enough", () -> STAGE.gateway().connections() == 0);
    }

    /** CVE-2019-9518. */
    @Test
    void frames_without_anything_in_them_are_cut_off() {
        STAGE.a().always(PeerAction.stall());
        Http2Peer client = client();
        int stream = client.request("POST", "a.localhost", "/", false);
        for (int i = 0; i < 5_000; i++) {
            client.data(stream, "", false);
        }
        assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
    }

    /** CVE-2016-6581: one entry of the table, a thousand times. */
    @Test
    void a_section_that_grows_when_it_is_unpacked_is_refused() {
        Http2Peer client = client();
        ByteArrayOutputStream section = new ByteArrayOutputStream();
        section.writeBytes(
                Http2Peer.section(":method", "GET", ":scheme", "http", ":authority", "a.localhost", ":path", "/"));
        byte[] literal = Http2Peer.section("x", "y".repeat(4_000));
        literal[0] = 0x40;
        section.writeBytes(literal);
        byte[] again = new byte[10_000];
        Arrays.fill(again, (byte) (0x80 | 62));
        section.writeBytes(again);
        int stream = client.nextStream();
        client.frame(Http2Peer.HEADERS, Http2Peer.END_HEADERS | Http2Peer.END_STREAM, stream, section.toByteArray());
        client.holds(
                Eventually.LIMIT,
                () -> client.message(stream).ended()
                        || client.message(stream).reset().isPresent());
        assertThat(client.message(stream).status()).isIn(0, 431);
        assertThat(STAGE.a().requests()).isEmpty();
    }

    @Test
    void a_window_over_its_limit_is_an_error() {
        Http2Peer client = client();
        STAGE.a().always(PeerAction.stall());
        int stream = client.get("a.localhost", "/");
        client.windowUpdate(stream, Integer.MAX_VALUE);
        assertThat(client.await(stream).reset()).contains(3L);
        client.windowUpdate(0, Integer.MAX_VALUE);
        assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
        assertThat(client.goAway()).isEqualTo(3);
    }

    @Test
    void more_than_the_windows_let_through_is_an_error() {
        // Nobody takes any of it.
        STAGE.gateway()
                .install(Sites.of(
                        Sites.proxy("b.localhost", STAGE.b().port()),
                        Sites.proxy(
                                "nobody.localhost",
                                STAGE.closedPort(),
                                Sites.options().waitMillis(60_000).build())));
        Http2Peer client = client();
        int stream = client.request("POST", "nobody.localhost", "/", false);
        for (int i = 0; i < 20; i++) {
            client.data(stream, "x".repeat(16_384), false);
        }
        client.holds(
                Eventually.LIMIT,
                () -> client.goAway() >= 0 || client.message(stream).reset().isPresent());
        assertThat(client.goAway() == 3 || client.message(stream).reset().equals(java.util.Optional.of(3L)))
                .isTrue();
    }

    @Test
    void a_length_that_is_not_that_of_the_body_never_becomes_a_second_request() {
        for (String length : List.of("0", "5", "60", "-1", "+5", "5, 5", "0x5", "18446744073709551621", "")) {
            STAGE.a().forget();
            Http2Peer client = client();
            int stream = client.request("POST", "a.localhost", "/", false, "content-length", length);
            client.data(stream, "GET /smuggled HTTP/1.1\r\nHost: a.localhost\r\n\r\n", true);
            Http2Message answer = client.await(stream);
            assertThat(answer.status()).as(length).isIn(0, 400);
            noneOrWhole(length);
        }
    }

    private static void noneOrWhole(String what) {
        for (BackendRequest request : STAGE.a().requests()) {
            assertThat(request.complete() && request.target().contains("smuggled"))
                    .as(what + request)
                    .isFalse();
            assertThat(request.faults()).as(what).isEmpty();
        }
    }

    /** Each is one field of a request, its value behind the first colon but one. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "transfer-encoding=chunked",
                "transfer-encoding=identity",
                "connection=close",
                "connection=x",
                "keep-alive=1",
                "upgrade=h2c",
                "proxy-connection=close",
                "te=gzip",
                "te=trailers, gzip",
                "host=b.localhost",
                "x=a\r\nTransfer-Encoding: chunked",
                "x=a\nb",
                "x=a\rb",
                "x=a\0b",
                "x= a",
                "x=a ",
                "X=a",
                "x y=a",
                "x\r\n=a",
                "x:y=a",
                "=a",
                "transfer-encoding\0=chunked",
                "content-length=5\r\n",
                "cookie=a\r\nb",
                ":path=/twice",
                ":late=1",
                "x\u00e9=a",
                "content-length=1\0"
            })
    void what_no_request_may_hold_reaches_no_upstream(String field) {
        int cut = field.indexOf('=');
        Http2Peer client = client();
        int stream =
                client.request("POST", "a.localhost", "/", false, field.substring(0, cut), field.substring(cut + 1));
        client.data(stream, "hello", true);
        Http2Message answer = client.await(stream);
        assertThat(answer.status()).isIn(0, 400);
        assertThat(STAGE.a().requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":method=GET / HTTP/1.1\r\nX: y",
                ":method=G T",
                ":method=",
                ":method=GET\0",
                ":path=",
                ":path=x",
                ":path=/ HTTP/1.1\r\nX: y",
                ":path=/a b",
                ":path=/a\r\n",
                ":path=/a\0",
                ":path=/a#b",
                ":path=/\u007f",
                ":path=*",
                ":path=http://b.localhost/",
                ":authority=a.localhost\r\nX: y",
                ":authority=a.localhost b.localhost",
                ":authority=user@a.localhost",
                ":authority=a.localhost/",
                ":authority=a.localhost,b.localhost",
                ":authority=",
                ":authority= a.localhost",
                ":authority=a.localhost:99999",
                ":method=CONNECT"
            })
    void what_no_request_line_may_hold_reaches_no_upstream(String pseudo) {
        int cut = pseudo.indexOf('=');
        String[] fields = {":method", "GET", ":scheme", "http", ":authority", "a.localhost", ":path", "/"};
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i].equals(pseudo.substring(0, cut))) {
                fields[i + 1] = pseudo.substring(cut + 1);
            }
        }
        Http2Peer client = client();
        int stream = client.nextStream();
        client.headers(stream, true, fields);
        assertThat(client.await(stream).status()).isIn(0, 400);
        assertThat(STAGE.a().requests()).isEmpty();
        assertThat(client.await(client.get("b.localhost", "/")).body()).isEqualTo("B");
    }

    @Test
    void trailers_frame_and_route_nothing() {
        Http2Peer client = client();
        int stream = client.request("POST", "a.localhost", "/", false);
        client.data(stream, "abc", false)
                .headers(
                        stream, true, "content-length", "9", "host", "b.localhost", "authorization", "x", "x-sum", "1");
        Http2Message answer = client.await(stream);
        if (answer.status() == 200) {
            assertThat(STAGE.a().completeRequest().trailers()).hasSize(1);
        }
        for (String name : List.of(":path", "transfer-encoding", "connection", "X-Upper", "x\r\ny", "x y")) {
            STAGE.a().forget();
            int next = client.request("POST", "a.localhost", "/", false);
            client.data(next, "abc", false).headers(next, true, name, "a");
            assertThat(client.await(next).status()).as(name).isIn(0, 400);
            assertThat(STAGE.a().requests()).as(name).noneMatch(BackendRequest::complete);
        }
    }
}

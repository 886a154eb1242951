package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Field;
import dev.loopgate.testkit.Http2Message;
import dev.loopgate.testkit.Http2Peer;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Upstreams that speak HTTP/2 with prior knowledge, before clients of each version. */
class UpstreamHttp2Test {

    @RegisterExtension
    @Order(1)
    static final Stage STAGE = new Stage();

    @RegisterExtension
    @Order(2)
    static final Http2Backend BACKEND = new Http2Backend(STAGE);

    @Test
    void a_request_of_http1_becomes_one_of_http2() {
        List<Http2Message> seen = new CopyOnWriteArrayList<>();
        BACKEND.serve(peer -> {
            int stream = peer.awaitRequest();
            seen.add(peer.await(stream));
            Http2Backend.answer(peer, stream, "done");
            peer.awaitEnd();
        });
        RawResponse response = STAGE.get(
                "h2.localhost:81", "/a?b=%2f", "X-One: 1", "Connection: keep-alive", "x-one: 2", "TE: trailers");
        assertThat(response.body()).isEqualTo("done");
        assertThat(response.clean()).isTrue();
        Http2Message request = seen.get(0);
        assertThat(request.field(":method")).isEqualTo("GET");
        assertThat(request.field(":scheme")).isEqualTo("http");
        assertThat(request.field(":authority")).isEqualTo("h2.localhost:81");
        assertThat(request.field(":path")).isEqualTo("/a?b=%2f");
        assertThat(request.all("x-one")).containsExactly("1", "2");
        assertThat(request.field("x-forwarded-for")).isEqualTo("127.0.0.1");
        assertThat(request.field("via")).startsWith("1.1 ");
        assertThat(request.fields())
                .allMatch(field -> field.name().equals(field.name().toLowerCase(java.util.Locale.ROOT)));
        assertThat(request.fields().stream().map(Field::name)).doesNotContain("host", "connection", "keep-alive");
    }

    @Test
    void bodies_of_unknown_length_and_their_trailers_pass_both_ways() {
        List<Http2Message> seen = new CopyOnWriteArrayList<>();
        BACKEND.serve(peer -> {
            int stream = peer.awaitRequest();
            seen.add(peer.await(stream));
            peer.headers(stream, false, ":status", "200")
                    .data(stream, "he", false)
                    .data(stream, "", false);
            peer.data(stream, "llo", false).headers(stream, true, "x-sum", "7");
            peer.awaitEnd();
        });
        RawClient client = STAGE.client();
        client.request(
                "POST",
                "h2.localhost",
                "/",
                "3\r\nabc\r\n2\r\nde\r\n0\r\nX-Up: 1\r\n\r\n",
                "Transfer-Encoding: chunked",
                "TE: trailers");
        RawResponse response = client.response();
        assertThat(response.body()).isEqualTo("hello");
        assertThat(response.framing()).isEqualTo(RawResponse.Framing.CHUNKED);
        assertThat(response.clean()).isTrue();
        assertThat(Field.values(response.trailers(), "x-sum")).containsExactly("7");
        assertThat(seen.get(0).body()).isEqualTo("abcde");
        assertThat(seen.get(0).trailer("x-up")).isEqualTo("1");
        assertThat(seen.get(0).fields().stream().map(Field::name)).doesNotContain("transfer-encoding");
    }

    @Test
    void a_client_of_http10_learns_the_end_from_that_of_its_connection() {
        BACKEND.serve(peer -> {
            int stream = peer.awaitRequest();
            peer.headers(stream, false, ":status", "200")
                    .data(stream, "hello", false)
                    .headers(stream, true, "x", "y");
            peer.awaitEnd();
        });
        RawResponse response = STAGE.client()
                .send("GET / HTTP/1.0\r\nHost: h2.localhost\r\n\r\n")
                .response();
        assertThat(response.body()).isEqualTo("hello");
        assertThat(response.framing()).isEqualTo(RawResponse.Framing.CLOSE);
        assertThat(response.clean()).isTrue();
    }

    @Test
    void messages_pass_both_ways_before_either_side_has_said_all() {
        BACKEND.serve(peer -> {
            int stream = peer.awaitRequest();
            peer.headers(stream, false, ":status", "200");
            Http2Message request = peer.message(stream);
            for (int i = 1; i <= 3; i++) {
                int length = i;
                peer.until("a message", () -> request.bodyLength() == length);
                peer.data(stream, "m" + i, false);
            }
            peer.await(stream);
            peer.headers(stream, true, "grpc-status", "0");
            peer.awaitEnd();
        });
        Http2Peer client = STAGE.http2Client();
        int stream = client.request("POST", "h2.localhost", "/", false, "te", "trailers");
        assertThat(client.awaitHead(stream).status()).isEqualTo(200);
        for (int i = 1; i <= 3; i++) {
            client.data(stream, "x", false);
            int length = 2 * i;
            client.until("an answer", () -> client.message(stream).bodyLength() == length);
        }
        Http2Message whole = client.data(stream, "", true).await(stream);
        assertThat(whole.body()).isEqualTo("m1m2m3");
        assertThat(whole.trailer("grpc-status")).isEqualTo("0");
        assertThat(whole.ended()).isTrue();
    }

    @Test
    void one_connection_carries_many_exchanges_at_once() {
        CountDownLatch together = new CountDownLatch(1);
        BACKEND.serve(peer -> {
            Http2Backend.answer(peer, peer.awaitRequest(), "first");
            int[] streams = new int[30];
            for (int i = 0; i < streams.length; i++) {
                streams[i] = peer.awaitRequest();
            }
            together.countDown();
            for (int stream : streams) {
                Http2Backend.answer(peer, stream, peer.message(stream).field(":path"));
            }
            peer.awaitEnd();
        });
        Http2Peer client = STAGE.http2Client();
        assertThat(client.await(client.get("h2.localhost", "/")).body()).isEqualTo("first");
        int first = client.get("h2.localhost", "/0");
        for (int i = 1; i < 30; i++) {
            client.get("h2.localhost", "/" + i);
        }
        for (int i = 0; i < 30; i++) {
            assertThat(client.await(first + 2 * i).body()).isEqualTo("/" + i);
        }
        assertThat(together.getCount()).isZero();
        assertThat(BACKEND.accepted()).isEqualTo(1);
    }

    @Test
    void an_upstream_gets_no_more_at_once_than_it_allows() {
        AtomicInteger most = new AtomicInteger();
        AtomicInteger requests = new AtomicInteger();
        BACKEND.serve(
                peer -> {
                    for (int stream = peer.awaitRequest(); stream > 0; stream = peer.awaitRequest()) {
                        int open = 1;
                        int other = stream;
                        if (requests.incrementAndGet() > 1) {
                            // Time for others to come, where they do.
                            int known = stream;
                            peer.holds(
                                    Duration.ofMillis(200),
                                    () -> !peer.message(known + 2).fields().isEmpty());
                            open += peer.message(known + 2).fields().isEmpty() ? 0 : 1;
                        }
                        most.accumulateAndGet(open, Math::max);
                        Http2Backend.answer(peer, other, "one");
                    }
                },
                Http2Peer.MAX_CONCURRENT_STREAMS,
                1);
        Http2Peer client = STAGE.http2Client();
        client.await(client.get("h2.localhost", "/"));
        int first = client.get("h2.localhost", "/1");
        int second = client.get("h2.localhost", "/2");
        int third = client.get("h2.localhost", "/3");
        for (int stream : List.of(first, second, third)) {
            assertThat(client.await(stream).body()).isEqualTo("one");
        }
        assertThat(most).hasValue(1);
        assertThat(BACKEND.accepted()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"HEAD, 200, 5", "GET, 204, ", "GET, 304, 5", "GET, 200, 0"})
    void an_answer_without_a_body_leaves_the_connection_as_it_is(String method, String status, String length) {
        BACKEND.serve(peer -> {
            for (int stream = peer.awaitRequest(); stream > 0; stream = peer.awaitRequest()) {
                if (length == null) {
                    peer.headers(stream, true, ":status", status);
                } else {
                    peer.headers(stream, true, ":status", status, "content-length", length);
                }
            }
        });
        RawClient client = STAGE.client();
        for (int i = 0; i < 3; i++) {
            RawResponse response =
                    client.request(method, "h2.localhost", "/", "").response(method, Eventually.LIMIT);
            assertThat(response.status()).isEqualTo(Integer.parseInt(status));
            assertThat(response.clean()).isTrue();
            assertThat(response.all("Transfer-Encoding")).isEmpty();
        }
        assertThat(BACKEND.accepted()).isEqualTo(1);
    }

    @Test
    void interim_answers_have_no_framing() {
        BACKEND.serve(peer -> {
            int stream = peer.awaitRequest();
            peer.headers(stream, false, ":status", "103", "link", "</a.css>");
            Http2Backend.answer(peer, stream, "done");
            peer.awaitEnd();
        });
        RawResponse response = STAGE.get("h2.localhost", "/");
        assertThat(response.interim()).containsExactly(103);
        assertThat(response.interimHeads().get(0)).contains("link: </a.css>").doesNotContainIgnoringCase("transfer");
        assertThat(response.body()).isEqualTo("done");
    }

    @Test
    void a_client_that_is_slow_to_read_holds_its_upstream_back_and_no_other() {
        AtomicLong sent = new AtomicLong();
        CountDownLatch slow = new CountDownLatch(1);
        BACKEND.serve(peer -> {
            int stream = peer.awaitRequest();
            peer.headers(stream, false, ":status", "200");
            byte[] bulk = new byte[16_384];
            while (peer.holds(Duration.ofMillis(400), () -> peer.mayOffer(stream)) && sent.get() < 32 << 20) {
                sent.addAndGet(peer.offer(stream, bulk, 0, false));
            }
            slow.countDown();
            Http2Backend.echoPaths(peer);
        });
        RawClient client = STAGE.narrowClient();
        client.get("h2.localhost", "/bulk");
        Eventually.until("the upstream is held back", () -> slow.getCount() == 0);
        assertThat(sent.get()).isLessThan(16 << 20);
        assertThat(STAGE.get("h2.localhost", "/other").body()).isEqualTo("/other");
        assertThat(BACKEND.accepted()).isEqualTo(1);
    }

    @Test
    void an_upstream_that_opens_no_window_holds_the_upload_back() {
        AtomicLong sent = new AtomicLong();
        CountDownLatch opened = new CountDownLatch(1);
        List<Http2Message> whole = new CopyOnWriteArrayList<>();
        BACKEND.serve(peer -> {
            int stream = peer.awaitRequest();
            peer.hold(stream);
            peer.holds(
                    Eventually.LIMIT,
                    () -> opened.getCount() == 0 || peer.message(stream).bodyLength() >= 65_535);
            try {
                opened.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            peer.windowUpdate(stream, 1 << 30);
            whole.add(peer.await(stream));
            Http2Backend.answer(peer, stream, "whole");
            peer.awaitEnd();
        });
        RawClient client = STAGE.client();
        byte[] piece = new byte[64 << 10];
        int pieces = 384;
        client.request("POST", "h2.localhost", "/", "", "Content-Length: " + pieces * piece.length);
        Thread sender = new Thread(() -> {
            for (int i = 0; i < pieces && client.wire().send(piece); i++) {
                sent.addAndGet(piece.length);
            }
        });
        sender.start();
        long[] seen = {-1, 0};
        Eventually.until("nothing more is taken", () -> {
            long now = sent.get();
            seen[1] = now > 0 && now == seen[0] ? seen[1] + 1 : 0;
            seen[0] = now;
            return seen[1] == 100;
        });
        assertThat(sent.get()).isLessThan(16 << 20);
        opened.countDown();
        assertThat(client.response().body()).isEqualTo("whole");
        assertThat(whole.get(0).bodyLength()).isEqualTo(pieces * piece.length);
    }

    @Test
    void a_route_that_keeps_no_connections_has_one_for_each_exchange() {
        BACKEND.serve(Http2Backend::echoPaths);
        STAGE.gateway()
                .install(Http2Backend.configuration(
                        STAGE, BACKEND.port(), Sites.options().keepAlive(false).build()));
        for (int i = 1; i <= 3; i++) {
            assertThat(STAGE.get("h2.localhost", "/" + i).body()).isEqualTo("/" + i);
            assertThat(BACKEND.accepted()).isEqualTo(i);
        }
        Eventually.until("none is kept", () -> BACKEND.open() == 0);
    }
}

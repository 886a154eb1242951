package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.RouteOptions;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Http2Message;
import dev.loopgate.testkit.Http2Peer;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.TcpPeer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Upstreams of HTTP/2 that refuse, leave, break off or lie, and those that speak something else. */
class UpstreamHttp2FaultTest {

    @RegisterExtension
    @Order(1)
    static final Stage STAGE = new Stage();

    @RegisterExtension
    @Order(2)
    static final Http2Backend BACKEND = new Http2Backend(STAGE);

    @Test
    void what_an_upstream_that_leaves_is_at_is_finished_and_the_next_request_takes_another_connection() {
        BACKEND.serve(peer -> {
            int stream = peer.awaitRequest();
            peer.headers(stream, false, ":status", "200").data(stream, "half", false);
            peer.goAway(stream, 0).roundTrip();
            peer.data(stream, "whole", true);
            peer.awaitEnd();
        });
        RawClient client = STAGE.client();
        for (int i = 1; i <= 3; i++) {
            RawResponse response = client.get("h2.localhost", "/").response();
            assertThat(response.body()).isEqualTo("halfwhole");
            assertThat(response.clean()).isTrue();
            assertThat(BACKEND.accepted()).isEqualTo(i);
        }
        Eventually.until("the gateway has left, too", () -> BACKEND.open() == 0);
    }

    /**
     * Serves all that is asked but one request on the first connection, the first or the second, and those behind it there.
     *
     * @param leaves whether that connection is left; else the streams are refused
     * @return the methods and bodies of what was served
     */
    private static List<String> serveAllBut(int refused, boolean leaves) {
        List<String> served = new CopyOnWriteArrayList<>();
        AtomicInteger connections = new AtomicInteger();
        BACKEND.serve(peer -> {
            boolean first = connections.incrementAndGet() == 1;
            int last = 0;
            for (int stream = peer.awaitRequest(); stream > 0; stream = peer.awaitRequest()) {
                Http2Message request = peer.await(stream);
                if (!first || stream < 2 * refused - 1) {
                    last = stream;
                    served.add(request.field(":method") + request.body());
                    Http2Backend.answer(peer, stream, "served");
                } else if (leaves) {
                    peer.goAway(last, 0);
                } else {
                    peer.reset(stream, Http2Peer.REFUSED_STREAM);
                }
            }
        });
        return served;
    }

    /** RFC 9113 §8.7: whatever the method, what was not looked at may be sent again. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_an_upstream_has_not_looked_at_goes_to_another_connection(boolean leaves) {
        List<String> served = serveAllBut(2, leaves);
        assertThat(STAGE.get("h2.localhost", "/").body()).isEqualTo("served");
        RawClient client = STAGE.client();
        RawResponse response = client.request("POST", "h2.localhost", "/", "abc", "Content-Length: 3")
                .response();
        assertThat(response.body()).isEqualTo("served");
        assertThat(served).containsExactly("GET", "POSTabc");
    }

    /** The frames of a request seldom come at once: gRPC sends its message behind the head. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_body_that_came_behind_the_head_goes_to_another_connection_as_well(boolean leaves) {
        List<String> served = serveAllBut(1, leaves);
        Http2Peer client = STAGE.http2Client();
        int stream = client.request("POST", "h2.localhost", "/", false);
        client.roundTrip().data(stream, "ab", false);
        client.roundTrip().data(stream, "cd", true);
        assertThat(client.await(stream).body()).isEqualTo("served");
        assertThat(served).containsExactly("POSTabcd");
    }

    @Test
    void a_body_too_large_to_be_kept_is_not_sent_again() {
        List<String> served = new CopyOnWriteArrayList<>();
        BACKEND.serve(peer -> {
            for (int stream = peer.awaitRequest(); stream > 0; stream = peer.awaitRequest()) {
                int own = stream;
                peer.until("20,000 bytes", () -> peer.message(own).body().length() == 20_000);
                served.add("once");
                peer.reset(stream, Http2Peer.REFUSED_STREAM);
            }
        });
        Http2Peer client = STAGE.http2Client();
        int stream = client.request("POST", "h2.localhost", "/", false);
        client.roundTrip().upload(stream, "x".repeat(20_000).getBytes(StandardCharsets.US_ASCII), true);
        assertThat(client.await(stream).status()).isEqualTo(502);
        assertThat(served).hasSize(1);
    }

    @Test
    void an_upstream_that_refuses_again_and_again_is_not_asked_forever() {
        AtomicInteger requests = new AtomicInteger();
        BACKEND.serve(peer -> {
            for (int stream = peer.awaitRequest(); stream > 0; stream = peer.awaitRequest()) {
                requests.incrementAndGet();
                peer.reset(stream, Http2Peer.REFUSED_STREAM);
            }
        });
        assertThat(STAGE.get("h2.localhost", "/").status()).isEqualTo(502);
        assertThat(requests).hasValue(2);
    }

    @Test
    void a_reset_fails_its_own_exchange_and_leaves_its_place_to_the_next() {
        AtomicInteger posts = new AtomicInteger();
        BACKEND.serve(
                peer -> {
                    for (int stream = peer.awaitRequest(); stream > 0; stream = peer.awaitRequest()) {
                        if (peer.message(stream).field(":method").equals("POST")) {
                            posts.incrementAndGet();
                            peer.reset(stream, 2);
                        } else {
                            Http2Backend.answer(peer, stream, "fine");
                        }
                    }
                },
                Http2Peer.MAX_CONCURRENT_STREAMS,
                1);
        RawClient client = STAGE.client();
        for (int i = 0; i < 3; i++) {
            assertThat(client.get("h2.localhost", "/").response().body()).isEqualTo("fine");
            RawResponse response = client.request("POST", "h2.localhost", "/", "abc", "Content-Length: 3")
                    .response();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.error()).isEqualTo("connection-reset");
        }
        assertThat(posts).hasValue(3);
        assertThat(BACKEND.accepted()).isEqualTo(1);
    }

    @Test
    void half_an_answer_is_not_passed_off_as_whole() {
        BACKEND.serve(peer -> {
            for (int stream = peer.awaitRequest(); stream > 0; stream = peer.awaitRequest()) {
                peer.headers(stream, false, ":status", "200").data(stream, "half", false);
                peer.roundTrip().reset(stream, 2);
            }
        });
        assertThat(STAGE.get("h2.localhost", "/").clean()).isFalse();
        Http2Peer client = STAGE.http2Client();
        Http2Message answer = client.await(client.get("h2.localhost", "/"));
        assertThat(answer.ended()).isFalse();
        assertThat(answer.reset()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_connection_that_died_while_idle_is_not_noticed_by_who_asks_next(boolean byReset) {
        BACKEND.serve(Http2Backend::echoPaths);
        for (int i = 0; i < 5; i++) {
            assertThat(STAGE.get("h2.localhost", "/" + i).body()).isEqualTo("/" + i);
            BACKEND.dropAll(byReset);
        }
    }

    @Test
    void a_client_that_is_gone_cancels_its_stream_and_not_the_connection() {
        CountDownLatch asked = new CountDownLatch(1);
        List<Http2Message> cancelled = new CopyOnWriteArrayList<>();
        BACKEND.serve(peer -> {
            int stream = peer.awaitRequest();
            asked.countDown();
            peer.until("a reset", () -> peer.message(stream).reset().isPresent());
            cancelled.add(peer.message(stream));
            Http2Backend.echoPaths(peer);
        });
        RawClient client = STAGE.client().get("h2.localhost", "/never");
        Eventually.until("the request is there", () -> asked.getCount() == 0);
        client.reset();
        Eventually.until("the stream is cancelled", () -> !cancelled.isEmpty());
        assertThat(cancelled.get(0).reset()).contains(Http2Peer.CANCEL);
        assertThat(STAGE.get("h2.localhost", "/next").body()).isEqualTo("/next");
        assertThat(BACKEND.accepted()).isEqualTo(1);
    }

    @Test
    void a_stream_whose_answer_is_whole_may_end_a_little_later() {
        List<Long> resets = new CopyOnWriteArrayList<>();
        BACKEND.serve(peer -> {
            for (int stream = peer.awaitRequest(); stream > 0; stream = peer.awaitRequest()) {
                peer.headers(stream, false, ":status", "200", "content-length", "5")
                        .data(stream, "hello", false);
                peer.roundTrip().roundTrip();
                peer.message(stream).reset().ifPresent(resets::add);
                peer.data(stream, "", true);
            }
        });
        RawClient client = STAGE.client();
        for (int i = 0; i < 3; i++) {
            assertThat(client.get("h2.localhost", "/").response().body()).isEqualTo("hello");
        }
        assertThat(resets).isEmpty();
        assertThat(BACKEND.accepted()).isEqualTo(1);
    }

    @Test
    void interim_answers_without_an_end_are_a_502_and_a_reset() {
        List<Long> resets = new CopyOnWriteArrayList<>();
        BACKEND.serve(peer -> {
            int stream = peer.awaitRequest();
            for (int i = 0; i < 2_000; i++) {
                peer.headers(stream, false, ":status", "103", "link", "</a.css>");
            }
            peer.until("a reset", () -> peer.message(stream).reset().isPresent());
            resets.add(peer.message(stream).reset().orElseThrow());
            Http2Backend.echoPaths(peer);
        });
        Http2Peer client = STAGE.http2Client();
        Http2Message answer = client.await(client.get("h2.localhost", "/"));
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.error()).isEqualTo("bad-response");
        assertThat(client.await(client.get("h2.localhost", "/next")).body()).isEqualTo("/next");
        assertThat(resets).containsExactly(Http2Peer.CANCEL);
        assertThat(BACKEND.accepted()).isEqualTo(1);
    }

    @Test
    void a_server_of_http1_is_told_apart() {
        STAGE.gateway().install(Http2Backend.configuration(STAGE, STAGE.a().port(), RouteOptions.DEFAULT));
        STAGE.a()
                .always(dev.loopgate.testkit.PeerAction.replyThenClose(
                        "HTTP/1.1 505 HTTP Version Not Supported\r\n\r\n"));
        RawResponse response = STAGE.get("h2.localhost", "/");
        assertThat(response.status()).isEqualTo(502);
        assertThat(response.error()).isEqualTo("wrong-protocol");
        assertThat(response.body()).contains("HTTP/2", "http://");
    }

    @Test
    void a_server_of_http2_is_told_apart_where_http1_is_spoken() {
        try (TcpPeer strict = TcpPeer.start(wire -> {
            Http2Peer peer = Http2Peer.server(wire);
            peer.goAway(0, 1);
        })) {
            STAGE.gateway().install(Sites.of(Sites.proxy("h1.localhost", strict.port())));
            RawResponse response = STAGE.get("h1.localhost", "/");
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.error()).isEqualTo("wrong-protocol");
            assertThat(response.body()).contains("h2c://");
        }
    }
}

package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Http2Message;
import dev.loopgate.testkit.Http2Peer;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.Stage;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers of upstreams of HTTP/2 that have no body, and such that are none. */
class UpstreamHttp2AnswerTest {

    @RegisterExtension
    @Order(1)
    static final Stage STAGE = new Stage();

    @RegisterExtension
    @Order(2)
    static final Http2Backend BACKEND = new Http2Backend(STAGE);

    /** RFC 9112 §6.3: on a connection that goes on, silence about the length would be an answer without an end. */
    @Test
    void an_answer_without_a_body_ends_where_a_client_of_http1_waits_for_one() {
        BACKEND.serve(peer -> {
            for (int stream = peer.awaitRequest(); stream > 0; stream = peer.awaitRequest()) {
                String status = peer.message(stream).field(":path").substring(1);
                peer.headers(stream, true, ":status", status, "grpc-status", "0");
            }
        });
        RawClient client = STAGE.client();
        for (String status : List.of("200", "205", "404", "204", "304", "200")) {
            RawResponse response = client.get("h2.localhost", "/" + status).response();
            assertThat(response.status()).isEqualTo(Integer.parseInt(status));
            assertThat(response.clean()).isTrue();
            boolean counted = !status.equals("204") && !status.equals("304");
            assertThat(response.head().contains("Content-Length: 0\r\n")).isEqualTo(counted);
        }
        RawResponse toHead = client.request("HEAD", "h2.localhost", "/200", "").response("HEAD", Eventually.LIMIT);
        assertThat(toHead.head()).doesNotContainIgnoringCase("content-length");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x: y",
                ":status: 200, :status: 200",
                ":status: 2 0",
                ":status: 101",
                ":status: 200, connection: close",
                ":status: 200, transfer-encoding: chunked",
                ":status: 200, X-Upper: 1",
                ":status: 200, content-length: x",
                ":status: 200, content-length: 5, content-length: 6",
                ":status: 200, x: a\r\nb",
                ":status: 200, :path: /",
                ":status: 200, x\u00e4: 1",
            })
    void an_answer_that_is_none_is_a_502(String section) {
        String[] fields = section.split(", |(?<=.): ", -1);
        BACKEND.serve(peer -> {
            for (int stream = peer.awaitRequest(); stream > 0; stream = peer.awaitRequest()) {
                peer.headers(stream, false, fields).data(stream, "", true);
            }
        });
        RawResponse response = STAGE.get("h2.localhost", "/");
        assertThat(response.status()).isEqualTo(502);
        assertThat(response.error()).isEqualTo("bad-response");
    }

    /** RFC 9113 §8.1: DATA comes behind HEADERS, and no interim answer ends a stream. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_answer_that_lacks_its_head_is_a_502(boolean body) {
        BACKEND.serve(peer -> {
            for (int stream = peer.awaitRequest(); stream > 0; stream = peer.awaitRequest()) {
                if (body) {
                    peer.data(stream, "body", true);
                } else {
                    peer.headers(stream, true, ":status", "103");
                }
            }
        });
        Http2Peer http2 = STAGE.http2Client();
        Http2Message answer = http2.await(http2.get("h2.localhost", "/"));
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.error()).isEqualTo("bad-response");
        assertThat(STAGE.get("h2.localhost", "/").error()).isEqualTo("bad-response");
    }

    @Test
    void a_fault_of_the_connection_is_told_of_what_was_under_way() {
        BACKEND.serve(peer -> {
            int stream = peer.awaitRequest();
            peer.frame(Http2Peer.WINDOW_UPDATE, 0, stream, new byte[3]);
            peer.awaitEnd();
        });
        RawResponse response = STAGE.get("h2.localhost", "/");
        assertThat(response.status()).isEqualTo(502);
        assertThat(response.error()).isEqualTo("bad-response");
        assertThat(response.body()).contains("not as HTTP/2 has it");
    }

    /** RFC 9113 §8.1.1: so that whoever looks for the reason finds it at the backend, too. */
    @Test
    void the_upstream_is_told_that_the_fault_is_its_own() {
        List<Long> resets = new CopyOnWriteArrayList<>();
        BACKEND.serve(peer -> {
            int stream = peer.awaitRequest();
            peer.headers(stream, false, ":status", "200", "X-Upper", "1");
            peer.until("a reset", () -> peer.message(stream).reset().isPresent());
            resets.add(peer.message(stream).reset().orElseThrow());
            Http2Backend.echoPaths(peer);
        });
        RawClient client = STAGE.client();
        assertThat(client.get("h2.localhost", "/").response().error()).isEqualTo("bad-response");
        assertThat(client.get("h2.localhost", "/next").response().body()).isEqualTo("/next");
        assertThat(resets).containsExactly(Http2Peer.PROTOCOL_ERROR);
    }
}

package dev.loopgate.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client straight to a backend: what the tests trust must itself be right. */
class TestkitTest {

    @Test
    void a_client_reads_what_a_backend_answers_and_both_keep_their_connection() {
        try (ScriptedBackend backend = ScriptedBackend.start("b");
                RawClient client = RawClient.connect(backend.port())) {
            backend.next(PeerAction.echo(), PeerAction.ok("two", "X-A: 1"));
            assertThat(client.request("POST", "h", "/a", "hello", "Content-Length: 5")
                            .response()
                            .body())
                    .isEqualTo("hello");
            RawResponse second = client.get("h", "/b").response();
            assertThat(second.body()).isEqualTo("two");
            assertThat(second.all("x-a")).containsExactly("1");
            assertThat(client.get("h", "/c").response().body()).isEqualTo("b");
            assertThat(backend.accepted()).isEqualTo(1);
            assertThat(backend.requests())
                    .hasSize(3)
                    .allMatch(request -> request.faults().isEmpty());
            assertThat(backend.requests().get(0).body()).isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel', CLOSE, TRUNCATED, LENGTH",
        "'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel', RESET, RESET, LENGTH",
        "'HTTP/1.1 200 OK\r\n\r\nhel', CLOSE, CLEAN, CLOSE",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n', CLOSE, CLEAN, CHUNKED",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', CLOSE, TRUNCATED, CHUNKED",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n', CLOSE, MALFORMED, CHUNKED",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc', CLOSE, MALFORMED, AMBIGUOUS",
        "'HTTP/1.1 2', CLOSE, TRUNCATED, NONE",
        "'', CLOSE, NONE, NONE",
    })
    void a_client_tells_how_an_answer_ended(
            String bytes, PeerAction.Then then, RawResponse.End end, RawResponse.Framing framing) {
        try (ScriptedBackend backend = ScriptedBackend.start("b");
                RawClient client = RawClient.connect(backend.port())) {
            backend.always(new PeerAction.Reply(bytes, then));
            RawResponse response = client.get("h", "/").response();
            if (end == RawResponse.End.RESET) {
                // What was sent before a reset may be lost with it.
                assertThat(response.end()).isEqualTo(end);
            } else {
                assertThat(response.end()).isEqualTo(end);
                assertThat(response.framing()).isEqualTo(framing);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na'",
        "'GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'",
        "'GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'",
        "'GET / HTTP/1.1\r\nHost: h\r\nX : y\r\n\r\n'",
        "'GET / HTTP/1.1\r\nHost: h\r\nX: y\nZ: z\r\n\r\n'",
        "'GET  / HTTP/1.1\r\nHost: h\r\n\r\n'",
        "'GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n'",
        "'GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n'",
        "'GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n'",
        "'GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;a\nb\r\na\r\n0\r\n\r\n'",
    })
    void a_backend_notes_what_is_not_canonical(String bytes) {
        try (ScriptedBackend backend = ScriptedBackend.start("b");
                RawClient client = RawClient.connect(backend.port())) {
            client.send(bytes);
            Eventually.asserted(() -> assertThat(backend.requests())
                    .anyMatch(request -> !request.faults().isEmpty()));
        }
    }

    @Test
    void pieces_wait_for_their_gates_and_a_stall_ends_with_the_client() {
        Gate gate = new Gate();
        Gate open = new Gate();
        open.open();
        try (ScriptedBackend backend = ScriptedBackend.start("b")) {
            backend.next(new PeerAction.Pieces(
                    List.of(
                            new PeerAction.Piece(open, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab"),
                            new PeerAction.Piece(gate, "cd")),
                    PeerAction.Then.KEEP));
            try (RawClient client = RawClient.connect(backend.port())) {
                assertThat(client.get("h", "/").head().status()).isEqualTo(200);
                assertThat(client.wire().read(2)).asString().isEqualTo("ab");
                gate.open();
                assertThat(client.wire().read(2)).asString().isEqualTo("cd");
                backend.next(PeerAction.stall());
                assertThat(client.get("h", "/")
                                .response("GET", Duration.ofMillis(50))
                                .end())
                        .isEqualTo(RawResponse.End.TIMEOUT);
            }
            Eventually.until("the stalled connection ends", () -> backend.open() == 0);
        }
    }
}

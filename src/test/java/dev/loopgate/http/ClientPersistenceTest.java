package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Gate;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.PeerAction.Then;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.Wire;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a client's connection lives, and in which order its requests are answered (RFC 9112 §9). */
class ClientPersistenceTest {

    private static final String GET_B = "GET /b HTTP/1.1\r\nHost: b.localhost\r\n\r\n";

    @RegisterExtension
    static final Stage STAGE = new Stage();

    @ParameterizedTest
    @CsvSource({
        "'GET / HTTP/1.1\r\nHost: a.localhost\r\n\r\n', true",
        "'GET / HTTP/1.1\r\nHost: a.localhost\r\nConnection: keep-alive\r\n\r\n', true",
        "'GET / HTTP/1.1\r\nHost: a.localhost\r\nConnection: close\r\n\r\n', false",
        "'GET / HTTP/1.1\r\nHost: a.localhost\r\nConnection: x, CLOSE\r\n\r\n', false",
        "'GET / HTTP/1.1\r\nHost: a.localhost\r\nConnection: x\r\nConnection: Close\r\n\r\n', false",
        "'GET / HTTP/1.1\r\nHost: a.localhost\r\nConnection: keep-alive, close\r\n\r\n', false",
        "'GET / HTTP/1.0\r\nHost: a.localhost\r\n\r\n', false",
        "'GET / HTTP/1.0\r\nHost: a.localhost\r\nConnection: Keep-Alive\r\n\r\n', true",
        "'GET / HTTP/1.0\r\nHost: a.localhost\r\nConnection: keep-alive, close\r\n\r\n', false",
    })
    void a_connection_is_kept_as_the_client_asks(String bytes, boolean kept) {
        RawClient client = STAGE.client().send(bytes);
        RawResponse response = client.response();
        assertThat(response.clean()).isTrue();
        assertThat(response.body()).isEqualTo("A");
        if (kept) {
            assertThat(response.all("Connection")).doesNotContain("close");
            assertThat(client.send(GET_B).response().body()).isEqualTo("B");
        } else {
            assertThat(response.all("Connection")).containsExactly("close");
            assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
        }
        assertThat(STAGE.a().request().all("Connection")).isEmpty();
    }

    @Test
    void an_old_client_that_keeps_its_connection_is_told_so() {
        RawResponse response = STAGE.send("GET / HTTP/1.0\r\nHost: a.localhost\r\nConnection: keep-alive\r\n\r\n");
        assertThat(response.all("Connection")).containsExactly("keep-alive");
    }

    @Test
    void pipelined_requests_are_answered_in_their_order() {
        Gate gate = new Gate();
        STAGE.a()
                .next(new PeerAction.Pieces(
                        List.of(new PeerAction.Piece(gate, PeerAction.okBytes("slow"))), Then.KEEP));
        RawClient client = STAGE.client();
        client.send("GET /1 HTTP/1.1\r\nHost: a.localhost\r\n\r\n" + GET_B + GET_B.replace("b.", "a."));
        STAGE.a().request();
        assertThat(STAGE.b().requests()).isEmpty();
        gate.open();
        assertThat(client.response().body()).isEqualTo("slow");
        assertThat(client.response().body()).isEqualTo("B");
        assertThat(client.response().body()).isEqualTo("A");
    }

    @Test
    void two_hundred_pipelined_requests_with_bodies_are_all_answered() {
        StringBuilder bytes = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            bytes.append("POST /").append(i).append(" HTTP/1.1\r\nHost: a.localhost\r\nContent-Length: 3\r\n\r\nabc");
            bytes.append(
                    "POST / HTTP/1.1\r\nHost: b.localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
        }
        RawClient client = STAGE.client().send(bytes.toString());
        for (int i = 0; i < 100; i++) {
            assertThat(client.response().body()).isEqualTo("A");
            assertThat(client.response().body()).isEqualTo("B");
        }
        assertThat(STAGE.a().requests())
                .hasSize(100)
                .allMatch(request -> request.body().equals("abc"));
    }

    @Test
    void pipelined_requests_that_fill_the_input_are_all_answered() {
        String one = "GET / HTTP/1.1\r\nHost: a.localhost\r\nX: " + "x".repeat(1_500) + "\r\n\r\n";
        RawClient client = STAGE.client();
        Thread sender = new Thread(() -> client.send(one.repeat(300)));
        sender.start();
        for (int i = 0; i < 300; i++) {
            assertThat(client.response().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx",
                "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx"
            })
    void an_upstream_that_ends_its_connection_does_not_end_the_client_s(String bytes) {
        STAGE.a().always(PeerAction.replyThenClose(bytes));
        RawClient client = STAGE.client();
        for (int i = 0; i < 3; i++) {
            RawResponse response = client.get("a.localhost", "/").response();
            assertThat(response.body()).isEqualTo("x");
            assertThat(response.all("Connection")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"down.localhost, 502", "nobody.localhost, 404"})
    void a_failure_keeps_the_connection(String host, int status) {
        RawClient client = STAGE.client();
        assertThat(client.get(host, "/").response().status()).isEqualTo(status);
        assertThat(client.send(GET_B).response().body()).isEqualTo("B");
    }

    @Test
    void a_client_that_ends_its_direction_still_gets_its_answers() {
        Gate gate = new Gate();
        STAGE.a()
                .always(new PeerAction.Pieces(
                        List.of(new PeerAction.Piece(gate, PeerAction.okBytes("late"))), Then.KEEP));
        RawClient client = STAGE.client();
        client.get("a.localhost", "/").send(GET_B);
        client.finish();
        STAGE.a().request();
        gate.open();
        assertThat(client.response().body()).isEqualTo("late");
        assertThat(client.response().body()).isEqualTo("B");
        assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
    }

    @Test
    void a_client_that_says_nothing_and_ends_is_let_go() {
        RawClient client = STAGE.client();
        client.finish();
        assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
        RawClient half = STAGE.client().send("GET / HTTP/1.1\r\nHo");
        half.finish();
        half.response("GET", Duration.ofSeconds(15));
        assertThat(half.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
    }

    @Test
    void a_stopping_gateway_finishes_the_exchange_and_says_that_it_closes() {
        try (var gateway = dev.loopgate.testkit.RunningGateway.start(
                        dev.loopgate.testkit.Sites.of(dev.loopgate.testkit.Sites.proxy(
                                "a.localhost", STAGE.a().port())));
                RawClient busy = RawClient.connect(gateway.port());
                RawClient idle = RawClient.connect(gateway.port())) {
            assertThat(idle.get("a.localhost", "/").response().status()).isEqualTo(200);
            Gate gate = new Gate();
            STAGE.a()
                    .next(new PeerAction.Pieces(
                            List.of(new PeerAction.Piece(gate, PeerAction.okBytes("last"))), Then.KEEP));
            busy.get("a.localhost", "/busy");
            STAGE.a().awaitRequests(2);
            gateway.http().drain();
            assertThat(idle.awaitEnd()).isEqualTo(Wire.End.FIN);
            gate.open();
            assertThat(busy.response().body()).isEqualTo("last");
            assertThat(busy.awaitEnd()).isEqualTo(Wire.End.FIN);
        }
    }
}

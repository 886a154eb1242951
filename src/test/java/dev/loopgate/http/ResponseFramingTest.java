package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Field;
import dev.loopgate.testkit.Gate;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.PeerAction.Then;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.RawResponse.End;
import dev.loopgate.testkit.RawResponse.Framing;
import dev.loopgate.testkit.Stage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers of upstreams (RFC 9112 §4, §6, §7, §8): passed on with one meaning, or 502; never a broken one as whole. */
class ResponseFramingTest {

    private static final String OK = "HTTP/1.1 200 OK\r\n";

    @RegisterExtension
    static final Stage STAGE = new Stage();

    @ParameterizedTest
    @CsvSource({
        "'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\nhello'",
        "'HTTP/1.1 200 OK\r\nContent-Length: 5, 9\r\n\r\nhello'",
        "'HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551621\r\n\r\nhello'",
        "'HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\nhello'",
        "'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello'",
        "'HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello'",
        "'HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello'",
        "'HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nhello'",
        "'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n'",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n'",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n'",
        "'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'",
        "'<html>hello</html>'",
        "'HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok'",
        "'HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok'",
        "'HTTP/1.1 2x0 OK\r\nContent-Length: 2\r\n\r\nok'",
        "'HTTP/1.1 099 OK\r\nContent-Length: 2\r\n\r\nok'",
        "'HTTP/1.1 999999 OK\r\nContent-Length: 2\r\n\r\nok'",
        "'HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok'",
        "'HTTP/0.9 200 OK\r\nContent-Length: 2\r\n\r\nok'",
        "'http/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'",
        "'HTTP/1.1  200 OK\r\nContent-Length: 2\r\n\r\nok'",
        "'ICY 200 OK\r\nContent-Length: 2\r\n\r\nok'",
        "'HTTP/1.1 200 OK\r\nX: a\u2400b\r\nContent-Length: 2\r\n\r\nok'",
        "'HTTP/1.1 200 OK\r\nX: a\rX-Inj: b\r\nContent-Length: 2\r\n\r\nok'",
        "'HTTP/1.1 200 O\rK\r\nContent-Length: 2\r\n\r\nok'",
        "'HTTP/1.1 200 OK\r\nX: y\r\nContent-Le'",
        "'HTTP/1.1 200 OK\r\n'",
        "'HTT'",
        "'\u0015\u0003\u0001\u2400\u0002\u0002F'",
        "'\u2400\u2400\u0012\u0004\u2400\u2400\u2400\u2400\u2400'",
    })
    void an_answer_that_breaks_the_rules_is_a_502(String bytes) {
        // The reader of these lists drops NUL, so its picture stands for it.
        STAGE.a().always(PeerAction.replyThenClose(bytes.replace('\u2400', '\0')));
        RawResponse response = STAGE.get("a.localhost", "/");
        assertThat(response.status()).as(response.toString()).isEqualTo(502);
        assertThat(response.error()).isIn("bad-response", "wrong-protocol", "upstream-closed");
        assertThat(response.clean()).isTrue();
        STAGE.a().forget();
        assertThat(STAGE.get("a.localhost", "/").body()).isEqualTo("A");
    }

    @ParameterizedTest
    @CsvSource({
        "'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello', CLOSE",
        "'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n', CLOSE",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n', CLOSE",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n', CLOSE",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n', CLOSE",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\nhello', CLOSE",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', CLOSE",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n', KEEP",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n', KEEP",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello0\r\n\r\n', KEEP",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nbad trailer\r\n\r\n', KEEP",
        "'HTTP/1.1 200 OK\r\n\r\nhello', RESET",
        "'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello', RESET",
    })
    void a_broken_answer_never_looks_complete(String bytes, Then then) {
        STAGE.a().always(new PeerAction.Reply(bytes, then));
        for (String version : List.of("HTTP/1.1", "HTTP/1.0")) {
            RawResponse response = STAGE.send("GET / " + version + "\r\nHost: a.localhost\r\n\r\n");
            assertThat(response.status() >= 500 || response.end() != End.CLEAN)
                    .as("%s: %s", version, response)
                    .isTrue();
        }
        STAGE.stillServes();
    }

    @Test
    void a_body_that_is_broken_from_its_start_is_a_502() {
        STAGE.a().always(PeerAction.replyThenClose("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"));
        assertThat(STAGE.get("a.localhost", "/").status()).isEqualTo(502);
    }

    @Test
    void a_large_answer_cut_one_byte_before_its_end_does_not_look_complete() {
        STAGE.a().always(PeerAction.replyThenClose(OK + "Content-Length: 300000\r\n\r\n" + "x".repeat(299_999)));
        assertThat(STAGE.get("a.localhost", "/").end()).isNotEqualTo(End.CLEAN);
    }

    @ParameterizedTest
    @CsvSource({
        "'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', KEEP, LENGTH, OK",
        "'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok', KEEP, LENGTH, OK",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n', KEEP, CHUNKED, OK",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1;x=\"y\"\r\no\r\n01\r\nk\r\n0\r\n\r\n', KEEP, CHUNKED, OK",
        "'HTTP/1.1 200 OK\r\n\r\nok', CLOSE, CLOSE, OK",
        "'HTTP/1.0 200 OK\r\n\r\nok', CLOSE, CLOSE, OK",
        "'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok', CLOSE, LENGTH, OK",
        "'HTTP/1.1 200 OK\nContent-Length: 2\n\nok', KEEP, LENGTH, OK",
        "'HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok', KEEP, LENGTH, ''",
        "'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok', KEEP, LENGTH, ''",
        "'HTTP/1.1 200 Tr\u00e8s bien\r\nContent-Length: 2\r\n\r\nok', KEEP, LENGTH, Tr\u00e8s bien",
    })
    void a_sound_answer_passes_with_its_framing(String bytes, Then then, Framing framing, String reason) {
        STAGE.a().always(new PeerAction.Reply(bytes, then));
        RawResponse response = STAGE.get("a.localhost", "/");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.reason()).isEqualTo(reason);
        assertThat(response.body()).isEqualTo("ok");
        assertThat(response.end()).isEqualTo(End.CLEAN);
        assertThat(response.framing()).isEqualTo(framing);
        assertThat(response.version()).isEqualTo("HTTP/1.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", " folded: x", "X : y", ": y", "X\u0001: y"})
    void a_malformed_field_of_an_answer_is_not_passed_on(String line) {
        STAGE.a().always(PeerAction.replyThenClose(OK + "X-First: 1\r\n" + line + "\r\nContent-Length: 2\r\n\r\nok"));
        RawResponse response = STAGE.get("a.localhost", "/");
        assertThat(response.end()).isEqualTo(End.CLEAN);
        assertThat(response.status()).isIn(200, 502);
        assertThat(response.head()).doesNotContain("\r\n" + line + "\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello', GET",
        "'HTTP/1.1 204 No Content\r\n\r\nhello', GET",
        "'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n', GET",
        "'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', HEAD",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n', HEAD",
    })
    void a_body_where_none_may_be_is_no_answer_to_anything(String bytes, String method) {
        STAGE.a().always(PeerAction.reply(bytes));
        RawClient client = STAGE.client();
        client.request(method, "a.localhost", "/", "");
        RawResponse response = client.response(method, Duration.ofSeconds(15));
        assertThat(response.status()).isIn(200, 204, 304);
        STAGE.a().forget();
        for (int i = 0; i < 3; i++) {
            assertThat(client.get("a.localhost", "/next").response().body()).isEqualTo("A");
        }
    }

    @Test
    void an_answer_to_head_keeps_its_length_and_has_no_body() {
        STAGE.a().always(PeerAction.reply(OK + "Content-Length: 12345\r\n\r\n"));
        RawClient client = STAGE.client();
        client.request("HEAD", "a.localhost", "/", "");
        RawResponse response = client.response("HEAD", Duration.ofSeconds(15));
        assertThat(response.all("Content-Length")).containsExactly("12345");
        assertThat(client.get("b.localhost", "/").response().body()).isEqualTo("B");
    }

    @ParameterizedTest
    @CsvSource({
        "'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'",
        "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'",
        "'HTTP/1.1 204 No Content\r\n\r\n'",
        "'HTTP/1.1 304 Not Modified\r\n\r\n'",
    })
    void bytes_behind_an_answer_are_never_the_next_answer(String first) {
        String poison = OK + "Content-Length: 6\r\n\r\nPOISON";
        STAGE.a().always(PeerAction.reply(first + poison));
        for (int i = 0; i < 3; i++) {
            assertThat(STAGE.get("a.localhost", "/").body()).doesNotContain("POISON");
        }
        Gate later = new Gate();
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send(first);
            return later.await() && connection.send(poison);
        }));
        assertThat(STAGE.get("a.localhost", "/").body()).doesNotContain("POISON");
        later.open();
        STAGE.a().forget();
        Eventually.until(
                "the end of the connection that spoke unasked", () -> STAGE.a().open() == 0);
        for (int i = 0; i < 12; i++) {
            RawResponse response = STAGE.get("a.localhost", "/after");
            assertThat(response.body()).doesNotContain("POISON");
            assertThat(response.status()).isIn(200, 502);
        }
    }

    @Test
    void a_body_by_chunks_reaches_an_old_client_without_them() {
        STAGE.a()
                .always(PeerAction.reply(
                        OK + "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x\r\nlo\r\n0\r\nX-Sum: 1\r\n\r\n"));
        RawResponse response = STAGE.send("GET / HTTP/1.0\r\nHost: a.localhost\r\nConnection: keep-alive\r\n\r\n");
        assertThat(response.framing()).isEqualTo(Framing.CLOSE);
        assertThat(response.body()).isEqualTo("hello");
        assertThat(response.end()).isEqualTo(End.CLEAN);
    }

    @Test
    void interim_answers_come_before_the_final_one_but_not_to_old_clients() {
        STAGE.a()
                .always(PeerAction.reply(
                        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: x\r\nContent-Length: 3\r\n\r\n"
                                + "HTTP/1.1 102 Processing\r\n\r\n" + PeerAction.okBytes("fin")));
        RawResponse response = STAGE.get("a.localhost", "/");
        assertThat(response.interim()).containsExactly(103, 102);
        assertThat(response.interimHeads().get(0))
                .contains("Link: </a>\r\n")
                .doesNotContain("Connection: x", "Content-Length");
        assertThat(response.body()).isEqualTo("fin");
        RawResponse old = STAGE.send("GET / HTTP/1.0\r\nHost: a.localhost\r\n\r\n");
        assertThat(old.interim()).isEmpty();
        assertThat(old.body()).isEqualTo("fin");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
                "HTTP/1.1 101 \r\n\r\n"
            })
    void a_switch_that_nobody_asked_for_is_a_502(String bytes) {
        STAGE.a().always(PeerAction.reply(bytes));
        RawResponse response = STAGE.get("a.localhost", "/");
        assertThat(response.status()).isEqualTo(502);
        assertThat(response.error()).isEqualTo("bad-response");
    }

    @Test
    void interim_answers_without_end_do_not_go_on_for_ever() {
        STAGE.a().always(PeerAction.replyThenClose("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(20)));
        assertThat(STAGE.get("a.localhost", "/").status()).isEqualTo(502);
    }

    @Test
    void trailers_reach_the_client_as_trailers() {
        STAGE.a()
                .always(
                        PeerAction.reply(
                                OK
                                        + "Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 42\r\nContent-Length: 9\r\n\r\n"));
        RawResponse response = STAGE.get("a.localhost", "/", "Connection: TE", "TE: trailers");
        assertThat(response.body()).isEqualTo("ok");
        assertThat(response.trailers()).containsExactly(new Field("X-Sum", "42"));
        assertThat(response.all("X-Sum")).isEmpty();
    }

    @Test
    void an_answer_head_larger_than_the_limit_is_a_502() {
        STAGE.a()
                .always(PeerAction.replyThenClose(
                        OK + "X-Pad: " + "y".repeat(100_000) + "\r\nContent-Length: 2\r\n\r\nok"));
        assertThat(STAGE.get("a.localhost", "/").status()).isEqualTo(502);
        STAGE.a().always(PeerAction.reply(OK + "X-Pad: " + "y".repeat(20_000) + "\r\nContent-Length: 2\r\n\r\nok"));
        assertThat(STAGE.get("a.localhost", "/").body()).isEqualTo("ok");
    }
}

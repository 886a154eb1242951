package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.BackendRequest;
import dev.loopgate.testkit.Gen;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.Wire;
import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Request lines and field lines (RFC 9112 §2, §3, §5): refused, or passed on in a form that has one meaning. */
class RequestLineTest {

    private static final String GET = "GET /t HTTP/1.1\r\nHost: a.localhost\r\n";

    @RegisterExtension
    static final Stage STAGE = new Stage();

    static LongStream seeds() {
        return Gen.seeds(25);
    }

    @ParameterizedTest
    @CsvSource({
        "'GET /t HTTP/1.1\r\nHost: a.localhost\r\nX: a\rX-Admin: 1\r\n\r\n', 400",
        "'GET /t HTTP/1.1\r\nHost: a.localhost\r\nX: a\u2400b\r\n\r\n', 400",
        "'GET /t HTTP/1.1\r\nHost: a.localhost\r\nX: a\u0001\u007fb\r\n\r\n', 400",
        "'GET /t HTTP/1.1\r\nHost: a.localhost\r\nX: a\u000bb\r\n\r\n', 400",
        "'GET /t HTTP/1.1\r\nHost: a.localhost\r\n: x\r\nX-After: 1\r\n\r\n', 400",
        "'GET /t HTTP/1.1\r\nHost: a.localhost\r\nX : a\r\n\r\n', 400",
        "'GET /t HTTP/1.1\r\nHost: a.localhost\r\nX\t: a\r\n\r\n', 400",
        "'GET /t HTTP/1.1\r\nHost: a.localhost\r\nX\u007fY: a\r\n\r\n', 400",
        "'GET /t HTTP/1.1\r\nHost: a.localhost\r\nX Y: a\r\n\r\n', 400",
        "'GET /t HTTP/1.1\r\nHost: a.localhost\r\nX\u00e9: a\r\n\r\n', 400",
        "'GET /t HTTP/1.1\r\nHost: a.localhost\r\nX(y): a\r\n\r\n', 400",
        "'GET /t HTTP/1.1\r\nHost: a.localhost\r\nX\"y: a\r\n\r\n', 400",
        "'GET /t HTTP/1.1\r\nHost: a.localhost\r\nno colon\r\n\r\n', 400",
        "'GET /t HTTP/1.1\r\nHost: a.localhost\r\nX: a\r\n b\r\n\r\n', 400",
        "'GET /t HTTP/1.1\r\n Host: a.localhost\r\n\r\n', 400",
        "'GET /t HTTP/1.1\r\n\tX: y\r\nHost: a.localhost\r\n\r\n', 400",
        "'GET /t HTTP/1.1\r\nHost: a.localhost\r\n\r \n\r\n', 400",
        "'G@(T /t HTTP/1.1\r\nHost: a.localhost\r\n\r\n', 400",
        "'G\u2400T /t HTTP/1.1\r\nHost: a.localhost\r\n\r\n', 400",
        "' GET /t HTTP/1.1\r\nHost: a.localhost\r\n\r\n', 400",
        "'GET  /t HTTP/1.1\r\nHost: a.localhost\r\n\r\n', 400",
        "'GET /t  HTTP/1.1\r\nHost: a.localhost\r\n\r\n', 400",
        "'GET /t HTTP/1.1 \r\nHost: a.localhost\r\n\r\n', 400",
        "'GET\t/t\tHTTP/1.1\r\nHost: a.localhost\r\n\r\n', 400",
        "'GET /t x HTTP/1.1\r\nHost: a.localhost\r\n\r\n', 400",
        "'GET /t\u2400 HTTP/1.1\r\nHost: a.localhost\r\n\r\n', 400",
        "'GET /t\u007f HTTP/1.1\r\nHost: a.localhost\r\n\r\n', 400",
        "'GET /t#frag HTTP/1.1\r\nHost: a.localhost\r\n\r\n', 400",
        "'GET /t\rX: y HTTP/1.1\r\nHost: a.localhost\r\n\r\n', 400",
        "'GET /t\r\n\r\n', 400",
        "'GET\r\n\r\n', 400",
        "'GET /t HTTP/0.9\r\nHost: a.localhost\r\n\r\n', 505",
        "'GET /t HTTP/0.0\r\nHost: a.localhost\r\n\r\n', 505",
        "'GET /t HTTP/2.0\r\nHost: a.localhost\r\n\r\n', 505",
        "'GET /t HTTP/9.9\r\nHost: a.localhost\r\n\r\n', 505",
        "'GET /t http/1.1\r\nHost: a.localhost\r\n\r\n', 400",
        "'GET /t HTTP/1.11\r\nHost: a.localhost\r\n\r\n', 400",
        "'GET /t HTTP/1.\r\nHost: a.localhost\r\n\r\n', 400",
        "'GET /t HTTP/1.x\r\nHost: a.localhost\r\n\r\n', 400",
        "'GET /t HTTP/01.1\r\nHost: a.localhost\r\n\r\n', 400",
        "'GET /t HTTP 1.1\r\nHost: a.localhost\r\n\r\n', 400",
        "'GET /t HTTPS/1.1\r\nHost: a.localhost\r\n\r\n', 400",
        "'PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n', 505",
    })
    void a_malformed_head_is_refused_and_ends_the_connection(String bytes, int status) {
        RawClient client = STAGE.client();
        // The reader of these lists drops NUL, so its picture stands for it.
        client.send(bytes.replace('\u2400', '\0'));
        client.finish();
        RawResponse response = client.response();
        assertThat(response.status()).as(response.toString()).isIn(status, 400, status == 505 ? 505 : 400);
        assertThat(response.clean()).isTrue();
        assertThat(response.all("Connection")).containsExactly("close");
        assertThat(client.wire().rest(Duration.ofSeconds(15))).isEmpty();
        assertThat(client.wire().end()).isNotEqualTo(Wire.End.OPEN);
        assertThat(STAGE.a().requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /t HTTP/1.1\nHost: a.localhost\nX: y\n\n",
                "GET /t HTTP/1.1\r\nHost: a.localhost\nX: y\r\n\r\n",
                "GET /t HTTP/1.1\r\nHost: a.localhost\r\nX: y\r\n\n",
            })
    void bare_line_feeds_are_refused_or_become_line_ends(String bytes) {
        RawClient client = STAGE.client();
        client.send(bytes);
        client.finish();
        RawResponse response = client.response();
        assertThat(response.status()).as(response.toString()).isIn(200, 400);
        assertThat(STAGE.a().requests()).allMatch(request -> request.faults().isEmpty());
        assertThat(STAGE.a().requests()).hasSize(response.status() == 200 ? 1 : 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "\r\n\r\n"})
    void empty_lines_before_a_request_are_ignored(String lead) {
        assertThat(STAGE.send(lead + GET + "\r\n").status()).isEqualTo(200);
    }

    @Test
    void a_higher_minor_version_is_served_as_1_1() {
        RawResponse response = STAGE.send("GET /t HTTP/1.2\r\nHost: a.localhost\r\n\r\n");
        assertThat(response.status()).isIn(200, 505);
        assertThat(STAGE.a().requests()).allMatch(request -> request.version().equals("HTTP/1.1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"GET", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "get", "M-SEARCH", "X!#$%&'*+-.^_`|~9"})
    void a_method_goes_on_as_it_is(String method) {
        assertThat(STAGE.client()
                        .request(method, "a.localhost", "/", "")
                        .response()
                        .status())
                .isEqualTo(200);
        assertThat(STAGE.a().request().method()).isEqualTo(method);
    }

    @Test
    void a_value_of_any_visible_bytes_goes_on_byte_for_byte() {
        String value = "caf\u00c3\u00a9 \u00ff \"x\", (y) \t z;=,{}";
        STAGE.get("a.localhost", "/", "X-Value: " + value, "X-Empty:", "X-Tight:v");
        BackendRequest request = STAGE.a().request();
        assertThat(request.all("X-Value")).containsExactly(value);
        assertThat(request.all("X-Empty")).containsExactly("");
        assertThat(request.head()).contains("\r\nX-Tight:v\r\n");
    }

    @Test
    void a_target_longer_than_the_limit_is_told_so() {
        assertThat(STAGE.get("a.localhost", "/" + "a".repeat(8_000)).status()).isEqualTo(200);
        RawResponse response = STAGE.get("a.localhost", "/" + "a".repeat(70_000));
        assertThat(response.status()).isEqualTo(414);
        assertThat(response.error()).isEqualTo("uri-too-long");
    }

    @Test
    void a_header_longer_than_the_limit_is_told_so_and_cut() {
        assertThat(STAGE.get("a.localhost", "/", "X-Pad: " + "y".repeat(30_000)).status())
                .isEqualTo(200);
        RawClient client = STAGE.client();
        RawResponse response =
                client.get("a.localhost", "/", "X-Pad: " + "y".repeat(70_000)).response();
        assertThat(response.status()).isEqualTo(431);
        assertThat(response.error()).isEqualTo("fields-too-large");
        client.awaitEnd();
    }

    @Test
    void a_header_without_end_is_cut_off() {
        RawClient client = STAGE.client();
        client.send(GET);
        String lines = ("X-Pad: " + "z".repeat(1000) + "\r\n").repeat(64);
        boolean taken = true;
        for (int i = 0; taken && i < 512; i++) {
            taken = client.wire().send(lines);
        }
        // What comes behind the answer is dropped unread, so that the client can see the answer.
        RawResponse response = client.response();
        assertThat(response.status()).isIn(431, 0);
        client.awaitEnd();
        assertThat(taken && client.wire().end() == Wire.End.OPEN).isFalse();
        assertThat(STAGE.a().requests()).isEmpty();
        STAGE.stillServes();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_head_arrives_the_same_however_it_is_cut_into_packets(long seed) {
        Gen gen = new Gen(seed);
        String bytes = GET + "X-Text: " + gen.text(1, 200, "abc ,;") + "\r\nX-Text: 2\r\n\r\n";
        RawClient client = STAGE.client();
        int at = 0;
        while (at < bytes.length()) {
            int next = Math.min(bytes.length(), at + gen.between(1, 40));
            client.send(bytes.substring(at, next));
            at = next;
        }
        assertThat(client.response().status()).isEqualTo(200);
        assertThat(STAGE.a().request().all("X-Text")).hasSize(2).last().isEqualTo("2");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void garbage_harms_nobody(long seed) {
        Gen gen = new Gen(seed);
        for (int i = 0; i < 8; i++) {
            RawClient client = STAGE.client();
            client.send(gen.onceIn(3) ? gen.bytes(gen.between(1, 3000)) : mutated(gen));
            if (gen.onceIn(3)) {
                client.reset();
            } else {
                client.finish();
                client.awaitEnd();
            }
        }
        assertThat(STAGE.a().requests()).allMatch(request -> request.faults().isEmpty());
        STAGE.stillServes();
    }

    private static byte[] mutated(Gen gen) {
        StringBuilder text = new StringBuilder(gen.oneOf(
                GET + "\r\n",
                "POST /t HTTP/1.1\r\nHost: a.localhost\r\nContent-Length: 5\r\n\r\nhello",
                "POST /t HTTP/1.1\r\nHost: a.localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                GET + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"));
        for (int n = gen.between(1, 6); n > 0; n--) {
            int at = gen.between(0, text.length() - 1);
            if (gen.onceIn(3)) {
                text.deleteCharAt(at);
                text.append(' ');
            } else {
                text.insert(
                        at,
                        gen.oneOf("\r\n", "\n", "\0", " ", ":", "\r", "\t", "0", "Content-Length: 9\r\n", "\u00ff"));
            }
        }
        return text.toString().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    }
}

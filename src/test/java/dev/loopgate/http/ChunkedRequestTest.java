package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.BackendRequest;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Field;
import dev.loopgate.testkit.Gen;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.Stage;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunked request bodies (RFC 9112 §7.1): every byte of their framing is checked, and none is passed on in doubt. */
class ChunkedRequestTest {

    private static final String HEAD = "POST /t HTTP/1.1\r\nHost: a.localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String HIDDEN = "GET /hidden HTTP/1.1\r\nHost: a.localhost\r\n\r\n";

    @RegisterExtension
    static final Stage STAGE = new Stage();

    static LongStream seeds() {
        return Gen.seeds(30);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0x5\r\nhello\r\n0\r\n\r\n",
                "+5\r\nhello\r\n0\r\n\r\n",
                "-5\r\nhello\r\n0\r\n\r\n",
                " 5\r\nhello\r\n0\r\n\r\n",
                "5 \r\nhello\r\n0\r\n\r\n",
                "\t5\r\nhello\r\n0\r\n\r\n",
                "g\r\nhello\r\n0\r\n\r\n",
                "5_0\r\nhello\r\n0\r\n\r\n",
                "\r\nhello\r\n0\r\n\r\n",
                ";x\r\nhello\r\n0\r\n\r\n",
                "10000000000000005\r\nhello\r\n0\r\n\r\nHIDDEN",
                "ffffffffffffffff\r\nhello\r\n0\r\n\r\nHIDDEN",
                "8000000000000005\r\nhello\r\n0\r\n\r\nHIDDEN",
                "000000000000000000005\r\nhello\r\n0\r\n\r\n",
                "5\r\nhelloworld\r\n0\r\n\r\nHIDDEN",
                "5\r\nhello\n0\r\n\r\n",
                "5\r\nhello\r0\r\n\r\n",
                "5\r\nhelloXX0\r\n\r\n",
                "5\r\nhello0\r\n\r\nHIDDEN",
                "5\nhello\r\n0\r\n\r\n",
                "5\rhello\r\n0\r\n\r\n",
                "5\r\r\nhello\r\n0\r\n\r\n",
                "5;a\nb\r\nhello\r\n0\r\n\r\n",
                "5;a\rb\r\nhello\r\n0\r\n\r\n",
                "5;a\u0000b\r\nhello\r\n0\r\n\r\n",
                "5;a\u007fb\r\nhello\r\n0\r\n\r\n",
                "5;a=\"\r\nhello\r\n0\r\n\r\nHIDDEN\"\r\nworld\r\n0\r\n\r\n",
                "5;\n5\r\nhello\r\n0\r\n\r\n",
                "5\r\nhello\r\n0\n\n",
                "5\r\nhello\r\n0\r\nX: a\u0000b\r\n\r\n",
                "5\r\nhello\r\n0\r\nX : a\r\n\r\n",
                "5\r\nhello\r\n0\r\nX\r\n\r\n",
                "5\r\nhello\r\n0\r\n: a\r\n\r\n",
                "5\r\nhello\r\n0\r\nX: a\rb\r\n\r\n",
                "5\r\nhello\r\n0\r\n folded: a\r\n\r\n",
                "5\r\nhello\r\n0\r\nX: a\r\n b\r\n\r\n",
            })
    void a_fault_in_the_framing_never_arrives_as_a_complete_message(String body) {
        RawClient client = STAGE.client();
        client.send(HEAD + body.replace("HIDDEN", HIDDEN));
        RawResponse response = client.response();
        assertThat(response.status()).as(response.toString()).isIn(400, 0);
        client.awaitEnd();
        for (BackendRequest request : STAGE.a().requests()) {
            assertThat(request.complete()).as(request.toString()).isFalse();
            assertThat(request.target()).doesNotContain("hidden");
            assertThat(request.faults()).isEmpty();
        }
        STAGE.stillServes();
    }

    @ParameterizedTest
    @CsvSource({
        "'5\r\nhello\r\n0\r\n\r\n', hello",
        "'0005\r\nhello\r\n0\r\n\r\n', hello",
        "'5\r\nhello\r\n000\r\n\r\n', hello",
        "'A\r\nhellohello\r\n0\r\n\r\n', hellohello",
        "'a\r\nhellohello\r\n0\r\n\r\n', hellohello",
        "'5;x=y\r\nhello\r\n0;z\r\n\r\n', hello",
        "'5;x=\"a;b\"\r\nhello\r\n0\r\n\r\n', hello",
        "'1\r\na\r\n2\r\nbc\r\n0\r\n\r\n', abc",
        "'0\r\n\r\n', ''",
    })
    void a_sound_body_arrives_whole(String body, String expected) {
        RawClient client = STAGE.client();
        client.send(HEAD + body);
        assertThat(client.response().status()).isEqualTo(200);
        BackendRequest request = STAGE.a().completeRequest();
        assertThat(request.body()).isEqualTo(expected);
        assertThat(request.faults()).isEmpty();
        assertThat(client.get("b.localhost", "/").response().body()).isEqualTo("B");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_body_arrives_whole_however_it_is_cut_into_packets(long seed) {
        Gen gen = new Gen(seed);
        StringBuilder plain = new StringBuilder();
        StringBuilder wire = new StringBuilder(HEAD);
        for (String data : gen.list(1, 6, () -> gen.text(1, 300, "abc\r\n0;"))) {
            plain.append(data);
            wire.append(Integer.toHexString(data.length()))
                    .append(gen.oneOf("", ";x=y", ";\"q\""))
                    .append("\r\n")
                    .append(data)
                    .append("\r\n");
        }
        wire.append("0\r\n").append(gen.oneOf("", "X-Sum: 1\r\n")).append("\r\n");
        STAGE.a().always(PeerAction.echo());
        RawClient client = STAGE.client();
        int at = 0;
        while (at < wire.length()) {
            int next = Math.min(wire.length(), at + gen.between(1, 150));
            client.send(wire.substring(at, next));
            at = next;
        }
        RawResponse response = client.response();
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(plain.toString());
        assertThat(STAGE.a().request().faults()).isEmpty();
    }

    @Test
    void trailers_reach_the_backend_as_trailers() {
        RawClient client = STAGE.client();
        client.send(HEAD + "2\r\nok\r\n0\r\nX-Sum: 42\r\nX-Other: b\r\n\r\n");
        assertThat(client.response().status()).isEqualTo(200);
        BackendRequest request = STAGE.a().completeRequest();
        assertThat(request.trailers()).containsExactly(new Field("X-Sum", "42"), new Field("X-Other", "b"));
        assertThat(request.all("X-Sum")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization: x",
                "Connection: close",
                "Content-Length: 3",
                "Transfer-Encoding: chunked",
                "Host: b.localhost",
                "X-Forwarded-For: 6.6.6.6",
                "Keep-Alive: timeout=1",
                "Trailer: x",
            })
    void a_trailer_that_would_change_the_message_goes_no_further(String trailer) {
        RawClient client = STAGE.client();
        client.send(HEAD + "5\r\nhello\r\n0\r\n" + trailer + "\r\nX-Sum: 1\r\n\r\n");
        assertThat(client.response().status()).isIn(200, 400);
        for (BackendRequest request : STAGE.a().requests()) {
            assertThat(request.faults()).isEmpty();
            assertThat(request.trailers()).allMatch(field -> field.name().equals("X-Sum"));
            assertThat(request.fields())
                    .noneMatch(field -> trailer.equals(field.name() + ": " + field.value())
                            && !trailer.startsWith("Transfer-Encoding"));
        }
    }

    @Test
    void extensions_and_trailers_without_end_are_cut_off() {
        RawClient client = STAGE.client();
        client.send(HEAD + "5;" + "x".repeat(100_000) + "\r\nhello\r\n0\r\n\r\n");
        assertThat(client.response().status()).isIn(400, 0);
        RawClient second = STAGE.client();
        second.send(HEAD + "0\r\n" + ("X-Pad: " + "y".repeat(1000) + "\r\n").repeat(200) + "\r\n");
        assertThat(second.response().status()).isIn(400, 431, 0);
        second.awaitEnd();
        assertThat(STAGE.a().requests()).noneMatch(BackendRequest::complete);
    }

    @Test
    void an_unfinished_body_is_never_followed_by_another_request_on_its_connection() {
        for (int i = 0; i < 4; i++) {
            RawClient client = STAGE.client();
            client.request("POST", "a.localhost", "/half", "only ten..", "Content-Length: 100");
            STAGE.a().awaitRequests(i + 1);
            client.reset();
        }
        for (int i = 0; i < 8; i++) {
            assertThat(STAGE.get("a.localhost", "/after").status()).isEqualTo(200);
        }
        Eventually.asserted(() -> assertThat(STAGE.a().requests())
                .filteredOn(request -> request.target().equals("/half"))
                .hasSize(4)
                .allMatch(request -> !request.complete() && !request.body().contains("/after")));
    }
}

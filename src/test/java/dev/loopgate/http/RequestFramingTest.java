package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.BackendRequest;
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

/** Requests that two parties could delimit in two ways (RFC 9112 §6, §7, §11.2): refused with a close, or one message. */
class RequestFramingTest {

    private static final String HIDDEN = "GET /hidden HTTP/1.1\r\nHost: a.localhost\r\n\r\n";

    @RegisterExtension
    static final Stage STAGE = new Stage();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked",
                "Transfer-Encoding: chunked foo",
                "Transfer-Encoding: chunked\u0000",
                "Transfer-Encoding: \u000bchunked",
                "Transfer-Encoding: 'chunked'",
                "Transfer-Encoding: \"chunked\"",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: identity, chunked",
                "Transfer-Encoding: identity",
                "Transfer-Encoding: gzip, chunked",
                "Transfer-Encoding: chunked, gzip",
                "Transfer-Encoding: chunked, chunked",
                "Transfer-Encoding: chunked,",
                "Transfer-Encoding: ,chunked",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: chunke",
                "Transfer-Encoding: chunked;q=1",
                "Transfer-Encoding: CHUNKED",
                "Transfer-Encoding:chunked",
                "Transfer-Encoding:\tchunked",
                "Transfer-Encoding: chunked ",
                "Transfer-Encoding:",
                "transfer-encoding: chunked\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
                "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding : chunked",
                "Transfer-Encoding\t: chunked",
                " Transfer-Encoding: chunked",
                "Transfer-Encoding:\r\n chunked",
                "Transfer-Encoding: x\r\n chunked",
                "X: y\nTransfer-Encoding: chunked",
                "X: y\rTransfer-Encoding: chunked",
                "X: y\r\n\rTransfer-Encoding: chunked",
                "Transfer Encoding: chunked",
                "Transfer_Encoding: chunked",
                "Transfer-Encoding: \u00efchunked",
                "Transfer-Encoding: \u00a0chunked",
                "Transfer-Encoding\u0000: chunked",
                "\u0000Transfer-Encoding: chunked",
                ":Transfer-Encoding: chunked",
            })
    void no_spelling_of_transfer_encoding_next_to_a_length_hides_a_request(String line) {
        String body = "0\r\n\r\n" + HIDDEN;
        assertSafe(post("Content-Length: " + body.length() + "\r\n" + line + "\r\n\r\n" + body));
        assertSafe(post(line + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body));
        STAGE.stillServes();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked\u0000",
                "Transfer-Encoding: 'chunked'",
                "Transfer-Encoding: identity",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: chunked, gzip",
                "Transfer-Encoding: gzip, chunked",
                "Transfer-Encoding: gzip",
                "Transfer-Encoding: chunked, chunked",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding:",
                "Transfer-Encoding : chunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
            })
    void a_body_of_unknown_length_is_refused_and_ends_the_connection(String line) {
        assertRefused(post(line + "\r\n\r\n0\r\n\r\n" + HIDDEN));
    }

    @Test
    void a_chunked_body_in_http_1_0_is_refused() {
        assertRefused("POST /t HTTP/1.0\r\nHost: a.localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: N\r\nContent-Length: 0",
                "Content-Length: 0\r\nContent-Length: N",
                "Content-Length: N\r\nContent-Length: N",
                "Content-Length: N, 0",
                "Content-Length: N, N",
                "Content-Length: N,",
                "Content-Length: ,N",
                "Content-Length: -N",
                "Content-Length: +N",
                "Content-Length: 0xN",
                "Content-Length: N.0",
                "Content-Length: Ne0",
                "Content-Length: N N",
                "Content-Length: 'N'",
                "Content-Length: \"N\"",
                "Content-Length: N;q=1",
                "Content-Length:",
                "Content-Length: ",
                "Content-Length: 1\r\n 0",
                "Content-Length:\r\n N",
                "Content-Length: 18446744073709551617",
                "Content-Length: 9223372036854775808",
                "Content-Length: 99999999999999999999999999999999999999999999",
                "Content-Length : N",
                "Content-Length: N\u0000",
                "Content-Length: \u0660",
            })
    void no_spelling_of_content_length_hides_a_request(String lines) {
        String fields =
                lines.replace("N", Integer.toString(HIDDEN.length())).replace(HIDDEN.length() + "ontent", "Content");
        RawResponse response = assertSafe(post(fields + "\r\n\r\n" + HIDDEN));
        assertThat(response.status()).as(response.toString()).isEqualTo(400);
        STAGE.stillServes();
    }

    @ParameterizedTest
    @CsvSource({"5, hello", "05, hello", "00000005, hello", "0, ''"})
    void a_plain_length_is_one_message(String length, String body) {
        RawClient client = STAGE.client();
        client.send(post("Content-Length: " + length + "\r\n\r\n" + body));
        assertThat(client.response().status()).isEqualTo(200);
        assertThat(STAGE.a().completeRequest().body()).isEqualTo(body);
        assertThat(client.get("b.localhost", "/").response().body()).isEqualTo("B");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "DELETE", "OPTIONS", "PROPFIND", "get"})
    void a_request_without_body_gains_none(String method) {
        RawClient client = STAGE.client();
        client.request(method, "a.localhost", "/x", "");
        assertThat(client.response(method, Duration.ofSeconds(15)).status()).isEqualTo(200);
        BackendRequest request = STAGE.a().completeRequest();
        assertThat(request.method()).isEqualTo(method);
        assertThat(request.all("Content-Length")).isEmpty();
        assertThat(request.all("Transfer-Encoding")).isEmpty();
        assertThat(request.faults()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "DELETE", "POST"})
    void a_chunked_body_keeps_its_framing_whatever_the_method(String method) {
        RawClient client = STAGE.client();
        client.request(method, "a.localhost", "/x", "5\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding: chunked");
        assertThat(client.response().status()).isEqualTo(200);
        BackendRequest request = STAGE.a().completeRequest();
        assertThat(request.body()).isEqualTo("hello");
        assertThat(request.faults()).isEmpty();
    }

    @Test
    void the_bytes_behind_a_body_are_the_next_request() {
        RawClient client = STAGE.client();
        client.send(post("Content-Length: 5\r\n\r\nhello") + "GET /2 HTTP/1.1\r\nHost: b.localhost\r\n\r\n");
        assertThat(client.response().body()).isEqualTo("A");
        assertThat(client.response().body()).isEqualTo("B");
        assertThat(STAGE.a().requests()).hasSize(1);
    }

    private static String post(String rest) {
        return "POST /t HTTP/1.1\r\nHost: a.localhost\r\n" + rest;
    }

    private static void assertRefused(String bytes) {
        RawClient client = STAGE.client();
        client.send(bytes);
        RawResponse response = client.response();
        assertThat(response.status()).as(response.toString()).isIn(400, 501);
        assertThat(client.wire().rest(Duration.ofSeconds(15))).isEmpty();
        assertThat(client.wire().end()).isNotEqualTo(Wire.End.OPEN);
        assertThat(STAGE.a().requests()).isEmpty();
        STAGE.stillServes();
    }

    /** Refused, or one message that every server reads in the same way. */
    private static RawResponse assertSafe(String bytes) {
        RawClient client = STAGE.client();
        client.send(bytes);
        client.finish();
        RawResponse response = client.response();
        client.awaitEnd();
        List<BackendRequest> seen = STAGE.a().requests();
        assertThat(seen).noneMatch(request -> request.target().contains("hidden"));
        assertThat(seen).allMatch(request -> request.faults().isEmpty());
        if (response.status() == 200) {
            assertThat(seen).isNotEmpty();
        } else {
            assertThat(response.status()).as(response.toString()).isIn(400, 501);
        }
        return response;
    }
}

package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Heads of HTTP/1.1 as field sections: what only HTTP/1.1 needs to say is not said. */
class SectionWriterTest {

    private static byte[] head(String... lines) {
        return (String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    private static List<String> text(Http2Headers section) {
        List<String> all = new ArrayList<>();
        section.forEach(field -> all.add(field.getKey() + "=" + field.getValue()));
        return all;
    }

    private static List<String> response(String... lines) {
        byte[] head = head(lines);
        return text(SectionWriter.response(head, head.length, new DefaultHttp2Headers(false)));
    }

    private static List<String> request(boolean secure, String... lines) {
        byte[] head = head(lines);
        return text(SectionWriter.request(head, head.length, secure, new DefaultHttp2Headers(false)));
    }

    @Test
    void a_response_keeps_its_fields_in_order_and_loses_those_of_its_connection() {
        assertThat(response(
                        "HTTP/1.1 404 Not Found: really",
                        "X-One:  1 ",
                        "Connection: close",
                        "Set-Cookie: a=1",
                        "Keep-Alive: timeout=5",
                        "Transfer-Encoding: chunked",
                        "set-cookie: b=2",
                        "Upgrade: h2c",
                        "Proxy-Connection: close",
                        "Empty:"))
                .containsExactly(":status=404", "x-one=1", "set-cookie=a=1", "set-cookie=b=2", "empty=");
        assertThat(response("HTTP/1.1 204 ")).containsExactly(":status=204");
    }

    @Test
    void switching_protocols_is_granted_by_200() {
        assertThat(response(
                        "HTTP/1.1 101 Switching Protocols",
                        "Upgrade: websocket",
                        "Connection: Upgrade",
                        "Sec-WebSocket-Accept: x",
                        "Sec-WebSocket-Protocol: chat"))
                .containsExactly(":status=200", "sec-websocket-protocol=chat");
    }

    @Test
    void a_request_says_its_host_as_the_authority() {
        assertThat(request(
                        false,
                        "POST /a?b HTTP/1.1",
                        "Accept: */*",
                        "Host: A.test:81",
                        "TE: trailers, gzip",
                        "Connection: TE, close",
                        "Transfer-Encoding: chunked",
                        "X: 1",
                        "x: 2"))
                .containsExactlyInAnyOrder(
                        ":method=POST",
                        ":scheme=http",
                        ":authority=A.test:81",
                        ":path=/a?b",
                        "accept=*/*",
                        "te=trailers",
                        "x=1",
                        "x=2");
        assertThat(request(true, "GET / HTTP/1.1", "Host: a"))
                .containsExactlyInAnyOrder(":method=GET", ":scheme=https", ":authority=a", ":path=/");
    }

    @Test
    void trailers_are_lines_and_no_head() {
        assertThat(text(SectionWriter.trailers(head("X-Sum: 1", "Y: a, b"), new DefaultHttp2Headers(false))))
                .containsExactly("x-sum=1", "y=a, b");
    }
}

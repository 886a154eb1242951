package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.testkit.Gen;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Field sections as heads of HTTP/1.1 and back: what goes in says the same when it comes out, or does not go in. */
class SectionReaderTest {

    private static final int ROUNDS = 400;

    private final SectionReader reader = new SectionReader();
    private final Head head = new Head();
    private final HeadParser parser = new HeadParser(head);

    private static List<Map.Entry<CharSequence, CharSequence>> section(String... namesAndValues) {
        List<Map.Entry<CharSequence, CharSequence>> section = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            section.add(Map.entry(bytes(namesAndValues[i]), bytes(namesAndValues[i + 1])));
        }
        return section;
    }

    private static AsciiString bytes(String text) {
        return new AsciiString(text.getBytes(StandardCharsets.ISO_8859_1), false);
    }

    private static String[] get(String... more) {
        String[] all = Arrays.copyOf(
                new String[] {":method", "GET", ":scheme", "https", ":authority", "a.test", ":path", "/p?q"},
                8 + more.length);
        System.arraycopy(more, 0, all, 8, more.length);
        return all;
    }

    private String text() {
        return new String(reader.head().bytes, 0, reader.head().length, StandardCharsets.ISO_8859_1);
    }

    private String request(boolean ended, String... section) throws MalformedMessage {
        reader.request(section(section), ended);
        return text();
    }

    @Test
    void a_request_is_written_line_by_line_in_its_order() throws MalformedMessage {
        assertThat(request(true, get("x", "1", "y", "", "x", "2, 3", "te", "trailers")))
                .isEqualTo("GET /p?q HTTP/1.1\r\nHost: a.test\r\nx: 1\r\ny: \r\nx: 2, 3\r\nte: trailers\r\n\r\n");
    }

    @Test
    void a_body_without_a_length_is_chunked_and_one_with_it_is_not() throws MalformedMessage {
        assertThat(request(false, get())).endsWith("\r\ntransfer-encoding: chunked\r\n\r\n");
        assertThat(request(false, get("content-length", "5"))).doesNotContain("chunked");
        assertThat(request(true, get())).doesNotContain("chunked");
    }

    @Test
    void crumbs_of_cookies_are_joined_wherever_they_were() throws MalformedMessage {
        assertThat(request(true, get("cookie", "a=1", "x", "y", "cookie", "b=2", "cookie", "c")))
                .endsWith("\r\nx: y\r\ncookie: a=1; b=2; c\r\n\r\n");
    }

    @Test
    void the_host_may_be_said_twice_alike() throws MalformedMessage {
        assertThat(request(true, get("host", "A.test")))
                .containsOnlyOnce("a.test")
                .doesNotContain("A.test");
        assertThatThrownBy(() -> request(true, get("host", "b.test"))).isInstanceOf(MalformedMessage.class);
    }

    @Test
    void a_websocket_is_asked_for_as_http1_does() throws MalformedMessage {
        String[] connect = get("sec-websocket-key", "of its own");
        connect[1] = "CONNECT";
        String[] all = Arrays.copyOf(new String[] {":protocol", "websocket"}, 2 + connect.length);
        System.arraycopy(connect, 0, all, 2, connect.length);
        assertThat(request(false, all))
                .startsWith("GET /p?q HTTP/1.1\r\nHost: a.test\r\n")
                .contains("Connection: Upgrade\r\n", "Upgrade: websocket\r\n")
                .doesNotContain("chunked", "of its own");
        assertThat(reader.asksForUpgrade()).isTrue();
        request(true, get());
        assertThat(reader.asksForUpgrade()).isFalse();
    }

    /** Fields by {@code |}, names and values by {@code =}. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":method=GET",
                ":method=GET|:path=/",
                ":scheme=https|:path=/",
                ":method=GET|:scheme=https|:path=",
                ":method=GET|:scheme=https|:path=/|:method=GET",
                ":method=GET|:scheme=https|:path=/|:path=/",
                ":method=GET|:scheme=https|x=y|:path=/",
                ":method=GET|:scheme=https|:path=/|:unknown=y",
                ":method=GET|:scheme=https|:path=/|:status=200",
                ":method=CONNECT|:scheme=https|:authority=a|:path=/",
                ":method=CONNECT|:authority=a|:path=/",
                ":method=CONNECT",
                ":method=GET|:scheme=https|:path=/|:protocol=websocket",
                ":method=CONNECT|:protocol=websocket|:scheme=https|:path=/",
                ":method=CONNECT|:protocol=websocket|:authority=a|:path=/",
                ":method=GET|:scheme=https|:path=*",
                ":method=G\u0000|:scheme=https|:path=/",
            })
    void what_is_no_request_is_refused(String fields) {
        String[] section = fields.isEmpty() ? new String[0] : fields.split("[|=]", -1);
        assertThatThrownBy(() -> request(true, section)).isInstanceOf(MalformedMessage.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "x=y", ":status=20", ":status=2000", ":status=200|:status=200", "x=y|:status=200", ":path=/"
            })
    void what_is_no_response_is_the_upstreams_fault(String fields) {
        String[] section = fields.isEmpty() ? new String[0] : fields.split("[|=]", -1);
        assertThatThrownBy(() -> reader.response(section(section), true))
                .isInstanceOfSatisfying(
                        MalformedMessage.class,
                        fault -> assertThat(fault.code()).isEqualTo(FailureCode.BAD_RESPONSE));
    }

    static LongStream seeds() {
        return Gen.seeds(20);
    }

    private static String dirt(Gen gen, String clean) {
        if (!gen.onceIn(12)) {
            return clean;
        }
        String bad =
                gen.oneOf("\r\n", "\n", "\r", "\0", " ", "\t", ":", "\u007f", "A", "\u00e9", "#", ",", ";", "\u0001");
        int at = gen.between(0, clean.length());
        return clean.substring(0, at) + bad + clean.substring(at);
    }

    private static String[] generated(Gen gen) {
        List<String> all = new ArrayList<>();
        for (String[] pseudo : new String[][] {
            {":method", gen.oneOf("GET", "POST", "OPTIONS", "X-Y", "CONNECT")},
            {":scheme", gen.oneOf("http", "https")},
            {":authority", gen.oneOf("a.test", "a.test:81", "[::1]:80")},
            {":path", gen.oneOf("/", "/a?b", "/%2e%2e//x", "*")}
        }) {
            for (int i = gen.onceIn(25) ? gen.oneOf(0, 2) : 1; i > 0; i--) {
                all.add(dirt(gen, pseudo[0]));
                all.add(dirt(gen, pseudo[1]));
            }
        }
        for (int i = gen.between(0, 6); i > 0; i--) {
            int at = gen.onceIn(30) ? 0 : all.size();
            String name = gen.oneOf(
                    "x",
                    "accept",
                    "cookie",
                    "x-long-name",
                    "te",
                    "host",
                    "content-length",
                    "transfer-encoding",
                    "connection",
                    "via",
                    "content_length",
                    "upgrade",
                    "set-cookie",
                    "x".repeat(gen.between(1, 40)));
            String value = switch (name) {
                case "te" -> "trailers";
                case "host" -> "a.test";
                case "content-length" -> "5";
                case "cookie" -> "c" + gen.text(0, 12, "abc=;,\"/ ").strip();
                default -> gen.text(0, 12, "abc=;,\"/ ").strip();
            };
            all.add(at, dirt(gen, value));
            all.add(at, dirt(gen, name));
        }
        return all.toArray(String[]::new);
    }

    /** RFC 9113 §8.2, §8.3, §10.3. */
    @ParameterizedTest
    @MethodSource("seeds")
    void nothing_gets_into_a_head_that_could_be_read_as_something_else(long seed) {
        Gen gen = new Gen(seed);
        int taken = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String[] section = generated(gen);
            boolean ended = gen.onceIn(2);
            String what = Arrays.toString(section);
            try {
                request(ended, section);
            } catch (MalformedMessage refused) {
                continue;
            }
            String text = text();
            assertThat(text).as(what).endsWith("\r\n\r\n").doesNotContain("\0");
            String[] lines = text.substring(0, text.length() - 4).split("\r\n", -1);
            assertThat(lines[0]).as(what).matches("[!-~]+ [^\\x00-\\x20\\x7f#]+ HTTP/1\\.1");
            int length = 0;
            int chunked = 0;
            List<String> out = new ArrayList<>();
            for (int i = 1; i < lines.length; i++) {
                assertThat(lines[i])
                        .as(what)
                        .matches("(Host|[a-z0-9!#$%&'*+.^_`|~-]+): ?[^\\x00-\\x08\\x0a-\\x1f\\x7f]*");
                String name = lines[i].substring(0, lines[i].indexOf(':'));
                length += name.equals("content-length") ? 1 : 0;
                chunked += name.equals("transfer-encoding") ? 1 : 0;
                assertThat(name).as(what).isNotIn("connection", "upgrade", "keep-alive", "proxy-connection");
                out.add(lines[i]);
            }
            assertThat(chunked).as(what).isLessThanOrEqualTo(ended || length > 0 ? 0 : 1);
            for (int i = 0; i < section.length; i += 2) {
                if (!section[i].startsWith(":") && !section[i].equals("cookie") && !section[i].equals("host")) {
                    assertThat(out).as(what).contains(section[i] + ": " + section[i + 1]);
                }
            }
            taken++;
        }
        assertThat(taken).as("the generator makes sound ones, too").isGreaterThan(ROUNDS / 20);
    }

    /** Written again, a head is the section that it was read from, and read once more it is the same head. */
    @ParameterizedTest
    @MethodSource("seeds")
    void a_head_that_is_written_again_says_the_same(long seed) throws MalformedMessage {
        Gen gen = new Gen(seed);
        for (int round = 0; round < ROUNDS; round++) {
            String[] section = generated(gen);
            String first;
            try {
                first = request(true, section);
                byte[] copy = first.getBytes(StandardCharsets.ISO_8859_1);
                parser.parseRequest(copy, copy.length);
            } catch (MalformedMessage refused) {
                continue;
            }
            if (first.startsWith("CONNECT")) {
                continue;
            }
            byte[] bytes = first.getBytes(StandardCharsets.ISO_8859_1);
            Http2Headers written = SectionWriter.request(bytes, bytes.length, true, new DefaultHttp2Headers(false));
            assertThat(written.scheme()).hasToString("https");
            // The fields that both know nothing of, and those of the hop, which a writer leaves out.
            reader.request(written, true);
            String expected = first.replaceAll("(?m)^content_length: .*\r\n", "");
            assertThat(text()).as(Arrays.toString(section)).isEqualTo(hostFirst(expected));
        }
    }

    /** Where the section had a host field only, it is the authority that comes out. */
    private static String hostFirst(String head) {
        java.util.regex.Matcher host =
                java.util.regex.Pattern.compile("(?mi)^host: (.*)\r\n").matcher(head);
        if (!host.find()) {
            return head;
        }
        int line = head.indexOf("\r\n") + 2;
        return head.substring(0, line) + "Host: " + host.group(1) + "\r\n" + head.substring(line, host.start())
                + head.substring(host.end());
    }
}

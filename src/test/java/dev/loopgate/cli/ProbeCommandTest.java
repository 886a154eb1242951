package dev.loopgate.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.diagnose.Speech.Wanted;
import dev.loopgate.testkit.ClosedPort;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.TlsPeer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeCommandTest {

    private static final Duration LIMIT = Duration.ofSeconds(15);

    @TempDir
    Path folder;

    private Invocation probe(String... arguments) {
        String[] words = new String[arguments.length + 1];
        words[0] = "probe";
        System.arraycopy(arguments, 0, words, 1, arguments.length);
        return Invocation.of(folder, words);
    }

    private static TcpPeer http() {
        return TcpPeer.start(wire -> {
            if (wire.until("\r\n\r\n", LIMIT) != null) {
                wire.send("HTTP/1.1 200 OK\r\nServer: shop\r\n\r\n");
            }
        });
    }

    @Test
    void says_what_answers_and_how_long_it_took() {
        try (TcpPeer peer = http()) {
            Invocation told = probe("127.0.0.1:" + peer.port());
            assertThat(told.status()).isZero();
            assertThat(told.out().lines().toList())
                    .satisfiesExactly(
                            first -> assertThat(first).isEqualTo("127.0.0.1:" + peer.port()),
                            second -> assertThat(second)
                                    .matches("  127\\.0\\.0\\.1:" + peer.port()
                                            + "   takes connections \\([0-9.]+ m?s\\)"),
                            third -> assertThat(third)
                                    .matches("It speaks HTTP: HTTP/1\\.1 200 OK, from shop \\([0-9.]+ m?s\\)"));
            assertThat(told.err()).isEmpty();
        }
    }

    @Test
    void a_unix_socket_is_asked_like_a_port() throws IOException {
        Path path = folder.resolve("app.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            Thread peer = new Thread(() -> {
                // The first connection only tells whether there is somebody.
                for (int i = 0; i < 4; i++) {
                    try (SocketChannel channel = server.accept()) {
                        if (channel.read(ByteBuffer.allocate(1024)) > 0) {
                            channel.write(ByteBuffer.wrap("HTTP/1.1 204 None\r\n\r\n".getBytes(US_ASCII)));
                        }
                    } catch (IOException over) {
                        return;
                    }
                }
            });
            peer.start();
            assertThat(probe("unix://" + path)).satisfies(told -> {
                assertThat(told.status()).isZero();
                assertThat(told.out()).startsWith(path + " takes connections\nIt speaks HTTP: HTTP/1.1 204 None (");
            });
            JsonObject json = probe("--json", "unix:" + path).json();
            assertThat(json.getBoolean("connected")).isTrue();
            assertThat(json.getJsonObject("speech").getString("kind")).isEqualTo("http");
        }
        assertThat(probe("unix://" + path).out()).contains("refused");
        assertThat(probe("unix:///no/such").status()).isEqualTo(ExitStatus.FAILED);
        assertThat(probe("unix://@no-such").out()).startsWith("nothing listens on the abstract socket @no-such");
        assertThat(probe("unix:app.sock").status()).isEqualTo(ExitStatus.WRONG_USAGE);
    }

    @Test
    void a_port_that_refuses_is_a_failure() {
        try (ClosedPort closed = new ClosedPort()) {
            Invocation told = probe("127.0.0.1:" + closed.port());
            assertThat(told.status()).isEqualTo(ExitStatus.FAILED);
            assertThat(told.out()).contains("refused, nothing listens there (");
            assertThat(told.err()).contains("loopgate doctor 127.0.0.1:" + closed.port());
        }
    }

    @Test
    void a_name_that_leads_nowhere_is_a_failure() {
        Invocation told = probe("nobody.invalid:80");
        assertThat(told.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(told.out()).contains("nobody.invalid:80: the name leads to no address (");
    }

    @Test
    void says_what_is_wrong_with_a_certificate() {
        try (TlsPeer peer = new TlsPeer(TlsPeer.keys(folder, "dns:other.test"), "HTTP/1.1 200 OK\r\n\r\n")) {
            Invocation told = probe("127.0.0.1:" + peer.port());
            assertThat(told.out())
                    .contains("It speaks TLS: TLSv1.3, TLS_", ", no ALPN (")
                    .contains("  certificate for other.test\n  signed by itself\n  expires 2")
                    .contains("  not trusted: its certificate is not for 127.0.0.1 but for other.test")
                    .contains("  within it HTTP: HTTP/1.1 200 OK (");
            JsonObject speech =
                    probe("--json", "127.0.0.1:" + peer.port()).json().getJsonObject("speech");
            assertThat(speech.getMap())
                    .containsKeys("cipher", "subject", "issuer", "expires", "millis", "fault")
                    .containsEntry("kind", "tls")
                    .containsEntry("version", "TLSv1.3")
                    .containsEntry("trusted", false);
            assertThat(speech.getJsonObject("http").getString("status")).isEqualTo("HTTP/1.1 200 OK");
        }
    }

    @Test
    void json_has_each_address_with_its_outcome() {
        try (TcpPeer peer = http()) {
            JsonObject json = probe("--json", Integer.toString(peer.port())).json();
            assertThat(json.getMap())
                    .containsKeys("lookupMillis")
                    .containsEntry("host", "localhost")
                    .containsEntry("port", peer.port())
                    .containsEntry("connected", true);
            assertThat(json.getJsonArray("attempts").stream().map(JsonObject.class::cast))
                    .anySatisfy(attempt -> assertThat(attempt.getMap())
                            .containsKey("millis")
                            .containsEntry("address", "127.0.0.1")
                            .containsEntry("family", "ipv4")
                            .containsEntry("outcome", "connected"));
            assertThat(json.getJsonObject("speech").getMap())
                    .containsEntry("kind", "http")
                    .containsEntry("status", "HTTP/1.1 200 OK")
                    .containsEntry("server", "shop");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "5432, localhost, 5432",
        ":5432, localhost, 5432",
        "db.test:1, db.test, 1",
        "[::1]:80, ::1, 80",
        "[fe80::1%eth0]:80, fe80::1%eth0, 80",
        "http://app.localhost, app.localhost, 80",
        "https://App.localhost/a?b#c, app.localhost, 443",
        "ws://localhost:5173/x, localhost, 5173",
        "postgres://ann:secret@db:5432/shop, db, 5432",
    })
    void takes_what_people_type_and_paste(String text, String host, int port) {
        Wanted wanted =
                text.startsWith("https:") ? Wanted.TLS : text.matches("(http|ws):.*") ? Wanted.PLAIN : Wanted.ANY;
        assertThat(HostAndPort.parse(text)).isEqualTo(new HostAndPort(host, port, wanted));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "::1:80",
                "a:b",
                "localhost:0",
                "localhost:65536",
                "a b:1",
                "\u001b[2J:1",
                "[::1"
            })
    void says_what_it_cannot_make_sense_of(String text) {
        assertThatThrownBy(() -> HostAndPort.parse(text)).isInstanceOfSatisfying(CommandFailure.class, failure -> {
            assertThat(failure.status()).isEqualTo(ExitStatus.WRONG_USAGE);
            assertThat(failure.lines().get(0))
                    .startsWith("cannot make sense of \"")
                    .doesNotContain("\u001b");
        });
    }

    @Test
    void wrong_usage_says_how_it_is_meant() {
        assertThat(probe().status()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(probe("--timeout", "soon", "80").err()).contains("soon");
        assertThat(probe("--timeout", "soon", "80").status()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(probe("--listen", "x").err()).contains("--listen: ", "for example: loopgate probe --listen 9000");
        assertThat(probe("--listen", "9000", "80").status()).isEqualTo(ExitStatus.WRONG_USAGE);
    }
}

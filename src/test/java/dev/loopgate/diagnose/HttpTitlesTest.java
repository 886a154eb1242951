package dev.loopgate.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.net.Addresses;
import dev.loopgate.testkit.TcpPeer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpTitlesTest {

    private static final Duration LIMIT = Duration.ofSeconds(15);

    private static OpenPort port(int port, String program, String command) {
        return port(
                port,
                Addresses.LOOPBACK4,
                "ann",
                Optional.of(new OpenPort.Owner(
                        42, program, new CommandLine(command), "ann", Optional.empty(), Optional.empty(), false)));
    }

    private static OpenPort port(int port, InetAddress address, String user, Optional<OpenPort.Owner> process) {
        return new OpenPort(
                Protocol.TCP,
                port,
                List.of(address),
                process,
                Optional.of(user),
                OpenPort.Range.of(port),
                false,
                Optional.empty(),
                Optional.empty());
    }

    private static Optional<String> title(OpenPort port, Duration limit) {
        return new HttpTitles(limit).of(List.of(port)).get(0).title();
    }

    /** Answers each request with a head and a body, and closes. */
    private static TcpPeer serving(String address, String head, String body) {
        return TcpPeer.start(address, 0, wire -> {
            if (wire.until("\r\n\r\n", LIMIT) != null) {
                wire.send("HTTP/1.1 " + head + "\r\n\r\n" + body);
            }
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'<html><TITLE lang=en>\n  The\tshop\n</TITLE>'              | The shop",
                "<title>Bob&#39;s &amp; &#x41;nn&quot;s &lt;b&gt;</title>     | Bob's & Ann\"s <b>",
                "<title>a\u001b]0;owned\u0007b\u202e</title>                  | a?]0;owned?b?",
                "<title>&#27;[2J&#x10ffff;&#xffffff;</title>                  | ?[2J??",
            })
    void is_what_the_page_says_and_safe_to_print(String page, String expected) {
        try (TcpPeer peer = serving("127.0.0.1", "200 OK", page)) {
            assertThat(title(port(peer.port(), "node", "node server.js"), LIMIT))
                    .contains(expected);
        }
    }

    @Test
    void is_cut_where_it_is_long() {
        try (TcpPeer peer = serving("127.0.0.1", "200 OK", "<title>" + "x".repeat(500) + "</title>")) {
            assertThat(title(port(peer.port(), "node", "node"), LIMIT))
                    .get()
                    .asString()
                    .hasSize(60)
                    .endsWith("x…");
        }
    }

    @Test
    void is_that_of_the_page_which_visitors_are_sent_to() {
        try (TcpPeer peer = TcpPeer.start(wire -> {
            String request = wire.until("\r\n\r\n", LIMIT);
            wire.send(
                    request != null && request.startsWith("GET /login ")
                            ? "HTTP/1.1 200 OK\r\n\r\n<title>Sign in</title>"
                            : "HTTP/1.1 302 Found\r\nlocation: /login\r\n\r\n");
        })) {
            assertThat(title(port(peer.port(), "grafana", "grafana"), LIMIT)).contains("Sign in");
        }
    }

    @Test
    void of_a_service_elsewhere_is_not_asked_for() {
        try (TcpPeer peer = serving("127.0.0.1", "302 Found\r\nLocation: http://example.com/", "")) {
            assertThat(title(port(peer.port(), "node", "node"), LIMIT)).isEmpty();
            assertThat(peer.accepted()).isEqualTo(1);
        }
    }

    @Test
    void is_asked_for_on_loopback_where_a_service_listens_everywhere() throws Exception {
        try (TcpPeer peer = serving("127.0.0.1", "200 OK", "<title>here</title>")) {
            OpenPort everywhere = port(
                    peer.port(),
                    InetAddress.getByName("0.0.0.0"),
                    "ann",
                    port(peer.port(), "node", "node").process());
            assertThat(title(everywhere, LIMIT)).contains("here");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSH-2.0-x\r\n", "\u0015\u0003\u0003\u0000\u0002\u0002\n", "HTTP/1.1 200 OK\r\n\r\n{}"})
    void is_missing_where_none_is_served(String answer) {
        try (TcpPeer peer = TcpPeer.start(wire -> wire.send(answer))) {
            assertThat(title(port(peer.port(), "node", "node"), LIMIT)).isEmpty();
        }
    }

    @Test
    void nobody_waits_for_a_service_that_does_not_answer() {
        try (TcpPeer silent = TcpPeer.start(wire -> wire.awaitEnd());
                TcpPeer quick = serving("127.0.0.1", "200 OK", "<title>quick</title>")) {
            List<OpenPort> titled = new HttpTitles(Duration.ofSeconds(2))
                    .of(List.of(port(silent.port(), "node", "node"), port(quick.port(), "node", "node")));
            assertThat(titled).extracting(OpenPort::title).containsExactly(Optional.empty(), Optional.of("quick"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "postgres, postgres",
        "redis-server, redis-server *:7000",
        "mysqld, mysqld",
        "nc, nc -l 7000",
        "ssh, ssh -L 7000:db:5432 db",
        "gdbserver, gdbserver :7000 ./app",
        "java, java -agentlib:jdwp=transport=dt_socket;address=PORT -jar app.jar",
        "python3.11, python3 -m debugpy --listen PORT app.py",
    })
    void who_would_be_disturbed_is_left_alone(String program, String command) {
        try (TcpPeer peer = serving("127.0.0.1", "200 OK", "<title>no</title>")) {
            OpenPort port = port(peer.port(), program, command.replace("PORT", Integer.toString(peer.port())));
            assertThat(title(port, LIMIT)).isEmpty();
            assertThat(title(port(peer.port(), Addresses.LOOPBACK4, "postgres", Optional.empty()), LIMIT))
                    .isEmpty();
            assertThat(peer.accepted()).isZero();
        }
    }

    @Test
    void a_service_of_somebody_unknown_is_asked() {
        try (TcpPeer peer = serving("127.0.0.1", "200 OK", "<title>theirs</title>")) {
            assertThat(title(port(peer.port(), Addresses.LOOPBACK4, "www-data", Optional.empty()), LIMIT))
                    .contains("theirs");
        }
    }
}

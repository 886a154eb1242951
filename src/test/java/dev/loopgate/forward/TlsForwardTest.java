package dev.loopgate.forward;

import static dev.loopgate.forward.ForwardFixture.connect;
import static dev.loopgate.forward.ForwardFixture.port;
import static dev.loopgate.forward.ForwardFixture.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.model.Access;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward;
import dev.loopgate.model.Forward.Preamble;
import dev.loopgate.model.Forward.ProxyProtocol;
import dev.loopgate.model.Forward.Security;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.model.UpstreamAddress.LoopbackPort;
import dev.loopgate.net.Addresses;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Tls;
import dev.loopgate.testkit.TlsPeer;
import dev.loopgate.testkit.Wire;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Forwards that end TLS for their targets, or begin it for their clients. */
@ExtendWith(LeakCheck.class)
class TlsForwardTest {

    private static final Tls TLS = Tls.inNewFolder();

    private static final Security ENDS = new Security(new TlsSettings.Auto(), true);

    private final ForwardFixture fixture = new ForwardFixture(TLS.termination());
    private final TcpPeer echo = TcpPeer.start(TcpForwardTest::echo);

    /** Targets are trusted as it was when the rule came into force. */
    @BeforeAll
    static void makeAuthority() throws IOException {
        TLS.folder().certificateOrNew(Set.of("app.example.com"), Instant.now());
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
        echo.close();
    }

    /** With a configuration in force that has this rule. */
    private TcpForward open(Forward.Tcp rule) {
        Configuration sites = Sites.of(Sites.proxy("app.example.com", 1));
        fixture.tls.prepare(sites.with(sites.hosts(), List.of(rule))).run();
        return fixture.open(rule);
    }

    private TcpForward ending(int port) {
        return open(rule(new LoopbackPort(port)).with(ENDS));
    }

    private TcpForward beginning(boolean verify, int... ports) {
        UpstreamAddress[] targets = new UpstreamAddress[ports.length];
        for (int i = 0; i < ports.length; i++) {
            targets[i] = new UpstreamAddress.Tls(new LoopbackPort(ports[i]));
        }
        return open(rule(targets).with(new Security(new TlsSettings.Off(), verify)));
    }

    private static Wire secure(TcpForward forward) throws IOException {
        return new Wire(Tls.connect(TLS.trusting(), port(forward), "localhost"));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static void gone(TcpForward forward) {
        Eventually.until("it is gone", () -> forward.status().connections() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "db.localhost", "machine.local", "db.test", "app.example.com"})
    void proves_to_be_what_it_is_asked_for_and_gives_the_target_what_is_within(String name) throws IOException {
        TcpForward forward = ending(echo.port());
        try (Wire client = new Wire(Tls.connect(TLS.trusting(), port(forward), name))) {
            client.send("hello");
            assertThat(text(client.read(5))).isEqualTo("hello");
        }
        gone(forward);
        assertThat(forward.status().bytesToTarget()).isEqualTo(5);
    }

    @Test
    void agrees_on_no_protocol_within_since_it_does_not_know_the_targets() throws IOException {
        try (SSLSocket socket = Tls.connect(TLS.trusting(), port(ending(echo.port())), "localhost")) {
            assertThat(socket.getApplicationProtocol()).isEmpty();
        }
    }

    @Test
    void tells_a_client_that_asks_for_a_name_of_others() {
        TcpForward forward = ending(echo.port());
        assertThatThrownBy(() -> Tls.connect(TLS.trusting(), port(forward), "www.example.com"))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("unrecognized_name");
        gone(forward);
        assertThat(fixture.told)
                .containsExactly("refused 1: 127.0.0.1 asks for \"www.example.com\", which leads nowhere");
        assertThat(forward.status().refused()).isEqualTo(1);
        assertThat(echo.accepted()).isZero();
    }

    @Test
    void refuses_a_client_that_speaks_no_tls_before_the_target_hears_of_it() {
        TcpForward forward = ending(echo.port());
        try (Wire client = connect(forward)) {
            client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
        }
        gone(forward);
        assertThat(fixture.told).containsExactly("refused 1: 127.0.0.1 does not speak TLS");
        assertThat(echo.accepted()).isZero();
    }

    @Test
    void says_that_a_client_does_not_trust_it() {
        TcpForward forward = ending(echo.port());
        assertThatThrownBy(() -> Tls.connect(Tls.inNewFolder().trusting(), port(forward), "localhost"))
                .isInstanceOf(SSLException.class);
        gone(forward);
        assertThat(fixture.told)
                .singleElement()
                .asString()
                .matches("refused 1: 127.0.0.1 did not agree on TLS: [a-z0-9 ]+");
    }

    @Test
    void refuses_a_client_that_says_nothing() throws Exception {
        try (ForwardFixture hasty = new ForwardFixture(new ForwardTls(TLS.termination(), Duration.ofMillis(300)))) {
            TcpForward forward = hasty.open(rule(new LoopbackPort(echo.port())).with(ENDS));
            try (Wire client = connect(forward)) {
                assertThat(client.awaitEnd()).isEqualTo(Wire.End.RESET);
            }
            gone(forward);
            assertThat(hasty.told).containsExactly("refused 1: 127.0.0.1 did not agree on TLS in time");
        }
    }

    @Test
    void gives_up_a_target_that_says_nothing() throws Exception {
        try (ForwardFixture hasty = new ForwardFixture(new ForwardTls(TLS.termination(), Duration.ofMillis(300)));
                ServerSocket silent = new ServerSocket(0, 1, Addresses.LOOPBACK4)) {
            Forward.Tcp rule = rule(new UpstreamAddress.Tls(new LoopbackPort(silent.getLocalPort())));
            hasty.tls
                    .prepare(Configuration.EMPTY.with(List.of(), List.of(rule)))
                    .run();
            TcpForward forward = hasty.open(rule);
            try (Wire client = connect(forward)) {
                assertThat(client.awaitEnd()).isEqualTo(Wire.End.RESET);
            }
            gone(forward);
            assertThat(hasty.told)
                    .containsExactly("unreachable 1: tls://localhost:" + silent.getLocalPort()
                            + ": TLS failed, it did not answer in time");
        }
    }

    @Test
    void speaks_tls_to_a_target_that_proves_who_it_is() {
        TcpForward inner = ending(echo.port());
        TcpForward outer = beginning(true, port(inner));
        try (Wire client = connect(outer)) {
            client.send("hello");
            assertThat(text(client.read(5))).isEqualTo("hello");
            client.finish();
            assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
        }
        gone(outer);
        gone(inner);
    }

    @Test
    void goes_on_to_the_next_where_a_target_does_not_prove_who_it_is(@TempDir Path folder) {
        Path keys = TlsPeer.keys(folder, "dns:localhost");
        TcpForward inner = ending(echo.port());
        try (TlsPeer stranger = new TlsPeer(keys, "stranger")) {
            TcpForward strict = beginning(true, stranger.port(), port(inner));
            try (Wire client = connect(strict)) {
                client.send("hello");
                assertThat(text(client.read(5))).isEqualTo("hello");
            }
            assertThat(fixture.told)
                    .first()
                    .asString()
                    .isEqualTo("tls://localhost:" + stranger.port() + " down: tls://localhost:" + stranger.port()
                            + ": TLS failed, nobody whom this machine trusts has signed its certificate");
            TcpForward alone = beginning(true, stranger.port());
            try (Wire client = connect(alone)) {
                assertThat(client.awaitEnd()).isEqualTo(Wire.End.RESET);
            }
            TcpForward careless = beginning(false, stranger.port());
            try (Wire client = connect(careless)) {
                client.send("hello");
                assertThat(text(client.read(8))).isEqualTo("stranger");
            }
        }
    }

    @Test
    void tells_the_target_of_the_client_before_tls_and_hears_of_it_before_tls() {
        TcpForward inner = open(rule(new LoopbackPort(echo.port()))
                .with(ENDS)
                .with(new Preamble(Optional.of(ProxyProtocol.V1), Optional.of(Access.ALL), List.of())));
        TcpForward outer = open(rule(new UpstreamAddress.Tls(new LoopbackPort(port(inner))))
                .with(new Preamble(Optional.of(ProxyProtocol.V2), Optional.empty(), List.of())));
        try (Wire client = connect(outer)) {
            client.send("hello");
            String header = "PROXY TCP4 127.0.0.1 127.0.0.1 " + client.localPort() + " " + port(outer) + "\r\n";
            assertThat(text(client.read(header.length() + 5))).isEqualTo(header + "hello");
        }
    }

    @Test
    void counts_against_limits_and_keeps_to_the_bandwidth() throws IOException {
        TcpForward forward = open(rule(new LoopbackPort(echo.port()))
                .with(ENDS)
                .with(new Forward.Limits(1, 0, Forward.Rate.UNLIMITED, 400_000)));
        try (Wire client = secure(forward)) {
            byte[] bytes = new byte[200_000];
            long begun = System.nanoTime();
            client.send(bytes);
            assertThat(client.read(bytes.length)).hasSize(bytes.length);
            // A tenth of a second's worth may pass at once.
            assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(350));
            assertThat(ForwardFixture.endOf(forward)).isEqualTo(Wire.End.RESET);
        }
        assertThat(fixture.told).singleElement().asString().contains("refused 1");
    }

    @Test
    void ends_what_is_idle() throws Exception {
        TcpForward forward =
                open(rule(Access.ALL, 0, Duration.ofMillis(300), Duration.ofSeconds(10), new LoopbackPort(echo.port()))
                        .with(ENDS));
        try (Wire client = secure(forward)) {
            assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
        }
        gone(forward);
    }

    @Test
    void a_change_of_the_rule_holds_for_connections_that_come_after_it() throws Exception {
        TcpForward forward = ending(echo.port());
        try (Wire before = secure(forward)) {
            before.send("a");
            assertThat(text(before.read(1))).isEqualTo("a");
            forward.change(forward.rule().with(Security.NONE));
            try (Wire after = connect(forward)) {
                after.send("plain");
                assertThat(text(after.read(5))).isEqualTo("plain");
            }
            before.send("b");
            assertThat(text(before.read(1))).isEqualTo("b");
        }
    }

    @Test
    void does_the_same_on_javas_own_engine() throws Exception {
        try (ForwardFixture java = new ForwardFixture(TLS.terminationByJava())) {
            TcpForward forward = java.open(rule(new LoopbackPort(echo.port())).with(ENDS));
            try (Wire client = secure(forward)) {
                client.send("hello");
                assertThat(text(client.read(5))).isEqualTo("hello");
                client.finish();
                assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
            }
            gone(forward);
        }
    }
}

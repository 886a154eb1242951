package dev.loopgate.forward;

import static dev.loopgate.forward.ForwardFixture.connect;
import static dev.loopgate.forward.ForwardFixture.port;
import static dev.loopgate.forward.ForwardFixture.rule;
import static dev.loopgate.forward.TlsForwards.ENDS;
import static dev.loopgate.forward.TlsForwards.TLS;
import static dev.loopgate.forward.TlsForwards.gone;
import static dev.loopgate.forward.TlsForwards.secure;
import static dev.loopgate.forward.TlsForwards.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.model.Access;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward;
import dev.loopgate.model.Forward.Preamble;
import dev.loopgate.model.Forward.ProxyProtocol;
import dev.loopgate.model.Forward.Security;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.model.UpstreamAddress.LoopbackPort;
import dev.loopgate.net.Addresses;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.Tls;
import dev.loopgate.testkit.TlsPeer;
import dev.loopgate.testkit.Wire;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Forwards that end TLS for their targets, or begin it for their clients. */
@ExtendWith(LeakCheck.class)
class TlsForwardTest {

    @RegisterExtension
    final TlsForwards forwards = new TlsForwards();

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "db.localhost", "machine.local", "db.test", "app.example.com"})
    void proves_to_be_what_it_is_asked_for_and_gives_the_target_what_is_within(String name) throws IOException {
        TcpForward forward = forwards.ending(forwards.echo.port());
        try (Wire client = new Wire(Tls.connect(TLS.trusting(), port(forward), name))) {
            client.send("hello");
            assertThat(text(client.read(5))).isEqualTo("hello");
        }
        gone(forward);
        assertThat(forward.status().bytesToTarget()).isEqualTo(5);
    }

    @Test
    void agrees_on_no_protocol_within_since_it_does_not_know_the_targets() throws IOException {
        try (SSLSocket socket = Tls.connect(TLS.trusting(), port(forwards.ending(forwards.echo.port())), "localhost")) {
            assertThat(socket.getApplicationProtocol()).isEmpty();
        }
    }

    @Test
    void tells_a_client_that_asks_for_a_name_of_others() {
        TcpForward forward = forwards.ending(forwards.echo.port());
        assertThatThrownBy(() -> Tls.connect(TLS.trusting(), port(forward), "www.example.com"))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("unrecognized_name");
        gone(forward);
        assertThat(forwards.fixture.told)
                .containsExactly("refused 1: 127.0.0.1 asks for \"www.example.com\", which leads nowhere");
        assertThat(forward.status().refused()).isEqualTo(1);
        assertThat(forwards.echo.accepted()).isZero();
    }

    @Test
    void refuses_a_client_that_speaks_no_tls_before_the_target_hears_of_it() {
        TcpForward forward = forwards.ending(forwards.echo.port());
        try (Wire client = connect(forward)) {
            client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
        }
        gone(forward);
        assertThat(forwards.fixture.told).containsExactly("refused 1: 127.0.0.1 does not speak TLS");
        assertThat(forwards.echo.accepted()).isZero();
    }

    /** Not a record, and the record of a hello that is longer than any. */
    @ParameterizedTest
    @ValueSource(strings = {"\u0015\0\0\0\0AAAAAAAAAAAAAAAAAAAA", "\u0016\3\1\0\6\1\u00ff\u00ff\u00ff\0\0"})
    void a_client_that_begins_wrong_is_the_one_to_blame(String bytes) {
        TcpForward forward = forwards.ending(forwards.echo.port());
        try (Wire client = connect(forward)) {
            client.send(bytes);
            assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
        }
        gone(forward);
        assertThat(forwards.fixture.told)
                .singleElement()
                .asString()
                .matches("refused 1: 127.0.0.1 (does not speak TLS|did not agree on TLS: .{1,80})");
    }

    @Test
    void says_that_a_client_does_not_trust_it() {
        TcpForward forward = forwards.ending(forwards.echo.port());
        assertThatThrownBy(() -> Tls.connect(Tls.inNewFolder().trusting(), port(forward), "localhost"))
                .isInstanceOf(SSLException.class);
        gone(forward);
        assertThat(forwards.fixture.told)
                .singleElement()
                .asString()
                .matches("refused 1: 127.0.0.1 did not agree on TLS: [a-z0-9 ]+");
    }

    @Test
    void says_why_it_has_no_certificate_rather_than_blame_the_client() throws Exception {
        try (ForwardFixture without = new ForwardFixture()) {
            TcpForward forward =
                    without.open(rule(new LoopbackPort(forwards.echo.port())).with(ENDS));
            assertThatThrownBy(() -> Tls.connect(TLS.trusting(), port(forward), "localhost"))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("internal_error");
            gone(forward);
            String cause =
                    "there is no certificate for its clients: neither XDG_DATA_HOME nor HOME is set, so there is no"
                            + " place for a certificate authority";
            assertThat(without.told).containsExactly("unreachable 1: " + cause);
            assertThat(forward.status().lastError().orElseThrow().message()).isEqualTo(cause);
            assertThat(forward.status().refused()).isZero();
        }
    }

    @Test
    void keeps_its_names_until_it_has_let_go_though_another_configuration_is_in_force() throws Exception {
        TcpForward forward = forwards.ending(forwards.echo.port());
        ForwardTls tls = forwards.fixture.tls;
        tls.prepare(Configuration.EMPTY).run();
        Tls.connect(TLS.trusting(), port(forward), "app.example.com").close();
        try (Socket begun = new Socket(Addresses.LOOPBACK4, port(forward))) {
            Eventually.until("it is accepted", () -> forward.status().accepted() == 2);
            tls.settle();
            Tls.over(TLS.trusting(), begun, port(forward), "app.example.com").close();
        }
        assertThatThrownBy(() -> Tls.connect(TLS.trusting(), port(forward), "app.example.com"))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("unrecognized_name");
    }

    @Test
    void refuses_a_client_that_says_nothing() throws Exception {
        try (ForwardFixture hasty = new ForwardFixture(new ForwardTls(TLS.termination(), Duration.ofMillis(300)))) {
            TcpForward forward =
                    hasty.open(rule(new LoopbackPort(forwards.echo.port())).with(ENDS));
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
        TcpForward inner = forwards.ending(forwards.echo.port());
        TcpForward outer = forwards.beginning(true, port(inner));
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
        TcpForward inner = forwards.ending(forwards.echo.port());
        try (TlsPeer stranger = new TlsPeer(keys, "stranger")) {
            TcpForward strict = forwards.beginning(true, stranger.port(), port(inner));
            try (Wire client = connect(strict)) {
                client.send("hello");
                assertThat(text(client.read(5))).isEqualTo("hello");
            }
            assertThat(forwards.fixture.told)
                    .first()
                    .asString()
                    .isEqualTo("tls://localhost:" + stranger.port() + " down: tls://localhost:" + stranger.port()
                            + ": TLS failed, nobody whom this machine trusts has signed its certificate");
            TcpForward alone = forwards.beginning(true, stranger.port());
            try (Wire client = connect(alone)) {
                assertThat(client.awaitEnd()).isEqualTo(Wire.End.RESET);
            }
            TcpForward careless = forwards.beginning(false, stranger.port());
            try (Wire client = connect(careless)) {
                client.send("hello");
                assertThat(text(client.read(8))).isEqualTo("stranger");
            }
        }
    }

    @Test
    void tells_the_target_of_the_client_before_tls_and_hears_of_it_before_tls() {
        TcpForward inner = forwards.open(rule(new LoopbackPort(forwards.echo.port()))
                .with(ENDS)
                .with(new Preamble(Optional.of(ProxyProtocol.V1), Optional.of(Access.ALL), List.of())));
        TcpForward outer = forwards.open(rule(new UpstreamAddress.Tls(new LoopbackPort(port(inner))))
                .with(new Preamble(Optional.of(ProxyProtocol.V2), Optional.empty(), List.of())));
        try (Wire client = connect(outer)) {
            client.send("hello");
            String header = "PROXY TCP4 127.0.0.1 127.0.0.1 " + client.localPort() + " " + port(outer) + "\r\n";
            assertThat(text(client.read(header.length() + 5))).isEqualTo(header + "hello");
        }
    }

    @Test
    void counts_against_limits_and_keeps_to_the_bandwidth() throws IOException {
        TcpForward forward = forwards.open(rule(new LoopbackPort(forwards.echo.port()))
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
        assertThat(forwards.fixture.told).singleElement().asString().contains("refused 1");
    }

    @Test
    void ends_what_is_idle() throws Exception {
        TcpForward forward = forwards.open(rule(
                        Access.ALL,
                        0,
                        Duration.ofMillis(300),
                        Duration.ofSeconds(10),
                        new LoopbackPort(forwards.echo.port()))
                .with(ENDS));
        try (Wire client = secure(forward)) {
            assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
        }
        gone(forward);
    }

    @Test
    void a_change_of_the_rule_holds_for_connections_that_come_after_it() throws Exception {
        TcpForward forward = forwards.ending(forwards.echo.port());
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
            TcpForward forward =
                    java.open(rule(new LoopbackPort(forwards.echo.port())).with(ENDS));
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

package dev.loopgate.forward;

import static dev.loopgate.forward.ForwardFixture.connect;
import static dev.loopgate.forward.ForwardFixture.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.Access;
import dev.loopgate.model.Forward.Preamble;
import dev.loopgate.model.Forward.ServerName;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.model.UpstreamAddress.LoopbackPort;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Wire;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS that is passed through by its server name. */
@ExtendWith(LeakCheck.class)
class ServerNameTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int RECORD_HEADER = 5;

    private final ForwardFixture fixture = new ForwardFixture();
    private final TcpPeer exact = marked("e");
    private final TcpPeer wildcard = marked("w");
    private final TcpPeer longer = marked("l");
    private final TcpPeer other = marked("o");

    /** Says which it is, and then sends back what it gets. */
    private static TcpPeer marked(String mark) {
        return TcpPeer.start(wire -> {
            wire.send(mark);
            TcpForwardTest.echo(wire);
        });
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
        for (TcpPeer peer : List.of(exact, wildcard, longer, other)) {
            peer.close();
        }
    }

    private TcpForward forward(UpstreamAddress... others) {
        return fixture.open(rule(others)
                .with(new Preamble(
                        Optional.empty(),
                        Optional.empty(),
                        List.of(
                                name(HostPattern.exact("app.test"), exact),
                                name(HostPattern.wildcard("test"), wildcard),
                                name(HostPattern.wildcard("shop.test"), longer)))));
    }

    private static ServerName name(HostPattern pattern, TcpPeer peer) {
        return new ServerName(pattern, List.of(new LoopbackPort(peer.port())));
    }

    /** What a client of this JDK says first, in one record. */
    private static byte[] hello(String name) throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        if (!name.isEmpty()) {
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(name)));
            engine.setSSLParameters(parameters);
        }
        engine.beginHandshake();
        ByteBuffer out = ByteBuffer.allocate(64 << 10);
        engine.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }

    /** The same in records of so many bytes each. */
    private static byte[] inRecords(byte[] hello, int size) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = RECORD_HEADER; at < hello.length; at += size) {
            int length = Math.min(size, hello.length - at);
            out.write(hello, 0, 3);
            out.write(length >> 8);
            out.write(length);
            out.write(hello, at, length);
        }
        return out.toByteArray();
    }

    private static void exchange(Wire client, byte[] hello, String mark) {
        assertThat(Wire.text(client.read(1, LONG))).isEqualTo(mark);
        assertThat(client.read(hello.length, LONG)).isEqualTo(hello);
        byte[] more = new byte[100_000];
        new Random(1).nextBytes(more);
        client.send(more);
        assertThat(client.read(more.length, LONG)).isEqualTo(more);
    }

    @ParameterizedTest
    @CsvSource({
        "app.test, e",
        "APP.Test, e",
        "www.test, w",
        "a.b.test, w",
        "a.shop.test, l",
        "x.app.test, w",
        "shop.test, w",
        "elsewhere.example, o",
        "test, o",
        "'', o"
    })
    void leads_where_the_name_belongs_and_loses_nothing(String name, String mark) throws Exception {
        byte[] hello = hello(name);
        try (Wire client = connect(forward(new LoopbackPort(other.port())))) {
            client.send(hello);
            exchange(client, hello, mark);
            client.finish();
            assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 50, 200})
    void a_hello_in_many_records_and_segments_is_read_all_the_same(int size) throws Exception {
        byte[] hello = inRecords(hello("app.test"), size);
        try (Wire client = connect(forward())) {
            for (int at = 0; at < hello.length; at += 37) {
                client.send(Arrays.copyOfRange(hello, at, Math.min(hello.length, at + 37)));
            }
            exchange(client, hello, "e");
        }
    }

    @Test
    void what_follows_the_hello_at_once_is_passed_on_behind_it() throws Exception {
        byte[] hello = hello("app.test");
        byte[] all = Arrays.copyOf(hello, hello.length + 5000);
        Arrays.fill(all, hello.length, all.length, (byte) 7);
        try (Wire client = connect(forward())) {
            client.send(all);
            client.finish();
            assertThat(Wire.text(client.read(1, LONG))).isEqualTo("e");
            assertThat(client.rest(LONG)).isEqualTo(all);
        }
    }

    @Test
    void who_asks_for_nothing_that_is_known_gets_an_alert() throws Exception {
        for (String name : List.of("elsewhere.example", "")) {
            TcpForward forward = forward();
            try (Wire client = connect(forward)) {
                client.send(hello(name));
                assertThat(client.rest(LONG)).containsExactly(21, 3, 3, 0, 2, 2, 112);
                assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
            }
            Eventually.until("it is gone", () -> forward.status().connections() == 0);
            assertThat(forward.status().refused()).isEqualTo(1);
        }
        assertThat(fixture.told)
                .containsExactly(
                        "refused 1: 127.0.0.1 asks for \"elsewhere.example\", which leads nowhere",
                        "refused 1: 127.0.0.1 asks for no server name");
    }

    @Test
    void a_name_that_would_drive_a_terminal_is_not_repeated() throws Exception {
        byte[] hello = hello("abcde.test");
        String text = new String(hello, StandardCharsets.ISO_8859_1);
        byte[] evil = text.replace("abcde.test", "\u001b[31m.test").getBytes(StandardCharsets.ISO_8859_1);
        TcpForward forward = fixture.open(rule().with(new Preamble(
                Optional.empty(), Optional.empty(), List.of(name(HostPattern.exact("app.test"), exact)))));
        try (Wire client = connect(forward)) {
            client.send(evil);
            assertThat(client.rest(LONG)).containsExactly(21, 3, 3, 0, 2, 2, 112);
        }
        assertThat(fixture.told).containsExactly("refused 1: 127.0.0.1 asks for something that is no server name");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: app.test\r\n\r\n",
                "SSH-2.0-OpenSSH_9.2\r\n",
                "\u0015\u0003\u0003\0\2\2\0"
            })
    void what_is_not_tls_is_reset(String text) {
        TcpForward forward = forward(new LoopbackPort(other.port()));
        try (Wire client = connect(forward)) {
            client.send(text);
            assertThat(client.awaitEnd()).isEqualTo(Wire.End.RESET);
        }
        assertThat(fixture.told).containsExactly("refused 1: 127.0.0.1 does not speak TLS");
    }

    @Test
    void a_hello_that_is_too_long_is_refused_before_it_is_read() {
        TcpForward forward = forward();
        try (Wire client = connect(forward)) {
            // A handshake message of one MiB, of which the first record is there.
            client.send(new byte[] {22, 3, 1, 0, 8, 1, 0x10, 0, 0, 3, 3, 0, 0});
            assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
        }
        Eventually.until("it is counted", () -> forward.status().refused() == 1);
        assertThat(fixture.told).containsExactly("refused 1: 127.0.0.1 sent a ClientHello of more than 16 KiB");
    }

    @Test
    void a_hello_that_goes_on_in_ever_more_records_is_refused() throws Exception {
        byte[] hello = hello("app.test");
        TcpForward forward = forward();
        try (Wire client = connect(forward)) {
            // One byte each, and one that never comes.
            byte[] records = inRecords(Arrays.copyOf(hello, hello.length - 1), 1);
            client.send(records);
            byte[] empty = {22, 3, 3, 0x40, 0};
            client.send(empty);
            client.send(new byte[(16 << 10) - 1]);
            assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
        }
        Eventually.until("it is counted", () -> forward.status().refused() == 1);
        assertThat(fixture.told).containsExactly("refused 1: 127.0.0.1 sent a ClientHello of more than 16 KiB");
        Eventually.until("nothing is kept", () -> fixture.transport.budget().waiting() == 0);
    }

    @Test
    void halves_of_hellos_are_counted_and_no_long_one_is_kept_while_too_much_waits() throws Exception {
        byte[] announced = {22, 3, 1, 0x30, 0, 1, 0, 0x2f, (byte) 0xfc};
        TcpForward forward = forward();
        try (Wire early = connect(forward);
                Wire late = connect(forward);
                Wire quick = connect(forward)) {
            early.send(Arrays.copyOf(announced, 6000));
            Eventually.until("it is counted", () -> fixture.transport.budget().waiting() == 12_000);
            fixture.transport.budget().add(1L << 30);
            late.send(Arrays.copyOf(announced, 6000));
            assertThat(late.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
            assertThat(fixture.told)
                    .containsExactly(
                            "refused 1: 127.0.0.1 sent half of a long ClientHello, of which too many wait already");

            byte[] hello = hello("app.test");
            quick.send(Arrays.copyOf(hello, 100));
            Eventually.until(
                    "half of it is read", () -> fixture.transport.budget().waiting() == (1L << 30) + 12_200);
            quick.send(Arrays.copyOfRange(hello, 100, hello.length));
            exchange(quick, hello, "e");
        } finally {
            Eventually.until("nothing is kept", () -> fixture.transport.budget().waiting() % (1L << 30) == 0);
        }
    }

    @Test
    void the_names_are_those_that_hold_when_the_hello_comes() throws Exception {
        byte[] hello = hello("app.test");
        TcpForward forward = forward();
        try (Wire client = connect(forward)) {
            client.send(Arrays.copyOf(hello, 50));
            Eventually.until(
                    "half of it is read", () -> fixture.transport.budget().waiting() > 0);
            forward.change(forward.rule()
                    .with(new Preamble(
                            Optional.empty(), Optional.empty(), List.of(name(HostPattern.exact("app.test"), longer)))));
            client.send(Arrays.copyOfRange(hello, 50, hello.length));
            exchange(client, hello, "l");
        }
    }

    @Test
    void what_comes_without_the_header_of_a_proxy_is_told_as_that() throws Exception {
        TcpForward forward = fixture.open(rule().with(new Preamble(
                Optional.empty(), Optional.of(Access.ALL), List.of(name(HostPattern.exact("app.test"), exact)))));
        try (Wire client = connect(forward)) {
            client.send(hello("app.test"));
            assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
        }
        Eventually.until("it is counted", () -> forward.status().refused() == 1);
        assertThat(fixture.told).containsExactly("refused 1: 127.0.0.1 sent no PROXY header");
    }

    @Test
    void an_end_within_the_hello_is_told() throws Exception {
        TcpForward forward = forward();
        try (Wire client = connect(forward)) {
            client.send(Arrays.copyOf(hello("app.test"), 60));
            client.finish();
            assertThat(client.awaitEnd()).isEqualTo(Wire.End.RESET);
        }
        assertThat(fixture.told).containsExactly("refused 1: 127.0.0.1 ended without a ClientHello");
    }
}

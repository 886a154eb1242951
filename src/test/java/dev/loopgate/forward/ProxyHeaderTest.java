package dev.loopgate.forward;

import static dev.loopgate.forward.ForwardFixture.connect;
import static dev.loopgate.forward.ForwardFixture.endOf;
import static dev.loopgate.forward.ForwardFixture.port;
import static dev.loopgate.forward.ForwardFixture.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.Access;
import dev.loopgate.model.Cidr;
import dev.loopgate.model.Forward;
import dev.loopgate.model.Forward.Preamble;
import dev.loopgate.model.Forward.ProxyProtocol;
import dev.loopgate.model.UpstreamAddress.LoopbackPort;
import dev.loopgate.net.Addresses;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Wire;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The PROXY protocol, in front of a forward and behind it. */
@ExtendWith(LeakCheck.class)
class ProxyHeaderTest {

    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    /** 10.1.2.3:1000 to 10.9.8.7:443, as a header of version 2. */
    private static final byte[] V2 =
            HexFormat.of().parseHex(SIGNATURE + "2111" + "000c" + "0a010203" + "0a090807" + "03e8" + "01bb");

    private static final String V1 = "PROXY TCP4 10.1.2.3 10.9.8.7 1000 443\r\n";

    private final ForwardFixture fixture = new ForwardFixture();
    private final TcpPeer echo = TcpPeer.start(TcpForwardTest::echo);

    @AfterEach
    void close() throws Exception {
        fixture.close();
        echo.close();
    }

    private TcpForward sending(ProxyProtocol version) {
        return fixture.open(rule(new LoopbackPort(echo.port()))
                .with(new Preamble(Optional.of(version), Optional.empty(), List.of())));
    }

    private TcpForward accepting(Access proxies, Access clients) {
        return fixture.open(rule(new LoopbackPort(echo.port()))
                .with(clients)
                .with(new Preamble(Optional.of(ProxyProtocol.V1), Optional.of(proxies), List.of())));
    }

    @Test
    void version_1_tells_the_target_who_the_client_is_before_it_has_said_anything() {
        TcpForward forward = sending(ProxyProtocol.V1);
        try (Wire client = connect(forward)) {
            String header = "PROXY TCP4 127.0.0.1 127.0.0.1 " + client.localPort() + " " + port(forward) + "\r\n";
            assertThat(text(client.read(header.length()))).isEqualTo(header);
            client.send("hello");
            assertThat(text(client.read(5))).isEqualTo("hello");
        }
    }

    @Test
    void version_2_is_binary() {
        TcpForward forward = sending(ProxyProtocol.V2);
        try (Wire client = connect(forward)) {
            client.send("hello");
            client.finish();
            assertThat(HexFormat.of().formatHex(client.rest(Duration.ofSeconds(20))))
                    .isEqualTo(SIGNATURE + "2111000c7f0000017f000001"
                            + String.format("%04x%04x", client.localPort(), port(forward)) + "68656c6c6f");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whom_a_proxy_speaks_for_is_passed_on_and_nothing_behind_the_header_is_lost(boolean first) {
        TcpForward forward = accepting(Access.ALL, Access.ALL);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(first ? V1.getBytes(StandardCharsets.US_ASCII) : V2);
        bytes.writeBytes("hello".getBytes(StandardCharsets.US_ASCII));
        try (Wire whole = connect(forward);
                Wire slow = connect(forward)) {
            whole.send(bytes.toByteArray());
            for (byte each : bytes.toByteArray()) {
                slow.send(new byte[] {each});
            }
            for (Wire client : List.of(whole, slow)) {
                assertThat(text(client.read(V1.length() + 5))).isEqualTo(V1 + "hello");
            }
            assertThat(forward.status().clients())
                    .extracting(client -> Addresses.text(client.address()))
                    .containsExactly("10.1.2.3");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "::ffff:1.2.3.4 2001:db8::1, ::ffff:1.2.3.4 2001:db8::1, 00000000000000000000ffff01020304,"
                + "20010db8000000000000000000000001",
        "2001:db8::1 ::ffff:1.2.3.4, 2001:db8::1 ::ffff:1.2.3.4, 20010db8000000000000000000000001,"
                + "00000000000000000000ffff01020304",
        "fe80::1%2 fe80::2, fe80::1 fe80::2, fe800000000000000000000000000001, fe800000000000000000000000000002"
    })
    void addresses_of_both_families_or_with_a_zone_are_passed_on_as_every_target_reads_them(
            String told, String text, String client, String server) {
        for (ProxyProtocol version : ProxyProtocol.values()) {
            TcpForward forward = fixture.open(rule(new LoopbackPort(echo.port()))
                    .with(new Preamble(Optional.of(version), Optional.of(Access.ALL), List.of())));
            try (Wire wire = connect(forward)) {
                wire.send("PROXY TCP6 " + told + " 11 22\r\n");
                wire.finish();
                byte[] passed = wire.rest(Duration.ofSeconds(20));
                if (version == ProxyProtocol.V1) {
                    assertThat(text(passed)).isEqualTo("PROXY TCP6 " + text + " 11 22\r\n");
                } else {
                    assertThat(HexFormat.of().formatHex(passed))
                            .isEqualTo(SIGNATURE + "2121" + "0024" + client + server + "000b" + "0016");
                }
            }
            Eventually.until("it is gone", () -> forward.status().connections() == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROXY UNKNOWN\r\n", SIGNATURE + "20000000", SIGNATURE + "2100000461626364"})
    void a_proxy_that_speaks_for_itself_or_does_not_know_is_the_client(String header) {
        TcpForward forward = accepting(Access.ALL, Access.ALL);
        try (Wire client = connect(forward)) {
            client.send(
                    header.startsWith("PROXY")
                            ? header.getBytes(StandardCharsets.US_ASCII)
                            : HexFormat.of().parseHex(header));
            String expected = "PROXY TCP4 127.0.0.1 127.0.0.1 " + client.localPort() + " " + port(forward) + "\r\n";
            assertThat(text(client.read(expected.length()))).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "PROXY TCP4 300.1.2.3 10.9.8.7 1000 443\r\n",
                "PROXY TCP4 10.1.2.3 10.9.8.7 1000\r\n",
                "PROXY TCP9 10.1.2.3 10.9.8.7 1000 443\r\n"
            })
    void what_does_not_begin_with_a_header_is_reset(String bytes) {
        TcpForward forward = accepting(Access.ALL, Access.ALL);
        try (Wire client = connect(forward)) {
            client.send(bytes);
            assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
        }
        Eventually.until("it is counted", () -> forward.status().refused() == 1);
        assertThat(fixture.told).containsExactly("refused 1: 127.0.0.1 sent no PROXY header");
        Eventually.until("it is gone", () -> forward.status().connections() == 0);
    }

    @Test
    void an_end_before_the_header_is_told() {
        TcpForward forward = accepting(Access.ALL, Access.ALL);
        try (Wire client = connect(forward)) {
            client.send("PROXY");
            client.finish();
            assertThat(client.awaitEnd()).isEqualTo(Wire.End.RESET);
        }
        assertThat(fixture.told).containsExactly("refused 1: 127.0.0.1 ended without a PROXY header");
    }

    @Test
    void only_the_proxies_that_are_named_may_send_one() throws Exception {
        Cidr other = Cidr.of(InetAddress.getByName("10.0.0.0"), 8);
        TcpForward forward = accepting(new Access(List.of(other), List.of()), Access.ALL);
        assertThat(endOf(forward)).isEqualTo(Wire.End.RESET);
        assertThat(fixture.told).containsExactly("refused 1: 127.0.0.1 is none of accept-proxy-protocol");
    }

    @Test
    void who_is_let_in_is_whom_the_proxy_speaks_for() throws Exception {
        Access nobodyOfTen = new Access(List.of(), List.of(Cidr.of(InetAddress.getByName("10.0.0.0"), 8)));
        TcpForward forward = accepting(Access.ALL, nobodyOfTen);
        try (Wire denied = connect(forward);
                Wire allowed = connect(forward)) {
            denied.send(V1);
            assertThat(denied.awaitEnd()).isEqualTo(Wire.End.RESET);
            assertThat(fixture.told).containsExactly("refused 1: 10.1.2.3 is not allowed");
            String header = "PROXY TCP6 fd00::1 fd00::2 1 2\r\n";
            allowed.send(header);
            assertThat(text(allowed.read(header.length()))).isEqualTo(header);
            forward.change(forward.rule()
                    .with(new Access(List.of(), List.of(Cidr.of(InetAddress.getByName("fd00::"), 8)))));
            assertThat(allowed.awaitEnd()).isEqualTo(Wire.End.RESET);
        }
    }

    @ParameterizedTest
    @EnumSource(ProxyProtocol.class)
    void limits_count_the_clients_and_not_the_proxy(ProxyProtocol version) {
        TcpForward forward = fixture.open(rule(new LoopbackPort(echo.port()))
                .with(new Forward.Limits(0, 1, Forward.Rate.UNLIMITED, 0))
                .with(new Preamble(Optional.of(version), Optional.of(Access.ALL), List.of())));
        try (Wire one = connect(forward);
                Wire two = connect(forward);
                Wire again = connect(forward)) {
            one.send("PROXY TCP4 10.1.2.3 10.9.8.7 1 2\r\n");
            two.send("PROXY TCP4 10.1.2.4 10.9.8.7 1 2\r\n");
            assertThat(one.read(28)).hasSize(28);
            assertThat(two.read(28)).hasSize(28);
            again.send("PROXY TCP4 10.1.2.3 10.9.8.7 3 4\r\n");
            assertThat(again.awaitEnd()).isEqualTo(Wire.End.RESET);
            assertThat(fixture.told).containsExactly("refused 1: 10.1.2.3 has 1 connections already");
        }
        Eventually.until("all are gone", () -> forward.status().connections() == 0);
        try (Wire one = connect(forward)) {
            one.send("PROXY TCP4 10.1.2.3 10.9.8.7 1 2\r\n");
            assertThat(one.read(28)).hasSize(28);
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}

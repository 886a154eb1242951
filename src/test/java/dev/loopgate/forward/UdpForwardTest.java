package dev.loopgate.forward;

import static dev.loopgate.testkit.Ipv6.assumeIpv6;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.model.Access;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Cidr;
import dev.loopgate.model.Forward;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.model.UpstreamAddress.HostPort;
import dev.loopgate.model.UpstreamAddress.LoopbackPort;
import dev.loopgate.net.BindFailure;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.NativeSockets;
import dev.loopgate.testkit.UdpPeer;
import dev.loopgate.testkit.UdpWire;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class UdpForwardTest {

    static final Duration LONG = Duration.ofMinutes(5);

    private final ForwardFixture fixture = new ForwardFixture();

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1400, 1472, 9000, 65_507})
    void passes_a_datagram_and_its_answer_as_they_are(int size) {
        byte[] datagram = new byte[size];
        new Random(size).nextBytes(datagram);
        try (UdpPeer echo = UdpPeer.echo();
                UdpWire client = UdpWire.to(address(fixture.open(rule(new LoopbackPort(echo.port())))))) {
            assertThat(client.send(datagram).receive()).isEqualTo(datagram);
            assertThat(client.send(datagram).receive()).isEqualTo(datagram);
        }
    }

    @Test
    void passes_empty_datagrams_in_their_place() {
        NativeSockets.assumeFor("send an empty datagram");
        try (UdpPeer echo = UdpPeer.echo();
                UdpWire client = UdpWire.to(address(fixture.open(rule(new LoopbackPort(echo.port())))))) {
            List<String> texts = List.of("", "a", "", "", "b", "c", "");
            // Together, and then each for itself: a socket's reads grow with what waits for it.
            for (int round = 0; round < 10; round++) {
                texts.forEach(client::send);
                for (String text : texts) {
                    assertThat(client.text()).isEqualTo(text);
                }
                for (String text : texts) {
                    assertThat(client.send(text).text()).isEqualTo(text);
                }
            }
        }
    }

    @Test
    void keeps_the_clients_apart_and_each_ones_datagrams_in_order() {
        try (UdpPeer echo = UdpPeer.echo()) {
            UdpForward forward = fixture.open(rule(new LoopbackPort(echo.port())));
            List<UdpWire> clients = IntStream.range(0, 50)
                    .mapToObj(i -> UdpWire.to(address(forward)))
                    .toList();
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < clients.size(); i++) {
                    clients.get(i).send(i + "/" + round);
                }
                for (int i = 0; i < clients.size(); i++) {
                    assertThat(clients.get(i).text()).isEqualTo(i + "/" + round);
                }
            }
            assertThat(echo.clients()).isEqualTo(50);
            assertThat(forward.status().connections()).isEqualTo(50);
            assertThat(forward.status().accepted()).isEqualTo(50);
            assertThat(forward.status().bytesToTarget())
                    .isEqualTo(forward.status().bytesToClient())
                    .isPositive();
            clients.forEach(UdpWire::close);
        }
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, ::1", "::1, 127.0.0.1", "::1, ::1"})
    void either_side_may_be_of_either_family(String listening, String target) {
        assumeIpv6();
        try (UdpPeer echo = UdpPeer.start(target, 0, datagram -> datagram)) {
            for (UpstreamAddress to : List.of(
                    new LoopbackPort(echo.port()),
                    new HostPort("echo.localhost", echo.port()),
                    new HostPort(target, echo.port()))) {
                UdpForward forward = fixture.open(Forward.Udp.of(BindAddress.of(listening, 0), List.of(to)));
                try (UdpWire client = UdpWire.to(address(forward))) {
                    assertThat(client.send("first").text()).isEqualTo("first");
                    assertThat(client.send("second").text()).isEqualTo("second");
                }
            }
        }
    }

    @Test
    void listens_on_both_loopbacks_with_one_port() {
        assumeIpv6();
        try (UdpPeer echo = UdpPeer.echo()) {
            UdpForward forward =
                    fixture.open(Forward.Udp.of(BindAddress.loopback(0), List.of(new LoopbackPort(echo.port()))));
            List<InetSocketAddress> both = ForwardFixture.sockets(forward);
            assertThat(both)
                    .hasSize(2)
                    .extracting(InetSocketAddress::getPort)
                    .containsOnly(both.get(0).getPort());
            for (InetSocketAddress each : both) {
                try (UdpWire client = UdpWire.to(each)) {
                    assertThat(client.send("hello").text()).isEqualTo("hello");
                }
            }
        }
    }

    @Test
    void says_that_nothing_listens_and_goes_on_once_something_does() {
        assumeIpv6();
        int port = UdpPeer.closedPort();
        UdpForward forward = fixture.open(rule(new LoopbackPort(port)));
        try (UdpWire client = UdpWire.to(address(forward))) {
            client.send("lost");
            Eventually.until("it is told", () -> forward.status().failed() == 1);
            assertThat(fixture.told.get(0))
                    .isEqualTo("unreachable 1: nothing listens on 127.0.0.1:" + port
                            + " (port unreachable); nothing listens on [::1]:" + port + " (port unreachable)");
            assertThat(forward.status().lastError()).isPresent();
            assertThat(forward.status().connections()).isZero();
            try (UdpPeer late = UdpPeer.start("127.0.0.1", port, datagram -> datagram)) {
                assertThat(client.send("hello").text()).isEqualTo("hello");
                assertThat(late.received()).isEqualTo(1);
            }
        }
    }

    @Test
    void survives_a_restart_of_the_target() {
        int port = UdpPeer.closedPort();
        UdpPeer first = UdpPeer.start("127.0.0.1", port, datagram -> datagram);
        UdpForward forward = fixture.open(rule(new LoopbackPort(port)));
        try (UdpWire client = UdpWire.to(address(forward))) {
            assertThat(client.send("before").text()).isEqualTo("before");
            first.close();
            client.send("meanwhile");
            Eventually.until("it is told", () -> !fixture.told.isEmpty());
            assertThat(fixture.told.get(0)).contains("nothing listens on 127.0.0.1:" + port + " any more");
            try (UdpPeer second = UdpPeer.start("127.0.0.1", port, datagram -> datagram)) {
                assertThat(client.send("after").text()).isEqualTo("after");
                assertThat(second.received()).isEqualTo(1);
            }
        }
    }

    @Test
    void a_client_goes_over_to_another_target_once_its_own_is_gone() {
        try (UdpPeer second = UdpPeer.start("127.0.0.1", 0, datagram -> new byte[] {'2'})) {
            int port = UdpPeer.closedPort();
            UdpPeer first = UdpPeer.start("127.0.0.1", port, datagram -> new byte[] {'1'});
            UdpForward forward = fixture.open(rule(new LoopbackPort(port), new LoopbackPort(second.port())));
            try (UdpWire client = UdpWire.to(address(forward))) {
                assertThat(client.send("?").text()).isEqualTo("1");
                first.close();
                client.send("lost");
                Eventually.until("it is told", () -> forward.status().failed() == 1);
                assertThat(forward.status().connections()).isZero();
                assertThat(fixture.told)
                        .containsExactly(
                                "localhost:" + port + " down: nothing listens there",
                                "unreachable 1: nothing listens on 127.0.0.1:" + port + " any more (port unreachable)");
                for (int i = 0; i < 3; i++) {
                    assertThat(client.send("?").text()).isEqualTo("2");
                }
            }
        }
    }

    @Test
    void a_target_that_the_system_refuses_at_once_leaves_nothing_behind() {
        UdpForward forward = fixture.open(rule(new HostPort("255.255.255.255", 9)));
        try (UdpWire client = UdpWire.to(address(forward))) {
            client.send("one").send("two").send("three");
            Eventually.until("it is told", () -> forward.status().failed() == 3);
            assertThat(fixture.told.get(0)).contains("255.255.255.255:9");
            assertThat(forward.status().connections()).isZero();
            assertThat(fixture.transport.budget().waiting()).isZero();
        }
    }

    @Test
    void what_was_sent_first_is_not_lost_where_only_a_later_target_is_there() {
        assumeIpv6();
        try (UdpPeer echo = UdpPeer.start("::1", 0, datagram -> datagram)) {
            UdpForward forward = fixture.open(rule(
                    new HostPort("no-such-name.invalid", 1),
                    new LoopbackPort(UdpPeer.closedPort()),
                    new LoopbackPort(echo.port())));
            for (int i = 0; i < 4; i++) {
                try (UdpWire client = UdpWire.to(address(forward))) {
                    client.send("one").send("two").send("three");
                    assertThat(List.of(client.text(), client.text(), client.text()))
                            .containsExactly("one", "two", "three");
                }
            }
        }
    }

    @Test
    void targets_take_turns() {
        try (UdpPeer a = UdpPeer.start("127.0.0.1", 0, datagram -> new byte[] {'a'});
                UdpPeer b = UdpPeer.start("127.0.0.1", 0, datagram -> new byte[] {'b'})) {
            UdpForward forward = fixture.open(rule(new LoopbackPort(a.port()), new LoopbackPort(b.port())));
            StringBuilder answers = new StringBuilder();
            for (int i = 0; i < 4; i++) {
                try (UdpWire client = UdpWire.to(address(forward))) {
                    answers.append(client.send("?").text())
                            .append(client.send("?").text());
                }
            }
            assertThat(answers).hasToString("aabbaabb");
        }
    }

    @Test
    void clients_that_the_rule_does_not_allow_reach_nothing() {
        try (UdpPeer echo = UdpPeer.echo()) {
            Access access = new Access(List.of(), List.of(Cidr.of(loopback(3), 32)));
            UdpForward forward = fixture.open(rule(access, 100, LONG, new LoopbackPort(echo.port())));
            try (UdpWire denied = UdpWire.from("127.0.0.3", address(forward));
                    UdpWire allowed = UdpWire.to(address(forward))) {
                denied.send("let me in");
                Eventually.until("it is told", () -> !fixture.told.isEmpty());
                assertThat(fixture.told).containsExactly("refused 1: 127.0.0.3 is not allowed");
                assertThat(allowed.send("hello").text()).isEqualTo("hello");
                assertThat(echo.received()).isEqualTo(1);
                assertThat(forward.status().refused()).isEqualTo(1);
            }
        }
    }

    @Test
    void an_address_that_another_socket_has_is_refused() throws Exception {
        UdpForward forward;
        try (DatagramSocket holder = new DatagramSocket(new InetSocketAddress(loopback(1), 0))) {
            forward = new UdpForward(
                    fixture.transport,
                    Forward.Udp.of(BindAddress.of("127.0.0.1", holder.getLocalPort()), List.of(new LoopbackPort(1))),
                    fixture);
            assertThatThrownBy(() -> forward.open().await(20, TimeUnit.SECONDS))
                    .satisfies(failure ->
                            assertThat(((BindFailure) failure).kind()).isEqualTo(BindFailure.Kind.TAKEN));
        }
        forward.open().await(20, TimeUnit.SECONDS);
        forward.retire().await(20, TimeUnit.SECONDS);
    }

    @Test
    void a_burst_to_a_target_that_answers_each_loses_nothing() {
        try (UdpPeer echo = UdpPeer.echo();
                UdpWire client = UdpWire.to(address(fixture.open(rule(new LoopbackPort(echo.port())))))) {
            assertThat(client.send("0").text()).isEqualTo("0");
            List<byte[]> sent = new ArrayList<>();
            Random random = new Random(4);
            for (int i = 0; i < 30; i++) {
                byte[] datagram = new byte[1 + random.nextInt(3000)];
                random.nextBytes(datagram);
                sent.add(datagram);
                client.send(datagram);
            }
            for (byte[] datagram : sent) {
                assertThat(Arrays.equals(client.receive(), datagram)).isTrue();
            }
        }
    }

    static Forward.Udp rule(UpstreamAddress... targets) {
        return rule(Access.ALL, 10_000, LONG, targets);
    }

    static Forward.Udp rule(Access access, int sessions, Duration idle, UpstreamAddress... targets) {
        return Forward.Udp.of(BindAddress.of("127.0.0.1", 0), List.of(targets))
                .with(access)
                .with(sessions, idle);
    }

    static InetSocketAddress address(UdpForward forward) {
        return ForwardFixture.sockets(forward).get(0);
    }

    static InetAddress loopback(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}

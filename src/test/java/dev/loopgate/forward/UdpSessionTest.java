package dev.loopgate.forward;

import static dev.loopgate.forward.UdpForwardTest.LONG;
import static dev.loopgate.forward.UdpForwardTest.address;
import static dev.loopgate.forward.UdpForwardTest.loopback;
import static dev.loopgate.forward.UdpForwardTest.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.model.Access;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Cidr;
import dev.loopgate.model.Forward;
import dev.loopgate.model.UpstreamAddress.LoopbackPort;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.UdpPeer;
import dev.loopgate.testkit.UdpWire;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** When a session of UDP ends, and which. */
@ExtendWith(LeakCheck.class)
class UdpSessionTest {

    private final ForwardFixture fixture = new ForwardFixture();

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void a_session_ends_when_both_are_silent_and_the_next_datagram_begins_another() {
        try (UdpPeer echo = UdpPeer.echo()) {
            Duration idle = Duration.ofMillis(1500);
            UdpForward forward = fixture.open(rule(Access.ALL, 100, idle, new LoopbackPort(echo.port())));
            try (UdpWire client = UdpWire.to(address(forward))) {
                long start = System.nanoTime();
                assertThat(client.send("one").text()).isEqualTo("one");
                Eventually.until("the session has ended", () -> forward.status().connections() == 0);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(idle);
                assertThat(client.send("two").text()).isEqualTo("two");
                assertThat(forward.status().accepted()).isEqualTo(2);
                assertThat(echo.clients()).isEqualTo(2);
            }
        }
    }

    @Test
    void whoever_comes_with_many_ports_pushes_out_its_own_sessions() {
        try (UdpPeer echo = UdpPeer.echo()) {
            UdpForward forward = fixture.open(rule(Access.ALL, 10, LONG, new LoopbackPort(echo.port())));
            try (UdpWire modest = UdpWire.from("127.0.0.2", address(forward))) {
                assertThat(modest.send("first").text()).isEqualTo("first");
                for (int i = 0; i < 40; i++) {
                    try (UdpWire greedy = UdpWire.from("127.0.0.1", address(forward))) {
                        assertThat(greedy.send("mine").text()).isEqualTo("mine");
                    }
                }
                assertThat(forward.status().connections()).isEqualTo(10);
                long accepted = forward.status().accepted();
                assertThat(modest.send("still").text()).isEqualTo("still");
                assertThat(forward.status().accepted()).isEqualTo(accepted);
            }
        }
    }

    @Test
    void where_each_client_has_one_session_the_one_that_is_used_stays() {
        try (UdpPeer echo = UdpPeer.echo()) {
            UdpForward forward = fixture.open(rule(Access.ALL, 5, LONG, new LoopbackPort(echo.port())));
            try (UdpWire busy = UdpWire.from("127.0.0.9", address(forward))) {
                for (int i = 0; i < 30; i++) {
                    assertThat(busy.send("busy").text()).isEqualTo("busy");
                    try (UdpWire other = UdpWire.from("127.0.1." + (i + 1), address(forward))) {
                        assertThat(other.send("other").text()).isEqualTo("other");
                    }
                }
                assertThat(forward.status().accepted()).isEqualTo(31);
                assertThat(forward.status().connections()).isEqualTo(5);
            }
        }
    }

    @Test
    void a_change_ends_only_sessions_that_have_no_place_in_the_new_rule() {
        try (UdpPeer one = UdpPeer.start("127.0.0.1", 0, datagram -> new byte[] {'1'});
                UdpPeer two = UdpPeer.start("127.0.0.1", 0, datagram -> new byte[] {'2'})) {
            UdpForward forward = fixture.open(rule(new LoopbackPort(one.port())));
            try (UdpWire client = UdpWire.to(address(forward));
                    UdpWire other = UdpWire.from("127.0.0.3", address(forward))) {
                assertThat(client.send("?").text()).isEqualTo("1");
                assertThat(other.send("?").text()).isEqualTo("1");
                Access access = new Access(List.of(), List.of(Cidr.of(loopback(3), 32)));
                forward.change(rule(access, 50, Duration.ofSeconds(90), new LoopbackPort(one.port())));
                Eventually.until("the one is gone", () -> forward.status().connections() == 1);
                assertThat(client.send("?").text()).isEqualTo("1");
                assertThat(one.clients()).isEqualTo(2);
                forward.change(rule(new LoopbackPort(two.port())));
                Eventually.until("both are gone", () -> forward.status().connections() == 0);
                assertThat(client.send("?").text()).isEqualTo("2");
                assertThat(other.send("?").text()).isEqualTo("2");
            }
            assertThatThrownBy(
                            () -> forward.change(Forward.Udp.of(BindAddress.loopback(1), List.of(new LoopbackPort(1)))))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_client_whose_target_has_not_answered_goes_to_no_target_that_the_rule_no_longer_names() {
        try (UdpPeer named = UdpPeer.start("127.0.0.1", 0, datagram -> new byte[] {'2'})) {
            UdpPeer silent = UdpPeer.start("127.0.0.1", UdpPeer.closedPort(), datagram -> null);
            UdpForward forward = fixture.open(rule(new LoopbackPort(silent.port()), new LoopbackPort(named.port())));
            try (UdpWire client = UdpWire.to(address(forward))) {
                client.send("first");
                Eventually.until("it has arrived", () -> silent.received() == 1);
                forward.change(rule(new LoopbackPort(silent.port())));
                silent.close();
                client.send("second");
                Eventually.until("it is told", () -> !fixture.told.isEmpty());
                Eventually.until("the session has ended", () -> forward.status().connections() == 0);
                assertThat(named.received()).isZero();
            }
        }
    }

    @Test
    void what_goes_beyond_the_bandwidth_is_dropped_and_counted() {
        try (UdpPeer echo = UdpPeer.echo()) {
            UdpForward forward =
                    fixture.open(rule(new LoopbackPort(echo.port())).withBandwidth(1000));
            try (UdpWire client = UdpWire.to(address(forward))) {
                byte[] large = new byte[60_000];
                assertThat(client.send(large).receive()).isEqualTo(large);
                client.send("too soon").send("too soon");
                Eventually.until("they are dropped", () -> forward.status().refused() == 2);
                assertThat(echo.received()).isEqualTo(1);
                forward.change(rule(new LoopbackPort(echo.port())));
                Eventually.until("the limit is gone", () -> {
                    client.send("now");
                    return echo.received() > 1;
                });
                assertThat(client.text()).isEqualTo("now");
                assertThat(forward.status().clients().get(0).bytes()).isGreaterThan(120_000);
            }
        }
    }

    @Test
    void frees_its_port_and_ends_its_sessions_once_it_is_retired() throws Exception {
        try (UdpPeer echo = UdpPeer.echo()) {
            UdpForward forward = fixture.open(rule(new LoopbackPort(echo.port())));
            InetSocketAddress address = address(forward);
            try (UdpWire client = UdpWire.to(address)) {
                assertThat(client.send("hello").text()).isEqualTo("hello");
                forward.retire().await(20, TimeUnit.SECONDS);
                assertThat(forward.status().connections()).isZero();
                assertThat(forward.status().listening()).isEmpty();
            }
            try (DatagramSocket again = new DatagramSocket(address)) {
                assertThat(again.getLocalPort()).isEqualTo(address.getPort());
            }
        }
    }
}

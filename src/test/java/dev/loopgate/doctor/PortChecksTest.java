package dev.loopgate.doctor;

import static dev.loopgate.testkit.Ipv6.assumeIpv6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.diagnose.SystemPortHolders;
import dev.loopgate.doctor.Finding.Status;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.JobControl;
import dev.loopgate.net.PortHolders;
import dev.loopgate.testkit.ClosedPort;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.FullBacklog;
import dev.loopgate.testkit.PortHog;
import dev.loopgate.testkit.TcpPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who has a port, who gets there, and what the system does with it. */
class PortChecksTest {

    private static final String LINUX = "linux";

    private static List<Finding> port(int port, Optional<String> expected, Long... answering) {
        return new PortCheck(port, Facts.ports(), Facts.SOCKETS, new SystemPortHolders(), expected, Set.of(answering))
                .look();
    }

    @Test
    void says_who_has_a_port_that_a_gateway_was_to_have() {
        try (PortHog hog = PortHog.start("127.0.0.1", 0, false)) {
            assertThat(port(hog.port(), Optional.of("loopgate.yaml"))).first().satisfies(finding -> {
                assertThat(finding.status()).isEqualTo(Status.FAIL);
                assertThat(finding.evidence())
                        .contains(
                                "java (pid " + hog.pid(),
                                "listens on 127.0.0.1:" + hog.port(),
                                "of loopgate.yaml cannot");
                assertThat(finding.fix()).contains("kill " + hog.pid());
            });
            assertThat(port(hog.port(), Optional.empty()))
                    .extracting(Finding::status)
                    .containsExactly(Status.OK, Status.INFO);
        }
    }

    @Test
    void a_file_can_be_attached_to_the_gateway_that_has_its_port() {
        try (PortHog gateway = PortHog.start("127.0.0.1", 0, false, "-jar", "loopgate.jar")) {
            assertThat(port(gateway.port(), Optional.of("my.yaml"), gateway.pid()))
                    .first()
                    .satisfies(finding -> {
                        assertThat(finding.evidence())
                                .contains("a Loopgate (pid " + gateway.pid(), "of my.yaml cannot");
                        assertThat(finding.fix()).contains("loopgate attach my.yaml");
                    });
            // One that does not answer may be that of the file itself, and nothing can be attached to it.
            assertThat(port(gateway.port(), Optional.of("my.yaml"))).first().satisfies(finding -> {
                assertThat(finding.status()).isEqualTo(Status.OK);
                assertThat(finding.evidence()).contains("a Loopgate (pid " + gateway.pid());
            });
        }
    }

    @Test
    void a_process_that_is_stopped_answers_nobody() {
        try (PortHog hog = PortHog.start("127.0.0.1", 0, false)) {
            hog.signal("STOP");
            try {
                Eventually.until("it is stopped", () -> JobControl.isStopped(hog.pid()));
                assertThat(port(hog.port(), Optional.empty()))
                        .filteredOn(finding -> finding.status() == Status.FAIL)
                        .singleElement()
                        .satisfies(finding -> assertThat(finding.fix()).contains("kill -CONT " + hog.pid()));
            } finally {
                hog.signal("CONT");
            }
        }
    }

    @Test
    void two_gateways_on_the_two_loopback_addresses_of_a_port_are_in_each_others_way() {
        assumeIpv6();
        try (PortHog first = PortHog.start("::1", 0, false, "-jar", "loopgate.jar");
                PortHog second = PortHog.start("127.0.0.1", first.port(), false, "-jar", "loopgate.jar")) {
            assertThat(port(first.port(), Optional.empty()))
                    .filteredOn(finding -> finding.status() == Status.WARN)
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.evidence()).startsWith("two gateways share the port: ");
                        assertThat(finding.fix().orElseThrow()).isIn("kill " + first.pid(), "kill " + second.pid());
                    });
        }
    }

    @Test
    void another_program_on_the_other_address_of_a_gateways_port_is_told() throws IOException {
        assumeIpv6();
        try (PortHog gateway = PortHog.start("::1", 0, false, "-jar", "loopgate.jar");
                ServerSocket other = new ServerSocket()) {
            other.bind(new InetSocketAddress(Addresses.LOOPBACK4, gateway.port()));
            assertThat(port(gateway.port(), Optional.empty()))
                    .extracting(Finding::evidence)
                    .anyMatch(text -> text.startsWith("a Loopgate (pid " + gateway.pid() + ", user "))
                    .anyMatch(text -> text.startsWith(
                            "java (pid " + ProcessHandle.current().pid() + ", user "))
                    .anyMatch(text -> text.startsWith("several programs share the port: "));
        }
    }

    @Test
    void a_service_on_the_other_family_or_only_there_is_told_with_a_forward() throws IOException {
        assumeIpv6();
        try (ServerSocket six = new ServerSocket(0, 5, Addresses.LOOPBACK6)) {
            int port = six.getLocalPort();
            assertThat(port(port, Optional.empty())).last().satisfies(finding -> {
                assertThat(finding.status()).isEqualTo(Status.WARN);
                assertThat(finding.evidence())
                        .isEqualTo("it listens on [::1] only: who connects to 127.0.0.1 is refused");
                assertThat(finding.fix()).contains("forwards: {\"127.0.0.1:" + port + "\": \"[::1]:" + port + "\"}");
            });
            assertThat(Facts.connecting().attempts(List.of(Addresses.LOOPBACK4), port))
                    .singleElement()
                    .satisfies(attempt -> assertThat(Facts.connecting()
                                    .reason(
                                            "connection",
                                            attempt,
                                            port,
                                            elsewhere -> "to " + Addresses.text(elsewhere)))
                            .satisfies(reason -> assertThat(reason.evidence())
                                    .contains("127.0.0.1:" + port + " refuses connections", "listens on [::1]:" + port))
                            .satisfies(reason -> assertThat(reason.fix()).contains("to [::1]:" + port)));
        }
        try (ServerSocket four = new ServerSocket(0, 5, Addresses.LOOPBACK4)) {
            assertThat(port(four.getLocalPort(), Optional.empty()))
                    .last()
                    .satisfies(finding -> assertThat(finding.evidence())
                            .contains(
                                    "IPv4 only: who connects to [::1] is refused",
                                    "other machines and containers do not"));
        }
        try (ServerSocket all = new ServerSocket(0)) {
            assertThat(port(all.getLocalPort(), Optional.empty()))
                    .last()
                    .satisfies(finding -> assertThat(finding.evidence()).contains("the network reaches it"));
        }
    }

    @Test
    void a_service_on_another_interface_only_is_not_on_localhost() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.3"))) {
            assertThat(port(other.getLocalPort(), Optional.empty())).last().satisfies(finding -> {
                assertThat(finding.status()).isEqualTo(Status.WARN);
                assertThat(finding.evidence()).contains("127.0.0.3:" + other.getLocalPort() + " only");
            });
        }
    }

    @Test
    void an_outgoing_connection_may_have_the_port() throws IOException {
        try (TcpPeer peer = TcpPeer.start(wire -> wire.awaitEnd());
                Socket outgoing = new Socket(Addresses.LOOPBACK4, peer.port())) {
            assertThat(port(outgoing.getLocalPort(), Optional.of("loopgate.yaml")))
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.evidence()).contains("an outgoing connection, to port " + peer.port());
                        assertThat(finding.fix()).get().asString().contains("ss -tnp");
                    });
            // Of a port that the system does not lend, such a connection is what a server has left: anybody may listen.
            PortCheck unlent = new PortCheck(
                    outgoing.getLocalPort(),
                    Facts.ports(),
                    Facts.SOCKETS,
                    PortHolders.UNKNOWN,
                    Optional.empty(),
                    Set.of());
            assertThat(unlent.look())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.evidence()).startsWith("nobody listens on port "));
        }
    }

    @Test
    void nobody_on_a_port_is_a_failure_and_a_gateway_of_a_file_is_started() {
        try (ClosedPort closed = new ClosedPort()) {
            assertThat(port(closed.port(), Optional.empty()))
                    .singleElement()
                    .satisfies(finding ->
                            assertThat(finding.evidence()).startsWith("nobody listens on port " + closed.port()));
            assertThat(port(closed.port(), Optional.of("loopgate.yaml")))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.fix()).contains("loopgate run --config loopgate.yaml"));
        }
    }

    @Test
    void a_process_that_hangs_leaves_connections_waiting() throws IOException {
        try (FullBacklog full = new FullBacklog()) {
            InetAddress loopback = Addresses.LOOPBACK4;
            Finding reason = Facts.connecting(Facts.SHORT)
                    .reason(
                            "connection",
                            Facts.connecting(Facts.SHORT)
                                    .attempts(List.of(loopback), full.port())
                                    .get(0),
                            full.port(),
                            elsewhere -> "");
            assertThat(reason.evidence()).contains("does not answer: java (pid ", "hangs, ", "connections wait for it");
        }
    }

    @Test
    void the_system_keeps_some_ports_and_lends_others() {
        SystemPortHolders rules = new SystemPortHolders();
        assertThat(range(80, rules, false, LINUX)).first().satisfies(finding -> {
            assertThat(finding.status()).isEqualTo(Status.WARN);
            assertThat(finding.fix()).contains("sudo sysctl net.ipv4.ip_unprivileged_port_start=80");
        });
        int ephemeral = 60_999;
        assertThat(range(ephemeral, rules, true, LINUX)).first().satisfies(finding -> {
            assertThat(finding.evidence()).contains("go to outgoing connections");
            assertThat(finding.fix()).get().asString().contains("ip_local_reserved_ports", "," + ephemeral);
        });
        assertThat(range(8080, rules, true, LINUX)).extracting(Finding::status).containsExactly(Status.OK);
    }

    private static List<Finding> range(int port, SystemPortHolders rules, boolean privileged, String system) {
        return new PortRangeCheck(port, rules, () -> false, privileged, command -> new SystemCommands.Missing(), system)
                .look();
    }
}

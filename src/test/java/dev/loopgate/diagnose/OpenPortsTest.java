package dev.loopgate.diagnose;

import static dev.loopgate.testkit.Ipv6.assumeIpv6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.testkit.PortHog;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.UdpPeer;
import dev.loopgate.testkit.Wire;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenPortsTest {

    private static Optional<OpenPort> found(Protocol protocol, int port) {
        return new OpenPorts()
                .look().stream()
                        .filter(each -> each.protocol() == protocol && each.port() == port)
                        .findFirst();
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, LOOPBACK, false", "::1, LOOPBACK, false", "0.0.0.0, ALL, true", "::, ALL, true"})
    void lists_tcp_with_who_listens_and_who_gets_in(String address, OpenPort.Scope scope, boolean open) {
        if (address.contains(":")) {
            assumeIpv6();
        }
        try (TcpPeer peer = TcpPeer.start(address, 0, wire -> {})) {
            assertThat(found(Protocol.TCP, peer.port())).get().satisfies(port -> {
                assertThat(port.scope()).isEqualTo(scope);
                assertThat(port.open()).isEqualTo(open);
                assertThat(port.addresses()).hasSize(1);
                assertThat(port.user()).contains(System.getProperty("user.name"));
                OpenPort.Owner process = port.process().orElseThrow();
                assertThat(process.pid()).isEqualTo(ProcessHandle.current().pid());
                assertThat(process.name()).isEqualTo("java");
                assertThat(process.command().whole()).contains("java ");
                assertThat(process.user()).isEqualTo(System.getProperty("user.name"));
                assertThat(process.directory()).contains(Path.of("").toAbsolutePath());
                assertThat(process.project()).contains(Path.of("").toAbsolutePath());
                assertThat(process.gateway()).isFalse();
            });
        }
    }

    @Test
    void lists_udp_and_both_families_of_one_process_as_one() {
        assumeIpv6();
        try (UdpPeer four = UdpPeer.echo();
                UdpPeer six = UdpPeer.start("::1", four.port(), datagram -> datagram)) {
            assertThat(found(Protocol.UDP, six.port()))
                    .get()
                    .satisfies(port -> assertThat(port.addresses())
                            .extracting(address -> address.getAddress().length)
                            .containsExactly(4, 16));
            assertThat(found(Protocol.TCP, six.port())).isEmpty();
        }
    }

    @Test
    void shows_the_whole_command_without_what_would_move_a_cursor() {
        String words = "long ".repeat(60).strip();
        try (PortHog hog = PortHog.start("127.0.0.1", 0, false, "\u001b[2J", "\u202egnp", words)) {
            assertThat(found(Protocol.TCP, hog.port()).flatMap(OpenPort::process))
                    .get()
                    .satisfies(process -> {
                        assertThat(process.pid()).isEqualTo(hog.pid());
                        assertThat(process.command().whole())
                                .contains("PortHog", "?[2J ?gnp")
                                .endsWith(words);
                    });
        }
    }

    @Test
    void does_not_list_what_is_only_connected() {
        try (TcpPeer peer = TcpPeer.start(wire -> wire.awaitEnd());
                Wire client = Wire.connect(peer.port())) {
            assertThat(found(Protocol.TCP, client.localPort())).isEmpty();
        }
    }

    @Test
    void tells_the_ranges_of_ports() {
        assertThat(List.of(1, 1023, 1024, 49151, 49152, 65535))
                .extracting(OpenPort.Range::of)
                .containsExactly(
                        OpenPort.Range.WELL_KNOWN,
                        OpenPort.Range.WELL_KNOWN,
                        OpenPort.Range.REGISTERED,
                        OpenPort.Range.REGISTERED,
                        OpenPort.Range.DYNAMIC,
                        OpenPort.Range.DYNAMIC);
    }
}

package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.cli.PortTable.Commands;
import dev.loopgate.diagnose.CommandLine;
import dev.loopgate.diagnose.OpenPort;
import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.net.Addresses;
import dev.loopgate.testkit.ClosedPort;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.UdpPeer;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortsTest {

    @TempDir
    Path folder;

    private Invocation ports(String... arguments) {
        List<String> words = new ArrayList<>(List.of("ports", "--no-titles"));
        words.addAll(List.of(arguments));
        return Invocation.of(folder, words.toArray(String[]::new));
    }

    @Test
    void one_port_is_asked_for_by_its_number() {
        try (TcpPeer peer = TcpPeer.start(wire -> {})) {
            String number = Integer.toString(peer.port());
            Invocation found = ports(number);
            assertThat(found.status()).isZero();
            assertThat(found.out())
                    .startsWith("tcp " + number + " ")
                    .contains("java, pid " + ProcessHandle.current().pid() + ", ", "   127.0.0.1");
            assertThat(found.out().lines()).hasSize(2);
            assertThat(ports(number + "/tcp").status()).isZero();
            assertThat(ports(number + "/udp").status()).isEqualTo(ExitStatus.FAILED);
            assertThat(ports(peer.port() - 1 + "-" + (peer.port() + 1)).out()).contains("tcp " + number);
            assertThat(ports("--open", number).status()).isEqualTo(ExitStatus.FAILED);
        }
    }

    @Test
    void ports_are_asked_for_by_protocol_program_and_folder() {
        try (UdpPeer peer = UdpPeer.echo()) {
            String line = "udp " + peer.port() + " ";
            assertThat(ports("udp").out()).contains(line).doesNotContain("tcp ");
            assertThat(ports("JAVA").out()).contains(line);
            assertThat(ports(Path.of("").toAbsolutePath().toString()).out()).contains(line);
            assertThat(ports("no such program").out()).isEmpty();
        }
    }

    @Test
    void nobody_on_a_port_is_a_failure_with_a_sentence() {
        try (ClosedPort closed = new ClosedPort()) {
            Invocation nobody = ports(Integer.toString(closed.port()));
            assertThat(nobody.status()).isEqualTo(ExitStatus.FAILED);
            assertThat(nobody.out()).isEmpty();
            assertThat(nobody.err().strip()).isEqualTo("nobody listens on port " + closed.port());
        }
    }

    @Test
    void json_has_all_that_is_known() {
        try (TcpPeer peer = TcpPeer.start("0.0.0.0", 0, wire -> {})) {
            JsonObject json = ports("--json", Integer.toString(peer.port())).json();
            assertThat(json.getInteger("hidden")).isZero();
            JsonObject port = json.getJsonArray("ports").getJsonObject(0);
            // Where there is IPv6, Java has both families in one socket.
            assertThat(port.getJsonArray("addresses").getJsonObject(0).getMap())
                    .isIn(
                            Map.of("address", "0.0.0.0", "family", "ipv4", "scope", "all"),
                            Map.of("address", "::", "family", "ipv6", "scope", "all"));
            assertThat(port.getMap())
                    .containsKeys("command", "directory", "project", "range", "outgoing", "name")
                    .containsEntry("protocol", "tcp")
                    .containsEntry("port", peer.port())
                    .containsEntry("scope", "all")
                    .containsEntry("open", true)
                    .containsEntry("user", System.getProperty("user.name"))
                    .containsEntry("loopgate", false);
            assertThat(port.getLong("pid")).isEqualTo(ProcessHandle.current().pid());
        }
    }

    @Test
    void what_is_no_port_is_wrong_usage() {
        for (String word : List.of("0", "65536", "1-70000", "999999999/udp")) {
            Invocation wrong = ports(word);
            assertThat(wrong.status()).as(word).isEqualTo(ExitStatus.WRONG_USAGE);
            assertThat(wrong.err()).contains("a port is 1 to 65535, not " + word, "for example: ");
        }
    }

    private static OpenPort port(Protocol protocol, int port, Optional<OpenPort.Owner> process, boolean everywhere) {
        return new OpenPort(
                protocol,
                port,
                List.of(everywhere ? Addresses.literal("0.0.0.0") : Addresses.LOOPBACK4, Addresses.LOOPBACK6),
                process,
                Optional.of("ann"),
                OpenPort.Range.REGISTERED,
                false,
                Optional.of("http-alt"),
                port == 8080 ? Optional.of("The shop") : Optional.empty());
    }

    private static Optional<OpenPort.Owner> node(String command) {
        return Optional.of(new OpenPort.Owner(
                42,
                "node",
                new CommandLine(command),
                "ann",
                Optional.of(Path.of("/home/ann/shop/src")),
                Optional.of(Path.of("/home/ann/shop")),
                false));
    }

    @Test
    void the_table_says_who_listens_where_and_what_is_there() {
        assertThat(new PortTable(Style.PLAIN, "/home/ann", Commands.TYPED)
                        .lines(List.of(
                                port(Protocol.TCP, 8080, node("node server.js"), true),
                                port(Protocol.UDP, 8081, Optional.empty(), false))))
                .containsExactly(
                        "tcp 8080   node, pid 42, ann   0.0.0.0 [::1] OPEN TO THE NETWORK   \"The shop\"",
                        "           ~/shop: node server.js",
                        "udp 8081   a process of ann    127.0.0.1 [::1]   http-alt");
    }

    @Test
    void a_long_command_is_cut_for_a_terminal_only() {
        List<OpenPort> ports = List.of(port(Protocol.TCP, 1, node("node " + "x".repeat(300)), false));
        assertThat(new PortTable(Style.PLAIN, null, Commands.CUT).lines(ports).get(1))
                .hasSizeLessThan(125)
                .endsWith("x…");
        assertThat(new PortTable(Style.PLAIN, null, Commands.TYPED).lines(ports).get(1))
                .endsWith("x".repeat(300));
    }

    @Test
    void a_loopgate_is_shown_as_it_was_typed() {
        List<OpenPort> ports = List.of(port(
                Protocol.TCP, 1, node("/opt/bin/java -Xss512k -jar /opt/loopgate.jar run --config a.yaml"), false));
        assertThat(new PortTable(Style.PLAIN, null, Commands.TYPED).lines(ports))
                .last()
                .asString()
                .endsWith("/shop: loopgate run --config a.yaml");
        assertThat(new PortTable(Style.PLAIN, null, Commands.WHOLE).lines(ports))
                .last()
                .asString()
                .contains("java -Xss512k");
    }

    @Test
    void many_neighbours_of_one_process_are_one_line() {
        List<OpenPort> ports = new ArrayList<>();
        for (int port = 9000; port < 9100; port++) {
            ports.add(port(Protocol.TCP, port, node("node"), false));
            ports.add(port(Protocol.UDP, port, port < 9003 ? node("node") : node("other"), false));
        }
        assertThat(new PortTable(Style.PLAIN, null, Commands.TYPED)
                        .lines(ports).stream()
                                .filter(line -> !line.startsWith(" "))
                                .map(line -> line.replaceFirst(" +node, pid .*", "")))
                .containsExactly("tcp 9000-9099", "udp 9000", "udp 9001", "udp 9002", "udp 9003-9099");
    }
}

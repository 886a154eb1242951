package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.model.BindAddress;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PortHog;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Wire;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProbeEchoTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Terminal terminal = Terminal.of(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            name -> null,
            "");

    private String said() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void sends_back_what_comes_over_tcp_and_says_who_came() {
        int port = TcpPeer.closedPort();
        try (ProbeEcho echo = new ProbeEcho(terminal)) {
            echo.start(BindAddress.of("127.0.0.1", port));
            assertThat(err.toString(StandardCharsets.UTF_8)).contains("loopgate probe 127.0.0.1:" + port);
            String who;
            try (Wire client = Wire.connect(port)) {
                who = "tcp 127.0.0.1:" + client.localPort();
                client.send("hello \u001b[2J\nmore");
                assertThat(new String(client.read(15), StandardCharsets.US_ASCII))
                        .isEqualTo("hello \u001b[2J\nmore");
                client.finish();
                assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
            }
            Eventually.until("its end is told", () -> said().contains(", 15 bytes"));
            assertThat(said().lines())
                    .containsExactly(
                            who + " connected",
                            who + " sent 15 bytes: hello ?[2J",
                            who + " ended its connection, 15 bytes");
        }
    }

    @Test
    void sends_back_what_comes_over_udp() throws Exception {
        int port = TcpPeer.closedPort();
        try (ProbeEcho echo = new ProbeEcho(terminal);
                DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            echo.start(BindAddress.of("127.0.0.1", port));
            client.setSoTimeout((int) Duration.ofSeconds(15).toMillis());
            client.send(new DatagramPacket(new byte[] {'h', 'i'}, 2, InetAddress.getLoopbackAddress(), port));
            DatagramPacket answer = new DatagramPacket(new byte[9], 9);
            client.receive(answer);
            assertThat(answer.getLength()).isEqualTo(2);
            assertThat(said()).contains("udp 127.0.0.1:" + client.getLocalPort() + " sent 2 bytes: hi");
        }
    }

    @Test
    void says_who_has_the_port() {
        try (PortHog hog = PortHog.start("127.0.0.1", 0, false);
                ProbeEcho echo = new ProbeEcho(terminal)) {
            assertThatThrownBy(() -> echo.start(BindAddress.of("127.0.0.1", hog.port())))
                    .isInstanceOfSatisfying(CommandFailure.class, failure -> {
                        assertThat(failure.status()).isEqualTo(ExitStatus.PORT_TAKEN);
                        assertThat(failure.lines().get(0))
                                .startsWith("tcp 127.0.0.1:" + hog.port() + " is taken")
                                .doesNotContain("Exception");
                    });
        }
    }

    @Test
    void an_address_that_the_machine_does_not_have_is_a_failure_that_says_so() {
        try (ProbeEcho echo = new ProbeEcho(terminal)) {
            assertThatThrownBy(() -> echo.start(BindAddress.of("192.0.2.1", TcpPeer.closedPort())))
                    .isInstanceOfSatisfying(CommandFailure.class, failure -> {
                        assertThat(failure.status()).isEqualTo(ExitStatus.FAILED);
                        assertThat(failure.lines().get(0)).contains("tcp 192.0.2.1:", " cannot be listened on: ");
                    });
        }
    }
}

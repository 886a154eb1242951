package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Descriptors;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.UdpPeer;
import dev.loopgate.testkit.UdpWire;
import dev.loopgate.testkit.Wire;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** As many clients of one forward as 20,000 descriptors allow. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "reads what the gateway holds from /proc")
class CrowdSoakIT {

    /** Two descriptors each, here and in the gateway. */
    private static final int CONNECTIONS = 9_750;

    /** One descriptor each, and the gateway gives sessions no more than half of those that it may have. */
    private static final int SESSIONS = 9_000;

    private static final double MOST_MEBIBYTES = 100;
    private static final int ROUNDS = 2;

    /** So few datagrams are under way at once that no socket's buffer is too small for them. */
    private static final int UNDER_WAY = 50;

    @TempDir
    Path folder;

    @Test
    void connections_through_one_forward_are_all_served_and_cost_little_memory() {
        Descriptors.assume(2 * CONNECTIONS);
        List<Wire> wires = new ArrayList<>();
        try (Rig rig = new Rig(folder);
                LiveServers servers = new LiveServers()) {
            int forward = Rig.freePort();
            PackagedGateway gateway =
                    rig.gateway("access-log: off\nforwards: {\"127.0.0.1:" + forward + "\": " + servers.echo() + "}\n");
            Rig.awaitPort(forward, gateway.process());
            Footprint footprint = new Footprint(gateway);
            // One first, so that whatever is opened once is open.
            try (Wire wire = Wire.connect(forward)) {
                echo(wire, "first");
                wire.finish();
                wire.awaitEnd();
            }
            Eventually.until("the first to leave", footprint::isEmpty);
            long before = footprint.descriptors();
            double base = footprint.resident();

            for (int i = 0; i < CONNECTIONS; i++) {
                wires.add(Wire.connect(forward));
            }
            for (int round = 0; round < ROUNDS; round++) {
                // Everybody asks before anybody is answered.
                for (int i = 0; i < CONNECTIONS; i++) {
                    wires.get(i).send(text(i, round));
                }
                for (int i = 0; i < CONNECTIONS; i++) {
                    String text = text(i, round);
                    assertThat(Wire.text(wires.get(i).read(text.length()))).isEqualTo(text);
                }
            }
            assertThat(footprint.forwarded()).containsExactly(CONNECTIONS);
            assertThat(cost("connections", CONNECTIONS, footprint, base)).isLessThan(MOST_MEBIBYTES);

            for (Wire wire : wires) {
                wire.finish();
                assertThat(wire.awaitEnd()).isEqualTo(Wire.End.FIN);
                wire.close();
            }
            awaitNobody(footprint, before);
        } finally {
            wires.forEach(Wire::close);
        }
    }

    @Test
    void clients_of_udp_each_have_a_session_that_stays_their_own() {
        Descriptors.assume(2 * SESSIONS);
        List<UdpWire> wires = new ArrayList<>();
        try (Rig rig = new Rig(folder);
                UdpPeer echo = UdpPeer.echo()) {
            int forward = UdpPeer.closedPort();
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), forward);
            PackagedGateway gateway = rig.gateway("access-log: off\nforwards: {\"127.0.0.1:" + forward + "/udp\": {to: "
                    + echo.port() + ", idle: 20s}}\n");
            Footprint footprint = new Footprint(gateway);
            Eventually.until("it listens", Rig.LIMIT, () -> gateway.output().contains("listening on"));
            long before = footprint.descriptors();
            double base = footprint.resident();

            for (int i = 0; i < SESSIONS; i++) {
                wires.add(UdpWire.to(address));
            }
            for (int round = 0; round < ROUNDS; round++) {
                for (int from = 0; from < SESSIONS; from += UNDER_WAY) {
                    int to = Math.min(SESSIONS, from + UNDER_WAY);
                    for (int i = from; i < to; i++) {
                        wires.get(i).send(text(i, round));
                    }
                    for (int i = from; i < to; i++) {
                        assertThat(wires.get(i).text()).isEqualTo(text(i, round));
                    }
                }
                assertThat(footprint.forwarded()).containsExactly(SESSIONS);
                // The target tells clients apart, and knows them again.
                assertThat(echo.clients()).isEqualTo(SESSIONS);
            }
            assertThat(echo.received()).isEqualTo(ROUNDS * SESSIONS);
            assertThat(cost("sessions", SESSIONS, footprint, base)).isLessThan(MOST_MEBIBYTES);
            awaitNobody(footprint, before);
        } finally {
            wires.forEach(UdpWire::close);
        }
    }

    private static String text(int client, int round) {
        return "client " + client + ", round " + round;
    }

    private static void echo(Wire wire, String text) {
        wire.send(text);
        assertThat(Wire.text(wire.read(text.length()))).isEqualTo(text);
    }

    /** In MiB more than before they came. */
    private static double cost(String what, int count, Footprint footprint, double base) {
        double now = footprint.resident();
        System.out.printf(
                Locale.ROOT,
                "%d %s: %.1f MiB over %.1f, live heap %.1f%n",
                count,
                what,
                now - base,
                base,
                footprint.live());
        return now - base;
    }

    private static void awaitNobody(Footprint footprint, long descriptors) {
        Eventually.until("all to leave", Rig.LIMIT, footprint::isEmpty);
        // Attaching to Java to look at its heap leaves it a socket.
        Eventually.until(
                "the descriptors to be given back", Rig.LIMIT, () -> footprint.descriptors() <= descriptors + 5);
    }
}

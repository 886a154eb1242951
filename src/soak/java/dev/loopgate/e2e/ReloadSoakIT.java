package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.UdpPeer;
import dev.loopgate.testkit.UdpWire;
import dev.loopgate.testkit.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A reload each second, for minutes, while everything is in use. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "reads what the gateway holds from /proc")
class ReloadSoakIT {

    private static final long NANOS = Math.round(Double.parseDouble(System.getProperty("soak.minutes", "10")) * 60e9);

    /** How far the lows may lie apart, in MiB: Java compiles and collects when it likes. */
    private static final double MOST_HEAP = 1;

    private static final double MOST_RESIDENT = 8;

    private static final int RELOADS_PER_SAMPLE = 5;

    private interface Change {
        void to(int number) throws IOException;
    }

    @TempDir
    Path folder;

    private final int port = Rig.freePort();
    private final int stream = Rig.freePort();
    private final int datagrams = UdpPeer.closedPort();
    private final int spare = UdpPeer.closedPort();

    @Test
    void reloads_for_minutes_drop_nothing_and_leave_nothing_behind() throws Exception {
        try (Rig rig = new Rig(folder);
                LiveServers first = new LiveServers();
                LiveServers second = new LiveServers();
                UdpPeer echo = UdpPeer.echo();
                SoakTraffic traffic = new SoakTraffic()) {
            Path file = rig.file("loopgate.yaml", text(first, first, echo, 0));
            PackagedGateway gateway = rig.gateway(file, port);
            Footprint footprint = new Footprint(gateway);
            try {
                Eventually.until("the first table", () -> gateway.output().contains("listening on"));
                // One of each first, so that whatever is opened once is open.
                useOnce();
                footprint.live();
                Eventually.until("the first to leave", Rig.LIMIT, footprint::isEmpty);
                long before = footprint.descriptors();
                start(traffic);
                reload(traffic, footprint, number -> {
                    LiveServers changing = number % 2 == 0 ? first : second;
                    rewrite(file, text(first, changing, echo, number), number);
                });
                Eventually.until("all to leave", Rig.LIMIT, footprint::isEmpty);
                Eventually.until(
                        "the descriptors to be given back", Rig.LIMIT, () -> footprint.descriptors() <= before + 5);
                assertThat(gateway.process().stderr())
                        .doesNotContain(" 0 connections kept", "Exception", "Error", "still serving", "dropped");
            } catch (AssertionError failed) {
                System.out.println(gateway.output() + footprint);
                throw failed;
            }
        }
    }

    /** Changes the file again and again, until the time is over, while the traffic goes on. */
    private void reload(SoakTraffic traffic, Footprint footprint, Change change) throws Exception {
        Growth heap = new Growth();
        Growth resident = new Growth();
        int reloads = 0;
        long begin = System.nanoTime();
        // An even number of them ends without the spare forwards, as it began.
        while (System.nanoTime() - begin < NANOS || reloads % 2 == 1) {
            int number = ++reloads;
            change.to(number);
            Eventually.until("reload " + number, () -> told(footprint.gateway()) == number);
            assertThat(inForce()).isEqualTo(Integer.toString(number));
            if (number % 2 == 1) {
                use(spare, spare);
            }
            traffic.check();
            if (number % RELOADS_PER_SAMPLE == 0) {
                heap.add(footprint.live());
                resident.add(footprint.resident());
            }
            TimeUnit.NANOSECONDS.sleep(begin + TimeUnit.SECONDS.toNanos(number) - System.nanoTime());
        }
        Map<String, Integer> counts = traffic.finish();
        System.out.println(reloads + " reloads; live heap: " + heap + "; resident: " + resident + "; " + counts);
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isGreaterThan(1));
        assertThat(heap.amount()).as(heap.toString()).isLessThan(MOST_HEAP);
        assertThat(resident.amount()).as(resident.toString()).isLessThan(MOST_RESIDENT);
    }

    private void start(SoakTraffic traffic) {
        for (String host : new String[] {"same.localhost", "changing.localhost"}) {
            traffic.kept(port, host, "GET", "");
            traffic.kept(port, host, "POST", "x".repeat(20_000));
            traffic.fresh(port, host);
        }
        traffic.webSocket(port, "same.localhost");
        traffic.stream(stream);
        traffic.streams(stream);
        traffic.datagrams(datagrams);
        traffic.datagrams(datagrams);
        traffic.sessions(datagrams);
    }

    private void useOnce() {
        try (RawClient client = RawClient.connect(port)) {
            assertThat(client.get("same.localhost", "/").response().status()).isEqualTo(200);
        }
        use(stream, datagrams);
    }

    private static void use(int tcp, int udp) {
        try (Wire wire = Wire.connect(tcp);
                UdpWire client = SoakTraffic.udp(udp)) {
            SoakTraffic.echo(wire, "spare");
            SoakTraffic.echo(client, "spare");
            wire.finish();
            assertThat(wire.awaitEnd()).isEqualTo(Wire.End.FIN);
        }
    }

    /** Something of each kind changes each time, and some forwards come and go. */
    private String text(LiveServers same, LiveServers changing, UdpPeer echo, int number) {
        int odd = number % 2;
        return String.join(
                        "\n",
                        "listen: 127.0.0.1:" + port,
                        "access-log: off",
                        "hosts:",
                        "  same.localhost: " + same.http(),
                        "  changing.localhost: " + changing.http(),
                        "  number-" + number + ".localhost: {respond: {body: new}}",
                        "  number.localhost: {respond: {body: \"" + number + "\"}}",
                        "forwards:",
                        forward(stream, "", same.echo(), 60 + odd),
                        forward(datagrams, "/udp", echo.port(), 4 + odd),
                        odd == 0 ? "" : forward(spare, "", same.echo(), 60),
                        odd == 0 ? "" : forward(spare, "/udp", echo.port(), 4))
                + "\n";
    }

    private static String forward(int port, String protocol, int target, int idle) {
        return "  \"127.0.0.1:" + port + protocol + "\": {to: " + target + ", idle: " + idle + "s}";
    }

    /** In place, or by the rename that editors do. */
    private static void rewrite(Path file, String text, int number) throws IOException {
        if (number % 3 == 0) {
            Files.writeString(file, text);
        } else {
            Path next = Files.writeString(file.resolveSibling("next"), text);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private String inForce() {
        try (RawClient client = RawClient.connect(port)) {
            return client.get("number.localhost", "/").response().body();
        }
    }

    private static long told(PackagedGateway gateway) {
        return gateway.process()
                .stderr()
                .lines()
                .filter(line -> line.contains("reloaded "))
                .count();
    }
}

package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.UdpPeer;
import dev.loopgate.testkit.UdpWire;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A DNS server and iperf3 that listen on localhost only, reached from elsewhere over UDP and TCP. */
class UdpForwardIT {

    private static final String SCRIPT = """
            dns() {
              dnsmasq --keep-in-foreground --listen-address=127.0.0.1 --bind-interfaces --no-resolv --no-hosts \\
                --user="$(id -un)" --pid-file= --address="/app.test/$1" >dns.log 2>&1 &
              dns=$!
            }
            iperf3 --server --bind 127.0.0.1 >iperf.log 2>&1 &
            iperf=$!
            "$1" run --config loopgate.yaml >gateway.log 2>&1 &
            gateway=$!
            dns=
            trap 'kill $dns $iperf $gateway 2>/dev/null || true; wait' EXIT
            said() { grep -qF "$1" gateway.log; }
            ask() { [ "$(dig +short +tries=1 +time=1 "$@" @10.77.0.1 app.test)" = "$expected" ]; }
            await said 'listening on'
            dig +short +tries=1 +time=1 @10.77.0.1 app.test >/dev/null || true
            await said 'forward lan:53/udp dropped'
            dns 10.1.2.3
            expected=10.1.2.3
            await ask
            await ask +tcp
            # From an address whose answer the system would send from another one than was asked.
            await ask -b 127.0.0.1 -p 5300
            await ask -b 10.77.0.1 -p 5300
            kill $dns
            wait $dns || true
            dns 10.3.2.1
            expected=10.3.2.1
            await ask
            sed 's/idle: 30s/idle: 40s/' loopgate.yaml >next
            mv next loopgate.yaml
            await said '~1'
            await ask
            iperf3 --client 10.77.0.1 --udp --bitrate 20M --time 1 --length 1200 --json >measured
            python3 -c 'import json; s = json.load(open("measured"))["end"]["sum"]; print("datagrams", s["packets"] > 1000, s["lost_percent"] < 50)'
            "$1" status
            cat gateway.log
            """;

    @TempDir
    Path folder;

    @Test
    void dig_and_iperf3_reach_servers_that_listen_on_localhost_only_also_after_a_restart_and_a_reload() {
        String said = OwnNetwork.outcome(folder, List.of("dnsmasq", "dig", "iperf3", "python3"), SCRIPT, """
                access-log: off
                forwards:
                  "lan:53": 53
                  "lan:53/udp": {to: 53, idle: 30s}
                  "0.0.0.0:5300/udp": 53
                  "lan:5201": 5201
                  "lan:5201/udp": 5201
                """);
        assertThat(said)
                .contains(
                        "datagrams True True",
                        "udp lan:53        -> localhost:53   ",
                        "nothing listens on 127.0.0.1:53 (port unreachable); nothing listens on [::1]:53 (port unreachable)")
                .contains("udp lan:53        -> localhost:53   OPEN TO THE NETWORK")
                // The last datagrams of a busy machine find the server of iperf3 gone, which ends the session.
                .containsPattern("udp lan:5201 +-> localhost:5201 +[01] now, 1 so far, ");
    }

    @Test
    void sessions_leave_descriptors_for_everybody_else() throws Exception {
        int sessions = 400;
        try (Rig rig = new Rig(folder);
                LiveServers servers = new LiveServers();
                UdpPeer echo = UdpPeer.echo()) {
            int first = Rig.freePort();
            int second = Rig.freePort();
            int port = Rig.freePort();
            Path file = rig.file(
                    "limited.yaml",
                    "listen: 127.0.0.1:" + port + "\naccess-log: off\nhosts: {app.localhost: " + servers.http()
                            + "}\nforwards: {\"127.0.0.1:" + first + "/udp\": " + echo.port() + ", \"127.0.0.1:"
                            + second
                            + "/udp\": " + echo.port() + "}\n");
            PackagedGateway gateway = rig.with(PackagedGateway.runWithDescriptors(300, rig.folder("home"), file, port));
            Eventually.until("it listens", () -> gateway.output().contains("listening on"));
            for (int i = 0; i < sessions; i++) {
                for (int each : List.of(first, second)) {
                    try (UdpWire client = UdpWire.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), each))) {
                        assertThat(client.send("hello").text()).isEqualTo("hello");
                    }
                }
            }
            try (RawClient client = RawClient.connect(gateway.port())) {
                assertThat(client.get("app.localhost", "/").response().status()).isEqualTo(200);
            }
            assertThat(new JsonObject(gateway.command("status", "--json").stdout()).getJsonArray("forwards"))
                    .map(forward -> ((JsonObject) forward).getInteger("connections"))
                    .allSatisfy(open -> assertThat(open).isBetween(16, 150));
        }
    }
}

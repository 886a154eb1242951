package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.PackagedGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example for containers, with a network namespace on a bridge as the container, and another one on the LAN. */
class ContainerBridgeIT {

    private static final String SCRIPT = """
            python3 -m http.server 8080 --bind 127.0.0.1 >http.log 2>&1 &
            servers=$!
            python3 -m http.server 5432 --bind 127.0.0.1 >bytes.log 2>&1 &
            servers="$servers $!"
            unshare --net sleep 600 & container=$!
            unshare --net sleep 600 & neighbour=$!
            trap 'kill $servers $container $neighbour $gateway 2>/dev/null || true; wait' EXIT
            gateway=
            apart() { [ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }
            await apart $container
            await apart $neighbour
            in_container() { nsenter --target $container --net "$@"; }
            in_neighbour() { nsenter --target $neighbour --net "$@"; }
            "$1" run --config loopgate.yaml >gateway.log 2>&1 &
            gateway=$!
            said() { grep -qF "$1" gateway.log; }
            await said 'listening on'
            said 'no bridge of containers'
            # Docker comes.
            ip link add docker0 type bridge
            ip addr add 172.17.0.1/16 dev docker0
            ip link set docker0 up
            ip link add veth0 type veth peer name eth0
            ip link set veth0 master docker0 up
            ip link set eth0 netns $container
            in_container ip addr add 172.17.0.2/16 dev eth0
            in_container ip link set eth0 up
            # Somebody on the LAN who has the bridge routed to himself.
            ip link set lan1 netns $neighbour
            in_neighbour ip addr add 10.77.0.2/24 dev lan1
            in_neighbour ip link set lan1 up
            in_neighbour ip route add 172.17.0.0/16 via 10.77.0.1
            get() { curl -s -o /dev/null -w '%{http_code}' --max-time 10 "$@" || true; }
            by_name() { [ "$(in_container curl -s -o /dev/null -w '%{http_code}' --max-time 5 -H 'Host: api.test' http://172.17.0.1:62893/)" = 200 ]; }
            by_port() { [ "$(in_container curl -s -o /dev/null -w '%{http_code}' --max-time 5 http://172.17.0.1:5432/)" = 200 ]; }
            await by_name && echo 'container by name: 200'
            await by_port && echo 'container by port: 200'
            echo "this machine: $(get -H 'Host: api.test' http://127.0.0.1:62893/)"
            echo "neighbour by name: $(in_neighbour curl -s -o /dev/null -w '%{http_code}' --max-time 10 -H 'Host: api.test' http://172.17.0.1:62893/ || true)"
            echo "neighbour by port: $(in_neighbour curl -s -o /dev/null -w '%{http_code}' --max-time 10 http://172.17.0.1:5432/ || true)"
            echo "neighbour on the LAN: $(in_neighbour curl -s -o /dev/null -w '%{http_code}' --max-time 10 http://10.77.0.1:62893/ || true)"
            "$1" status
            kill -TERM $gateway
            wait $gateway || true
            cat gateway.log
            """;

    @TempDir
    Path folder;

    @Test
    void containers_reach_services_of_the_host_by_its_bridge_and_nobody_else_does() throws IOException {
        Path example = PackagedGateway.checkout().resolve("examples/container-to-host/loopgate.yaml");
        String said = OwnNetwork.outcome(
                folder, List.of("python3", "curl", "nsenter", "unshare"), SCRIPT, Files.readString(example));
        assertThat(said)
                .contains(
                        "container by name: 200",
                        "container by port: 200",
                        "this machine: 200",
                        "neighbour by name: 000",
                        "neighbour by port: 000",
                        "neighbour on the LAN: 000",
                        "turned 10.77.0.2:",
                        "at 172.17.0.1:62893, which is for containers of this machine",
                        "172.17.0.1:62893")
                .doesNotContain("OPEN TO THE NETWORK");
    }
}

package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lan:} in a network namespace of its own: a machine with an interface that nobody else has. */
class LanForwardIT {

    /** In there every port is free, and no packet leaves. */
    private static final String SCRIPT = """
            ip link set lo up
            ip link add lan0 type veth peer name lan1
            ip link set lan1 up
            ip addr add 10.77.0.1/24 dev lan0
            ip link set lan0 up
            echo hello >page
            python3 -m http.server 8080 --bind 127.0.0.1 >server.log 2>&1 &
            server=$!
            "$1" run --config loopgate.yaml >gateway.log 2>&1 &
            gateway=$!
            trap 'kill $server $gateway; wait' EXIT
            page() {
              tries=0
              until curl -s -m 5 --noproxy '*' "$1"; do
                tries=$((tries + 1))
                [ "$tries" -lt 200 ] || { cat gateway.log server.log; exit 1; }
                sleep 0.1
              done
            }
            page http://10.77.0.1:8080/page
            ip addr add 10.77.0.2/24 dev lan0
            page http://10.77.0.2:8080/page
            echo refused: "$(curl -s -m 5 --noproxy '*' http://10.77.0.1:8081/page || echo $?)"
            cat gateway.log
            """;

    @TempDir
    Path folder;

    @Test
    void reaches_a_localhost_service_on_its_own_port_by_every_address_also_a_later_one() {
        for (String program : List.of("ip", "python3", "curl")) {
            Programs.require(program);
        }
        String unshare = Programs.require("unshare").toString();
        try (Rig rig = new Rig(folder)) {
            rig.file("loopgate.yaml", """
                    access-log: off
                    forwards:
                      "lan:8080": 8080
                      "lan:8081": {to: 8080, allow: [10.99.0.0/16]}
                    """);
            Path script = rig.file("script.sh", SCRIPT);
            String launcher = PackagedGateway.checkout().resolve("loopgate").toString();
            RunningProcess run = rig.with(RunningProcess.start(
                    folder,
                    Map.of("HOME", rig.folder("home").toString(), "NO_COLOR", "1"),
                    List.of(unshare, "--net", "sh", "-eu", script.toString(), launcher)));
            int status = run.awaitExit(Rig.LIMIT);
            if (run.stderr().contains("unshare failed")) {
                Programs.missing("no network namespace may be made: " + run.stderr());
            }
            assertThat(status).as(run.stdout() + run.stderr()).isZero();
            assertThat(run.stdout())
                    .startsWith("hello\nhello\nrefused: 56\n")
                    .contains("OPEN TO THE NETWORK")
                    .contains("10.77.0.1:8080");
        }
    }
}

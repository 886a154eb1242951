package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A network namespace: a machine of which {@code lan0}, 10.77.0.1, is the only interface; every port is free there, and no packet leaves. */
final class OwnNetwork {

    /** For several looks at the interfaces, on a busy machine. */
    private static final Duration LIMIT = Duration.ofMinutes(3);

    /** One interface with one address, and a wait for whatever the rest of a line says, which tells what was in vain. */
    private static final String PREPARATION = """
            PATH=$PATH:/usr/sbin:/sbin
            ip link set lo up
            ip link add lan0 type veth peer name lan1
            ip link set lan1 up
            ip addr add 10.77.0.1/24 dev lan0
            ip link set lan0 up
            await() {
              tries=0
              until "$@"; do
                tries=$((tries + 1))
                [ "$tries" -lt 300 ] || { echo "in vain: $*"; cat ./*.log; exit 1; }
                sleep 0.1
              done
            }
            """;

    private OwnNetwork() {}

    /**
     * Runs a script in there, with the launcher as its argument and {@code await COMMAND…} at hand.
     *
     * @param programs that it calls
     * @return what it said
     */
    static String outcome(Path folder, List<String> programs, String text, String configuration) {
        Programs.require("ip");
        programs.forEach(Programs::require);
        String unshare = Programs.require("unshare").toString();
        try (Rig rig = new Rig(folder)) {
            rig.file("loopgate.yaml", configuration);
            Path script = rig.file("script.sh", PREPARATION + text);
            String launcher = PackagedGateway.checkout().resolve("loopgate").toString();
            RunningProcess run = rig.with(RunningProcess.start(
                    folder,
                    PackagedGateway.environment(rig.folder("home")),
                    List.of(unshare, "--net", "sh", "-eu", script.toString(), launcher)));
            int status = run.awaitExit(LIMIT);
            if (run.stderr().contains("unshare failed")) {
                Programs.missing("no network namespace may be made: " + run.stderr());
            }
            assertThat(status).as(run.stdout() + run.stderr()).isZero();
            return run.stdout();
        }
    }
}

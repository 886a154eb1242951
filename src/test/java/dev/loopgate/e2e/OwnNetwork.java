package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A network namespace: a machine whose interfaces a script makes, where every port is free and no packet leaves. */
final class OwnNetwork {

    /** For several looks at the interfaces, on a busy machine. */
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private OwnNetwork() {}

    /**
     * Runs a script in there, with the launcher as its argument.
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
            Path script = rig.file("script.sh", "PATH=$PATH:/usr/sbin:/sbin\n" + text);
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

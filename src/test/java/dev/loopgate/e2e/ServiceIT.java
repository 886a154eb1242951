package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service under a user manager of systemd that runs for the test alone. */
class ServiceIT {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    /** The manager looks whether systemd runs the machine; a mount that nobody else sees says so. */
    private static final String SESSION = """
            set -u
            mkdir -p /run/systemd && mount -t tmpfs none /run/systemd && mkdir -p /run/systemd/system || exit 9
            /lib/systemd/systemd --user >manager.log 2>&1 &
            manager=$!
            trap 'systemctl --user exit; wait $manager' EXIT
            tries=0
            until systemctl --user show-environment >/dev/null 2>&1; do
              tries=$((tries + 1)); [ $tries -lt 150 ] || { cat manager.log; exit 9; }; sleep 0.1
            done
            "$1" service install; echo "install $?"
            "$1" service status --json >status.json; echo "status $?"
            "$1" status --json | grep -o '"file" : .*'
            "$1" service install; echo "again $?"
            echo '# changed' >>"$XDG_CONFIG_HOME/systemd/user/loopgate.service"
            "$1" service status; echo "status $?"
            systemctl --user show -p MainPID --value loopgate.service >pid
            "$1" service uninstall; echo "uninstall $?"
            "$1" service status; echo "status $?"
            """;

    @Test
    void starts_with_the_login_and_leaves_no_trace() throws IOException {
        Programs.require("unshare");
        Programs.require("systemctl");
        if (!"root".equals(System.getProperty("user.name")) || !Files.exists(Path.of("/lib/systemd/systemd"))) {
            Programs.missing("a user manager for the test alone needs root and systemd");
        }
        Path file = Files.writeString(
                folder.resolve("loopgate.yaml"), "listen: 127.0.0.1:" + Rig.freePort() + "\nhosts: {a.localhost: 1}\n");
        Map<String, String> environment = new HashMap<>(PackagedGateway.environment(folder));
        environment.put("LOOPGATE_CONFIG", file.toString());
        String launcher = PackagedGateway.checkout().resolve("loopgate").toString();
        try (RunningProcess session = RunningProcess.start(
                folder, environment, List.of("unshare", "-m", "sh", "-c", SESSION, "sh", launcher))) {
            int status = session.awaitExit(LIMIT);
            String out = session.stdout();
            assertThat(status).as(out + session.stderr()).isNotEqualTo(9);
            assertThat(out).as(session.stderr()).contains("install 0\nstatus 0\n", "again 0", "uninstall 0");
            assertThat(out).contains("\"file\" : \"" + file + "\"", "runs as pid", "no: loopgate service install");
            assertThat(out).endsWith("status 1\n").contains("not installed");
            assertThat(session.stderr()).contains("enable-linger");
        }
        JsonObject status = new JsonObject(Files.readString(folder.resolve("status.json")));
        assertThat(status.getString("file")).isEqualTo(file.toString());
        for (String member : List.of("installed", "current", "enabled", "active")) {
            assertThat(status.getBoolean(member)).as(member).isTrue();
        }
        assertThat(folder.resolve(".config")).isEmptyDirectory();
        long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
        assertThat(pid).isPositive();
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void says_so_where_nothing_runs_services_and_writes_nothing() throws IOException {
        Files.writeString(folder.resolve("loopgate.yaml"), "hosts: {a.localhost: 1}\n");
        PackagedGateway.Outcome install = PackagedGateway.command(folder, folder, "service", "install");
        assertThat(install.status()).isEqualTo(1);
        assertThat(install.stderr()).contains("does not run services for this user here", "--dry-run");
        assertThat(folder.resolve(".config")).isEmptyDirectory();
        PackagedGateway.Outcome dry = PackagedGateway.command(folder, folder, "service", "install", "--dry-run");
        assertThat(dry.status()).isZero();
        assertThat(dry.stdout())
                .contains(
                        "ExecStart=/bin/sh -c 'exec \"$$@\"' loopgate " + PackagedGateway.checkout(),
                        folder + "/loopgate.yaml");
        assertThat(folder.resolve(".config")).isEmptyDirectory();
    }
}

package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.cli.ExecSession.Planned;
import dev.loopgate.cli.StartedServers.Started;
import dev.loopgate.devserver.DevServer;
import dev.loopgate.devserver.Guard;
import dev.loopgate.devserver.Launch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code exec} refuses, and what it does with signals, without a gateway. */
class ExecTest {

    @TempDir
    Path folder;

    private Invocation exec(String... words) {
        return Invocation.of(folder, Map.of("HOME", folder.toString()), "", words);
    }

    @Test
    void one_port_is_not_for_several_servers() throws IOException {
        Files.writeString(folder.resolve("Procfile"), "web: sleep 600\napi: sleep 600\n");

        Invocation refused = exec("exec", "--port", "3000");

        assertThat(refused.status()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(refused.err()).contains("--port is for one dev server, and here are 2", "exec web --port 3000");
    }

    @Test
    void only_another_exec_is_ended_by_force() throws IOException {
        Process stranger = new ProcessBuilder("sh", "-c", "exec sleep 600", "java", "loopgate.jar", "exec").start();
        try {
            assertThat(DevGateway.isExec(stranger.toHandle())).isFalse();
            assertThat(DevGateway.isExec(ProcessHandle.current())).isFalse();
        } finally {
            stranger.destroy();
        }
        assertThat(
                        "/usr/lib/jvm/17/bin/java -Xmx256m -Dx=y -jar /opt/loop gate/target/loopgate.jar exec -- npm run dev")
                .matches(DevGateway.EXEC);
        assertThat("/usr/bin/java -cp classes:x.jar dev.loopgate.cli.Main exec").matches(DevGateway.EXEC);
        assertThat("/usr/bin/java -jar /opt/target/loopgate.jar run --config exec")
                .doesNotMatch(DevGateway.EXEC);
        assertThat("/usr/bin/java -jar /opt/other.jar exec").doesNotMatch(DevGateway.EXEC);
        assertThat("vi /opt/target/loopgate.jar exec").doesNotMatch(DevGateway.EXEC);
    }

    @Test
    void none_is_started_once_a_signal_has_come_and_those_that_run_get_it() throws IOException {
        try (Guard guard = Guard.start()) {
            StartedServers servers = new StartedServers(name -> false);
            assertThat(servers.add(() -> started(guard))).isTrue();
            assertThat(servers.signalStatus()).isZero();

            servers.signal("TERM");

            assertThat(servers.add(() -> {
                        throw new AssertionError("started in spite of the signal");
                    }))
                    .isFalse();
            assertThat(servers.signalStatus()).isEqualTo(143);
            assertThat(servers.all())
                    .singleElement()
                    .satisfies(one -> assertThat(one.server().exit().join()).isEqualTo(42));
        }
    }

    private Started started(Guard guard) {
        Surroundings surroundings = new Surroundings(
                Terminal.of(System.out, System.err, none -> null, ""), name -> folder.toString(), folder);
        Launch launch = new Launch(
                List.of("sh", "-c", "trap 'exit 42' TERM; echo ready; while :; do sleep 0.05; done"),
                folder,
                Map.of(),
                4123,
                false);
        try {
            DevServer server = DevServer.start(launch, guard, false);
            server.output().readNBytes("ready".length());
            return new Started(
                    new Planned("one", "one.localhost", launch),
                    server,
                    new ServedName(
                            new DevGateway(surroundings, new GatewayChoice()),
                            "one.localhost",
                            launch,
                            surroundings.terminal(),
                            failure -> {}));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

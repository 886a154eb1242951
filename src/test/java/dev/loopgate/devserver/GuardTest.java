package dev.loopgate.devserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell that watches over dev servers, and what is done without it. */
class GuardTest {

    @TempDir
    Path folder;

    private Guard guard;

    @BeforeEach
    void start() throws IOException {
        guard = Guard.start();
        guard.awaitReady();
    }

    @AfterEach
    void end() {
        guard.close();
    }

    private DevServer server(String line) throws IOException {
        Launch launch = new Launch(List.of("sh", "-c", line), folder, Map.of(), 4123, false);
        return DevServer.start(launch, guard, false);
    }

    /** One that has ended and that nobody asks for its exit status has no command any more. */
    private static boolean runs(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    private static void kill(String name, ProcessHandle process) throws IOException {
        Process kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid()).start();
        Eventually.until("a signal", () -> !kill.isAlive());
    }

    private static List<ProcessHandle> tree(DevServer server, int size) {
        ProcessHandle root = ProcessHandle.of(server.pid()).orElseThrow();
        Eventually.until("what it starts", () -> root.descendants().count() == size);
        return new ProcessTree(root).running();
    }

    @Test
    void a_signal_that_comes_twice_went_to_the_group_both_times() throws IOException {
        assertThat(guard.groupGot("TERM")).isFalse();

        kill("TERM", guard.handle());

        assertThat(guard.groupGot("TERM")).isTrue();
        assertThat(guard.groupGot("TERM")).isTrue();
        assertThat(guard.groupGot("INT")).isFalse();
    }

    @Test
    void ends_a_server_with_all_that_it_has_started_and_says_so_to_each_who_asks() throws IOException {
        DevServer server = server("sleep 600 & sleep 600 & wait");
        List<ProcessHandle> all = tree(server, 2);

        server.end(false);
        server.end(false);

        assertThat(all).noneMatch(GuardTest::runs);
        assertThat(server.exit().join()).isEqualTo(128 + 15);
    }

    @Test
    void a_server_is_told_and_ended_where_somebody_has_killed_the_guard() throws IOException {
        DevServer server = server("trap 'echo told' USR1; sleep 600 & while :; do sleep 0.1; done");
        Eventually.until(
                "two sleeps",
                () -> new ProcessTree(ProcessHandle.of(server.pid()).orElseThrow())
                                .running()
                                .size()
                        >= 3);
        List<ProcessHandle> all = guard.handle().children().toList();
        kill("KILL", guard.handle());
        for (ProcessHandle each : all) {
            kill("KILL", each);
        }
        Eventually.until("the end of the guard", () -> !guard.handle().isAlive());

        server.signal("USR1");
        byte[] said = server.output().readNBytes("told".length());
        assertThat(new String(said, StandardCharsets.US_ASCII)).isEqualTo("told");
        List<ProcessHandle> servers =
                new ProcessTree(ProcessHandle.of(server.pid()).orElseThrow()).running();
        server.end(false);

        Eventually.until("nothing to be left", () -> servers.stream().noneMatch(GuardTest::runs));
    }
}

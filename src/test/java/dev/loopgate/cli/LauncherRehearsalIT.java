package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.RunningProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the launcher has Java learn a start, with a Java that does not. */
class LauncherRehearsalIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private Path java;
    private Path launcher;
    private Path jar;
    private Path start;
    private Path temporary;

    /** A folder with the launcher and what it takes for the jar. */
    @BeforeEach
    void checkout() throws IOException {
        java = Files.createDirectories(folder.resolve("jdk"));
        Path target = Files.createDirectories(folder.resolve("checkout/target"));
        start = target.resolve("start");
        jar = Files.writeString(target.resolve("loopgate.jar"), "");
        launcher = Files.copy(
                PackagedGateway.checkout().resolve("loopgate"),
                folder.resolve("checkout").resolve("loopgate"));
        temporary = Files.createDirectories(folder.resolve("tmp"));
    }

    @Test
    void nothing_stays_of_a_rehearsal_that_is_told_to_end() throws IOException {
        Path pids = folder.resolve("pids");
        java("echo \"$PPID $$\" >'%1$s.new'; mv '%1$s.new' '%1$s'; exec sleep 120".formatted(pids));
        run();
        Eventually.until("it rehearses", LIMIT, () -> Files.exists(pids));
        assertThat(learning("lock")).exists();
        assertThat(temporary).isDirectoryContaining("glob:**/loopgate.*");
        List<ProcessHandle> running = Arrays.stream(
                        Files.readString(pids).strip().split(" "))
                .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
                .toList();
        assertThat(running).hasSize(2);
        running.get(0).destroy();
        Eventually.until("all of it has ended", LIMIT, () -> running.stream().noneMatch(LauncherRehearsalIT::runs));
        assertThat(start).isEmptyDirectory();
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void what_could_not_be_learned_is_not_tried_again_for_a_day_unless_the_jar_changes() throws IOException {
        Path tries = Files.writeString(folder.resolve("tries"), "");
        java("echo tried >>'%s'; exit 1".formatted(tries));
        setAge(jar, Duration.ofDays(9));

        tryAndFail(tries, 1);
        setAge(learning("failed"), Duration.ofDays(3));
        tryAndFail(tries, 2);
        setAge(learning("failed"), Duration.ofHours(1));
        setAge(jar, Duration.ofMinutes(30));
        tryAndFail(tries, 3);
    }

    @Test
    void what_failed_because_the_jar_was_built_again_is_tried_again() throws IOException {
        Path tries = Files.writeString(folder.resolve("tries"), "");
        Path later = Files.writeString(folder.resolve("later"), "");
        setAge(later, Duration.ofMinutes(-1));
        java("touch -r '%s' '%s'; echo tried >>'%s'; exit 1".formatted(later, jar, tries));
        for (int count = 1; count <= 2; count++) {
            setAge(jar, Duration.ofDays(9));
            run();
            int expected = count;
            Eventually.until("it failed", LIMIT, () -> tries(tries) == expected && !Files.exists(learning("lock")));
            assertThat(learning("failed")).doesNotExist();
        }
    }

    /** One start that tries, and one that does not. */
    private void tryAndFail(Path tries, int count) {
        run();
        Eventually.until("it failed", LIMIT, () -> tries(tries) == count && !Files.exists(learning("lock")));
        assertThat(learning("failed")).isEmptyFile();
        run();
        // The lock is made before the launcher becomes Java, where it is made at all.
        assertThat(learning("lock")).doesNotExist();
        assertThat(tries(tries)).isEqualTo(count);
    }

    private static long tries(Path file) {
        try {
            return Files.readString(file).lines().count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void setAge(Path file, Duration age) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
    }

    private Path learning(String what) {
        return start.resolve("21.0.2" + java.toString().replace('/', '_') + "." + what);
    }

    /** One that has ended and that nobody asks for its exit status has no command any more. */
    private static boolean runs(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    /** A Java that does nothing, unless it is to learn. */
    private void java(String rehearsal) throws IOException {
        Files.writeString(java.resolve("release"), "JAVA_VERSION=\"21.0.2\"\n");
        Path program = Files.writeString(
                Files.createDirectories(java.resolve("bin")).resolve("java"), """
                #!/bin/sh
                case "$*" in
                  *Rehearsal*) %s ;;
                esac
                """.formatted(rehearsal));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void run() {
        Map<String, String> environment = Map.of(
                "JAVA_HOME", java.toString(),
                "HOME", folder.toString(),
                "TMPDIR", temporary.toString());
        try (RunningProcess process = RunningProcess.start(folder, environment, List.of(launcher.toString(), "run"))) {
            assertThat(process.awaitExit(LIMIT)).as(process.stderr()).isZero();
        }
    }
}

package dev.loopgate.gateway;

import static dev.loopgate.gateway.Watched.await;
import static dev.loopgate.gateway.Watched.hosts;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(LeakCheck.class)
class ConfigurationWatchTest {

    private static final String ONE = "hosts:\n  one.localhost: 3001\n";
    private static final String TWO = "hosts:\n  two.localhost: 3002\n";

    @TempDir
    Path folder;

    /** How a change is noticed. */
    enum By {
        EVENTS {
            @Override
            Watched watch(Path file) {
                return Watched.byEvents(file);
            }
        },
        SCAN {
            @Override
            Watched watch(Path file) {
                return Watched.byScan(file);
            }
        };

        abstract Watched watch(Path file);
    }

    @Test
    void reads_what_is_there_at_the_start() throws IOException {
        try (Watched watched = Watched.asShipped(write("loopgate.yaml", ONE))) {
            assertThat(hosts(await(watched.watch.read()))).containsExactly("one.localhost");
        }
    }

    @ParameterizedTest
    @EnumSource
    void notices_a_write_in_place(By by) throws Exception {
        Path file = write("loopgate.yaml", ONE);
        try (Watched watched = by.watch(file).following()) {
            Files.writeString(file, TWO);
            watched.expectHosts("two.localhost");
            Files.writeString(file, ONE);
            watched.expectHosts("one.localhost");
        }
    }

    @ParameterizedTest
    @EnumSource
    void notices_a_file_renamed_over_it(By by) throws Exception {
        Path file = write("loopgate.yaml", ONE);
        try (Watched watched = by.watch(file).following()) {
            for (int i = 0; i < 3; i++) {
                Files.move(write("next", TWO), file, ATOMIC_MOVE);
                watched.expectHosts("two.localhost");
                Files.move(write("next", ONE), file, ATOMIC_MOVE);
                watched.expectHosts("one.localhost");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void notices_a_symbolic_link_that_is_swapped_and_a_write_to_its_new_target(By by) throws Exception {
        Path a = write("a/first.yaml", ONE);
        Path b = write("b/second.yaml", TWO);
        Path file = folder.resolve("loopgate.yaml");
        Files.createSymbolicLink(file, a);
        try (Watched watched = by.watch(file).following()) {
            swap(file, b);
            watched.expectHosts("two.localhost");
            Files.writeString(b, "hosts: {three.localhost: 3003}\n");
            watched.expectHosts("three.localhost");
        }
    }

    @ParameterizedTest
    @EnumSource
    void notices_a_folder_link_above_the_file_that_is_swapped(By by) throws Exception {
        write("releases/1/loopgate.yaml", ONE);
        write("releases/2/loopgate.yaml", TWO);
        Path current = folder.resolve("current");
        Files.createSymbolicLink(current, Path.of("releases/1"));
        try (Watched watched = by.watch(current.resolve("loopgate.yaml")).following()) {
            swap(current, Path.of("releases/2"));
            watched.expectHosts("two.localhost");
        }
    }

    @ParameterizedTest
    @EnumSource
    void notices_a_mounted_volume_of_kubernetes_that_is_updated(By by) throws Exception {
        write("..2026_1/loopgate.yaml", ONE);
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026_1"));
        Path file = folder.resolve("loopgate.yaml");
        Files.createSymbolicLink(file, Path.of("..data/loopgate.yaml"));
        try (Watched watched = by.watch(file).following()) {
            for (int i = 2; i < 5; i++) {
                write("..2026_" + i + "/loopgate.yaml", "hosts: {v" + i + ".localhost: 3000}\n");
                swap(folder.resolve("..data"), Path.of("..2026_" + i));
                Files.delete(folder.resolve("..2026_" + (i - 1) + "/loopgate.yaml"));
                Files.delete(folder.resolve("..2026_" + (i - 1)));
                watched.expectHosts("v" + i + ".localhost");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void tells_that_the_file_is_gone_and_takes_it_when_it_is_back(By by) throws Exception {
        Path file = write("loopgate.yaml", ONE);
        try (Watched watched = by.watch(file).following()) {
            Files.delete(file);
            assertThat(watched.expectProblem().problems()).hasSize(1);
            Files.writeString(file, TWO);
            watched.expectHosts("two.localhost");
        }
    }

    @ParameterizedTest
    @EnumSource
    void takes_a_file_that_appears_in_a_folder_that_appears(By by) throws Exception {
        Path file = folder.resolve("sub/loopgate.yaml");
        try (Watched watched = by.watch(file)) {
            await(watched.watch.follow(result -> {
                watched.taken.add(result);
                return Future.failedFuture("not asked for");
            }));
            write("sub/loopgate.yaml", ONE);
            watched.expectHosts("one.localhost");
        }
    }

    @ParameterizedTest
    @EnumSource
    void notices_included_files_that_are_changed_added_and_removed(By by) throws Exception {
        write("loopgate.d/a.yaml", "hosts: {a.localhost: 1}\n");
        Path file = write("loopgate.yaml", "include: [loopgate.d/*.yaml]\n");
        try (Watched watched = by.watch(file).following()) {
            Files.writeString(folder.resolve("loopgate.d/a.yaml"), "hosts: {aa.localhost: 1}\n");
            watched.expectHosts("aa.localhost");
            write("loopgate.d/b.yaml", "hosts: {b.localhost: 2}\n");
            watched.expectHosts("aa.localhost", "b.localhost");
            Files.delete(folder.resolve("loopgate.d/a.yaml"));
            watched.expectHosts("b.localhost");
        }
    }

    @ParameterizedTest
    @EnumSource
    void notices_the_first_file_of_an_include_folder_that_did_not_exist(By by) throws Exception {
        Path file = write("loopgate.yaml", ONE + "include: [loopgate.d/*.yaml]\n");
        try (Watched watched = by.watch(file).following()) {
            write("loopgate.d/b.yaml", "hosts: {b.localhost: 2}\n");
            watched.expectHosts("one.localhost", "b.localhost");
        }
    }

    @Test
    void notices_a_file_that_is_mounted_over_it_and_written_to() throws Exception {
        Programs.require("mount");
        Path file = write("loopgate.yaml", ONE);
        Path other = write("elsewhere/other.yaml", TWO);
        try (Watched watched = Watched.asShipped(file).following()) {
            mount("mount", "--bind", other.toString(), file.toString());
            try {
                watched.expectHosts("two.localhost");
                Files.writeString(other, "hosts: {three.localhost: 3003}\n");
                watched.expectHosts("three.localhost");
            } finally {
                mount("umount", file.toString());
            }
            watched.expectHosts("one.localhost");
        }
    }

    @Test
    void an_empty_file_is_a_problem_and_no_end() throws Exception {
        Path file = write("loopgate.yaml", ONE);
        try (Watched watched = Watched.asShipped(file).following()) {
            Files.writeString(file, "");
            assertThat(watched.expectProblem().problems()).isNotEmpty();
            Files.writeString(file, TWO);
            watched.expectHosts("two.localhost");
        }
    }

    @Test
    void nothing_happens_where_the_text_stays_the_same() throws Exception {
        Path file = write("loopgate.yaml", ONE);
        try (Watched watched = Watched.asShipped(file).following()) {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(5)));
            Files.writeString(file, ONE);
            Files.move(write("next", ONE), file, ATOMIC_MOVE);
            Files.move(write("next", TWO), file, REPLACE_EXISTING);
            assertThat(hosts(watched.next())).containsExactly("two.localhost");
        }
    }

    @Test
    void a_trigger_reads_and_reports_even_what_is_equal() throws Exception {
        Path file = write("loopgate.yaml", ONE);
        try (Watched watched = Watched.byEvents(file).following()) {
            assertThat(await(watched.watch.trigger()).outcome()).isEqualTo(ReloadReport.Outcome.UNCHANGED);
            assertThat(hosts(watched.next())).containsExactly("one.localhost");
        }
    }

    @Test
    void triggers_that_come_together_are_all_answered() throws Exception {
        Path file = write("loopgate.yaml", ONE);
        try (Watched watched = Watched.byEvents(file).following()) {
            var answers = IntStream.range(0, 20)
                    .mapToObj(i -> watched.watch.trigger())
                    .toList();
            answers.forEach(Watched::await);
            assertThat(watched.taken.size()).isBetween(1, 20);
        }
    }

    @Test
    void says_once_that_events_are_not_to_be_had() throws Exception {
        Path file = write("loopgate.yaml", ONE);
        try (Watched watched = Watched.byScan(file).following()) {
            Files.writeString(file, TWO);
            watched.expectHosts("two.localhost");
            assertThat(watched.notices).singleElement().asString().contains("inotify", "every 50 ms");
        }
    }

    @Test
    void a_write_is_taken_well_within_a_quarter_of_a_second() throws Exception {
        Path file = write("loopgate.yaml", ONE);
        try (Watched watched = Watched.byEvents(file).following()) {
            long quickest = Long.MAX_VALUE;
            for (int i = 0; i < 5; i++) {
                long start = System.nanoTime();
                Files.writeString(file, "hosts: {h" + i + ".localhost: 3000}\n");
                watched.expectHosts("h" + i + ".localhost");
                quickest = Math.min(quickest, System.nanoTime() - start);
            }
            assertThat(quickest / 1_000_000).as("milliseconds").isLessThan(200);
        }
    }

    private Path write(String name, String text) throws IOException {
        Path path = folder.resolve(name);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text);
    }

    /** Skips the test where the system does not let it mount. */
    private void mount(String... command) {
        try (RunningProcess process = RunningProcess.start(folder, Map.of(), List.of(command))) {
            int status = process.awaitExit(Duration.ofSeconds(15));
            Assumptions.assumeTrue(status == 0, "cannot mount here: " + process.stderr());
        }
    }

    private void swap(Path link, Path target) throws IOException {
        Path next = folder.resolve("next-link");
        Files.createSymbolicLink(next, target);
        Files.move(next, link, ATOMIC_MOVE);
    }
}

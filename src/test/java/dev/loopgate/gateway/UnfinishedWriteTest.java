package dev.loopgate.gateway;

import static dev.loopgate.gateway.Watched.hosts;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.config.ReadResult;
import dev.loopgate.testkit.LeakCheck;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A text is taken once whoever writes it has finished, as far as anybody can tell. */
@ExtendWith(LeakCheck.class)
class UnfinishedWriteTest {

    private static final String ONE = "hosts:\n  one.localhost: 3001\n";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"in place", "in place of one that is removed", "in place of one that is renamed"})
    void a_file_that_is_still_being_written_is_not_taken(String how) throws Exception {
        Path file = write("loopgate.yaml", ONE);
        StringBuilder whole = new StringBuilder("hosts:\n");
        try (Watched watched = Watched.asShipped(file).following();
                OutputStream out = beginToWrite(file, how)) {
            out.write(whole.toString().getBytes(StandardCharsets.UTF_8));
            long end = System.nanoTime() + 700_000_000L;
            long longestPause = 0;
            for (int i = 0; System.nanoTime() < end; i++) {
                String line = "  h" + i + ".localhost: 3000\n";
                whole.append(line);
                long before = System.nanoTime();
                out.write(line.getBytes(StandardCharsets.UTF_8));
                LockSupport.parkNanos(5_000_000);
                longestPause = Math.max(longestPause, System.nanoTime() - before);
            }
            Assumptions.assumeTrue(
                    longestPause < ConfigurationWatch.SETTLE.toNanos(), "the machine paused the writer for too long");
            ReadResult first = watched.next();
            assertThat(hosts(first))
                    .hasSize((int) whole.chars().filter(c -> c == '\n').count() - 1);
        }
    }

    @Test
    void an_included_file_is_not_taken_half_because_another_was_put_beside_it() throws Exception {
        Path main = write("loopgate.yaml", "include: [loopgate.d/*.yaml]\n");
        Path included = write("loopgate.d/a.yaml", ONE);
        try (Watched watched = Watched.asShipped(main).following()) {
            for (int i = 0; i < 5; i++) {
                String half = "hosts:\n  a" + i + ".localhost: 3000\n";
                String rest = "  b" + i + ".localhost: 3000\n";
                long begin = System.nanoTime();
                write("loopgate.d/a.yaml~" + i, half);
                Files.writeString(included, half);
                LockSupport.parkNanos(10_000_000);
                Files.writeString(included, rest, StandardOpenOption.APPEND);
                Assumptions.assumeTrue(
                        System.nanoTime() - begin < ConfigurationWatch.SETTLE.toNanos(),
                        "the machine paused the writer for too long");
                assertThat(hosts(watched.next()))
                        .containsExactlyInAnyOrder("a" + i + ".localhost", "b" + i + ".localhost");
            }
        }
    }

    @Test
    void files_that_are_renamed_one_after_the_other_are_taken_together() throws Exception {
        Path main = write("loopgate.yaml", "include: [a.yaml, b.yaml]\n");
        Path a = write("a.yaml", ONE);
        Path b = write("b.yaml", "hosts: {}\n");
        try (Watched watched = Watched.asShipped(main).following()) {
            Path nextA = write("next-a", "hosts: {}\n");
            Path nextB = write("next-b", ONE);
            long begin = System.nanoTime();
            Files.move(nextA, a, ATOMIC_MOVE);
            LockSupport.parkNanos(20_000_000);
            Files.move(nextB, b, ATOMIC_MOVE);
            Assumptions.assumeTrue(
                    System.nanoTime() - begin < ConfigurationWatch.SETTLE.toNanos(),
                    "the machine paused the writer for too long");
            assertThat(hosts(watched.next())).containsExactly("one.localhost");
        }
    }

    private static OutputStream beginToWrite(Path file, String how) throws IOException {
        if (how.endsWith("removed")) {
            Files.delete(file);
        } else if (how.endsWith("renamed")) {
            Files.move(file, file.resolveSibling("backup"));
        }
        return Files.newOutputStream(file);
    }

    private Path write(String name, String text) throws IOException {
        Path path = folder.resolve(name);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text);
    }
}

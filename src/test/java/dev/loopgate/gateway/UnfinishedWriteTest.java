package dev.loopgate.gateway;

import static dev.loopgate.gateway.Watched.hosts;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.LeakCheck;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A text is taken once whoever writes it has finished, as far as anybody can tell. */
@ExtendWith(LeakCheck.class)
class UnfinishedWriteTest {

    private static final String ONE = "hosts:\n  one.localhost: 3001\n";
    private static final String HALF = "hosts:\n  a.localhost: 3000\n";
    private static final String REST = "  b.localhost: 3000\n";

    @TempDir
    Path folder;

    /** How often the machine may pause a writer for so long that it looks as if it had finished. */
    private static final int TRIES = 20;

    /** Writes something in pieces, into a folder of its own, and looks at what is taken of it. */
    private interface Try {
        /** @return whether the pieces came close enough to each other */
        boolean succeeds(Path folder) throws Exception;
    }

    private void untilQuickEnough(Try attempt) throws Exception {
        for (int i = 0; i < TRIES; i++) {
            if (attempt.succeeds(Files.createDirectory(folder.resolve("try-" + i)))) {
                return;
            }
        }
        Assumptions.abort("the machine pauses every writer for too long");
    }

    private static boolean quick(long begin) {
        return System.nanoTime() - begin < ConfigurationWatch.SETTLE.toNanos();
    }

    @ParameterizedTest
    @ValueSource(strings = {"in place", "in place of one that is removed", "in place of one that is renamed"})
    void a_file_that_is_still_being_written_is_not_taken(String how) throws Exception {
        untilQuickEnough(own -> {
            Path file = write(own.resolve("loopgate.yaml"), ONE);
            try (Watched watched = Watched.asShipped(file).following()) {
                long last = System.nanoTime();
                try (OutputStream out = beginToWrite(file, how)) {
                    out.write("hosts:\n".getBytes(StandardCharsets.UTF_8));
                    boolean quick = quick(last);
                    for (int i = 0; i < 60; i++) {
                        // Each piece counts from before the one before it, so that no pause is left out.
                        long begin = System.nanoTime();
                        out.write(("  h" + i + ".localhost: 3000\n").getBytes(StandardCharsets.UTF_8));
                        quick &= quick(last);
                        last = begin;
                        LockSupport.parkNanos(5_000_000);
                    }
                    if (quick) {
                        assertThat(hosts(watched.next())).hasSize(60);
                    }
                    return quick;
                }
            }
        });
    }

    @RepeatedTest(5)
    void an_included_file_is_not_taken_half_because_another_was_put_beside_it() throws Exception {
        untilQuickEnough(own -> {
            Path main = write(own.resolve("loopgate.yaml"), "include: [loopgate.d/*.yaml]\n");
            Path included = write(own.resolve("loopgate.d/a.yaml"), ONE);
            try (Watched watched = Watched.asShipped(main).following()) {
                long begin = System.nanoTime();
                write(own.resolve("loopgate.d/a.yaml~"), HALF);
                Files.writeString(included, HALF);
                LockSupport.parkNanos(10_000_000);
                Files.writeString(included, REST, StandardOpenOption.APPEND);
                return quick(begin) && isWhole(watched);
            }
        });
    }

    @RepeatedTest(5)
    void files_that_are_renamed_one_after_the_other_are_taken_together() throws Exception {
        untilQuickEnough(own -> {
            Path main = write(own.resolve("loopgate.yaml"), "include: [a.yaml, b.yaml]\n");
            Path a = write(own.resolve("a.yaml"), ONE);
            Path b = write(own.resolve("b.yaml"), "hosts: {}\n");
            try (Watched watched = Watched.asShipped(main).following()) {
                Path nextA = write(own.resolve("next-a"), "hosts: {}\n");
                Path nextB = write(own.resolve("next-b"), ONE);
                long begin = System.nanoTime();
                Files.move(nextA, a, ATOMIC_MOVE);
                LockSupport.parkNanos(10_000_000);
                Files.move(nextB, b, ATOMIC_MOVE);
                boolean quick = quick(begin);
                if (quick) {
                    assertThat(hosts(watched.next())).containsExactly("one.localhost");
                }
                return quick;
            }
        });
    }

    private static boolean isWhole(Watched watched) throws Exception {
        assertThat(hosts(watched.next())).containsExactlyInAnyOrder("a.localhost", "b.localhost");
        return true;
    }

    private static OutputStream beginToWrite(Path file, String how) throws IOException {
        if (how.endsWith("removed")) {
            Files.delete(file);
        } else if (how.endsWith("renamed")) {
            Files.move(file, file.resolveSibling("backup"));
        }
        return Files.newOutputStream(file);
    }

    private static Path write(Path path, String text) throws IOException {
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text);
    }
}

package dev.loopgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.gateway.FileEvents.Sign;
import dev.loopgate.testkit.Eventually;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileEventsTest {

    @TempDir
    Path folder;

    @Test
    void tells_a_file_that_was_renamed_into_place_from_one_that_may_still_be_written() throws Exception {
        Assumptions.assumeTrue(System.getProperty("os.name").equals("Linux"), "elsewhere every change is a touch");
        BlockingQueue<Sign> told = new LinkedBlockingQueue<>();
        try (FileEvents events =
                new FileEvents(FileSystems.getDefault()::newWatchService, Duration.ofHours(1), notice -> {})) {
            events.onChange(told::add);
            Path file = Files.writeString(folder.resolve("loopgate.yaml"), "a");
            events.watch(Map.of(folder, Set.of("loopgate.yaml")));
            for (int i = 0; i < 20; i++) {
                Path next = Files.writeString(folder.resolve("next"), "b");
                Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
                assertThat(next(told)).isEqualTo(Sign.PLACED);
            }
            Files.delete(file);
            assertThat(next(told)).isEqualTo(Sign.TOUCHED);
            Files.writeString(file, "c");
            Eventually.until("that it was written to is told", () -> told.contains(Sign.TOUCHED));
        }
    }

    private static Sign next(BlockingQueue<Sign> told) throws InterruptedException {
        Sign sign = told.poll(Eventually.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(sign).as("an event").isNotNull();
        return Objects.requireNonNull(sign);
    }

    /** Closing makes the keys of all folders invalid, which looks as if they were gone. */
    @Test
    void tells_nothing_once_it_is_closed() throws Exception {
        AtomicInteger told = new AtomicInteger();
        FileEvents events =
                new FileEvents(FileSystems.getDefault()::newWatchService, Duration.ofHours(1), notice -> {});
        events.onChange(sign -> told.incrementAndGet());
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        events.watch(Map.of(folder, Set.of("loopgate.yaml")));
        Thread listener = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread) && thread.getName().equals("loopgate-file-events"))
                .findFirst()
                .orElseThrow();
        closeWhileItHasAnEvent(events, listener);

        listener.join(Eventually.LIMIT.toMillis());

        assertThat(listener.isAlive()).isFalse();
        assertThat(told).hasValue(0);
    }

    private void closeWhileItHasAnEvent(FileEvents events, Thread listener) throws IOException {
        synchronized (events) {
            Files.writeString(folder.resolve("noise"), "x");
            Eventually.until("it has taken the event", () -> listener.getState() == Thread.State.BLOCKED);
            events.close();
        }
    }
}

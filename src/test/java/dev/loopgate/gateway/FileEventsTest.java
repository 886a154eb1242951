package dev.loopgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileEventsTest {

    @TempDir
    Path folder;

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

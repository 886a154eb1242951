package dev.loopgate.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.model.AccessLogSettings;
import dev.loopgate.model.AccessLogSettings.Format;
import dev.loopgate.testkit.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogTest {

    private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    @Test
    void nothing_runs_while_it_is_off() throws IOException {
        try (AccessLog log = log()) {
            log.use(new AccessLogSettings(Format.OFF, Optional.empty()));
            assertThat(log.enabled()).isFalse();
            log.record(Records.of("/lost"));
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().equals("loopgate-access-log"));
        }
        assertThat(terminal.size()).isZero();
    }

    @Test
    void writes_what_it_was_given_before_it_closes() throws IOException {
        AccessLog log = log();
        log.use(AccessLogSettings.DEFAULT);
        for (int i = 0; i < 1000; i++) {
            log.record(Records.of("/" + i));
        }
        log.close();
        assertThat(terminal.toString(StandardCharsets.UTF_8).lines())
                .hasSize(1000)
                .last()
                .asString()
                .contains("app.localhost:62893/999 ");
        assertThat(log.enabled()).isFalse();
    }

    @Test
    void a_line_is_there_soon_after_the_exchange() throws IOException {
        try (AccessLog log = log()) {
            log.use(AccessLogSettings.DEFAULT);
            log.record(Records.of("/first"));
            Eventually.until(
                    "the line", () -> terminal.toString(StandardCharsets.UTF_8).contains("/first"));
        }
    }

    @Test
    void appends_to_a_file_and_opens_it_again_where_it_was_moved_away() throws IOException {
        Path file = folder.resolve("access.log");
        Files.writeString(file, "before\n");
        try (AccessLog log = log()) {
            log.use(new AccessLogSettings(Format.JSON, Optional.of(file)));
            log.record(Records.of("/first"));
            Eventually.until("the first line", () -> text(file).contains("/first"));
            assertThat(text(file)).startsWith("before\n");
            Path moved = Files.move(file, folder.resolve("access.log.1"));
            log.record(Records.of("/second"));
            Eventually.until("the second line", () -> text(file).contains("/second"));
            assertThat(text(moved)).contains("/first").doesNotContain("/second");
        }
    }

    @Test
    void a_reload_moves_it_to_another_place_without_losing_a_line() throws IOException {
        Path first = folder.resolve("1.log");
        Path second = folder.resolve("2.log");
        AccessLog log = log();
        log.use(new AccessLogSettings(Format.JSON, Optional.of(first)));
        log.record(Records.of("/first"));
        log.use(new AccessLogSettings(Format.JSON, Optional.of(second)));
        log.record(Records.of("/second"));
        log.close();
        Eventually.asserted(() -> assertThat(text(first)).contains("/first").doesNotContain("/second"));
        assertThat(text(second)).contains("/second").doesNotContain("/first");
    }

    @Test
    void a_file_that_cannot_be_written_is_explained_and_leaves_the_log_as_it_was() throws IOException {
        AccessLog log = log();
        log.use(AccessLogSettings.DEFAULT);
        Path missing = folder.resolve("nowhere/access.log");
        assertThatThrownBy(() -> log.use(new AccessLogSettings(Format.SHORT, Optional.of(missing))))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot write the access log " + missing + ": the folder " + missing.getParent()
                        + " does not exist");
        assertThatThrownBy(() -> log.use(new AccessLogSettings(Format.SHORT, Optional.of(folder))))
                .hasMessageEndingWith("it is a folder");
        log.record(Records.of("/still"));
        log.close();
        assertThat(terminal.toString(StandardCharsets.UTF_8)).contains("/still");
    }

    @Test
    void a_stopped_terminal_delays_nobody_and_what_it_missed_is_counted() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch stuck = new CountDownLatch(1);
        OutputStream stopped = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                stuck.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                terminal.write(bytes, from, length);
            }
        };
        AccessLog log = new AccessLog(new PrintStream(stopped, true, StandardCharsets.UTF_8));
        log.use(AccessLogSettings.DEFAULT);
        log.record(Records.of("/0"));
        stuck.await();
        // Would it wait for the writer, this would never end: whatever the machine's speed.
        for (int i = 0; i < 10_000; i++) {
            log.record(Records.of("/x"));
        }
        release.countDown();
        log.close();
        assertThat(terminal.toString(StandardCharsets.UTF_8)).contains(" exchanges are missing here");
    }

    private AccessLog log() {
        return new AccessLog(new PrintStream(terminal, true, StandardCharsets.UTF_8));
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}

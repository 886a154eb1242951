package dev.loopgate.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A child process whose output is kept. Closing it ends it, at last by force, with all the processes that it started. */
public final class RunningProcess implements AutoCloseable {

    private static final Duration END_LIMIT = Duration.ofSeconds(30);

    private final String command;
    private final Process process;
    private final Capture out;
    private final Capture err;

    private RunningProcess(List<String> command, Process process) {
        this.command = String.join(" ", command);
        this.process = process;
        out = new Capture(process.getInputStream());
        err = new Capture(process.getErrorStream());
    }

    /** @param environment set on top of the one of this process */
    public static RunningProcess start(Path directory, Map<String, String> environment, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().putAll(environment);
        builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        try {
            return new RunningProcess(command, builder.start());
        } catch (IOException e) {
            throw new AssertionError("cannot start " + command, e);
        }
    }

    public String stdout() {
        return out.text();
    }

    public String stderr() {
        return err.text();
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** SIGTERM. Not by {@link Process#destroy}, which also closes the pipes that its last words come through. */
    public void terminate() {
        process.toHandle().destroy();
    }

    /** Sends a signal by its name, such as HUP. */
    public void signal(String name) {
        try (RunningProcess kill =
                start(Path.of("."), Map.of(), List.of("sh", "-c", "kill -" + name + " " + process.pid()))) {
            kill.awaitExit(END_LIMIT);
        }
    }

    /** Waits for its end and gives its exit status; all its output has been read by then. */
    public int awaitExit(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(command + " has not ended within " + limit + "\n" + stdout() + stderr());
            }
            out.thread.join(limit.toMillis());
            err.thread.join(limit.toMillis());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException stopped) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        children.forEach(ProcessHandle::destroyForcibly);
        Eventually.until(
                "the processes of " + command + " end", () -> children.stream().noneMatch(RunningProcess::runs));
    }

    /** One that has ended and that nobody asks for its exit status has no command any more. */
    private static boolean runs(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    private static final class Capture {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final Thread thread;

        Capture(InputStream stream) {
            thread = new Thread(() -> copy(stream), "output");
            thread.setDaemon(true);
            thread.start();
        }

        private void copy(InputStream stream) {
            byte[] chunk = new byte[8192];
            try {
                for (int count = stream.read(chunk); count >= 0; count = stream.read(chunk)) {
                    bytes.write(chunk, 0, count);
                }
            } catch (IOException ended) {
                // the process is gone and its pipe with it
            }
        }

        String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }
}

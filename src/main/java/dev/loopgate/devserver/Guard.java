package dev.loopgate.devserver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A small shell beside the dev servers, in the same process group ({@code guard.sh}). It sees which signals went to the
 * group rather than to this process alone, which Java cannot; and it ends what a dev server leaves behind, also where this
 * process was killed and can do nothing any more. Safe for use by several threads.
 */
public final class Guard implements AutoCloseable {

    /** In the environment of a dev server and all that it starts: who started it. */
    public static final String VARIABLE = "LOOPGATE_EXEC";

    private static final Duration START = Duration.ofSeconds(5);

    /** What it takes the shell to tell of a signal that both got, on a machine that is busy. */
    private static final Duration TELL = Duration.ofSeconds(1);

    /** A signal to the group that is no older is the one that came to this process alone, too. */
    private static final Duration SAME = Duration.ofSeconds(1);

    /** A dev server that is to end has five seconds; then what is left is killed. */
    private static final Duration END = Duration.ofSeconds(20);

    private final String id = UUID.randomUUID().toString();
    private final Process process;
    private final OutputStream requests;
    private final AtomicInteger servers = new AtomicInteger();
    private final CountDownLatch ready = new CountDownLatch(1);
    /** When it last told of a signal, as {@link System#nanoTime()} counts. */
    private final Map<String, Long> reports = new HashMap<>();

    private final Map<String, CompletableFuture<Boolean>> ends = new ConcurrentHashMap<>();
    private volatile String terminal = "";

    private Guard(Process process) {
        this.process = process;
        this.requests = process.getOutputStream();
    }

    /** @throws IOException where there is no shell */
    public static Guard start() throws IOException {
        String script;
        try (InputStream text = Guard.class.getResourceAsStream("guard.sh")) {
            if (text == null) {
                throw new IOException("guard.sh is missing from the jar");
            }
            script = new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", script, "loopgate-guard");
        // Where this process is itself below a dev server, its guard is not to be taken for a part of that.
        builder.environment().remove(VARIABLE);
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        Guard guard = new Guard(builder.start());
        Thread thread = new Thread(guard::read, "loopgate-guard");
        thread.setDaemon(true);
        thread.start();
        return guard;
    }

    /**
     * Waits until it would notice a signal, and knows how the terminal is set.
     *
     * @throws IOException where it does not start
     */
    void awaitReady() throws IOException {
        try {
            if (!ready.await(START.toMillis(), TimeUnit.MILLISECONDS) || !process.isAlive()) {
                throw new IOException("sh cannot run what is to watch over the dev server");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** The value of {@link #VARIABLE} for another dev server. */
    String nextMark() {
        return id + "-" + servers.incrementAndGet() + "-";
    }

    void watch(String mark, long pid) {
        send("watch " + VARIABLE + "=" + mark + " " + pid);
    }

    /**
     * @param name without SIG
     * @return whether there is still somebody to do it
     */
    boolean signal(String name, String mark, long pid) {
        return process.isAlive() && send("signal " + name + " " + VARIABLE + "=" + mark + " " + pid);
    }

    /**
     * Ends a dev server and what it has started, at last by force. Blocks until that is done. Of several who ask the first one
     * says how.
     *
     * @param told whether a signal has told it already
     * @return whether it is done
     */
    boolean end(String mark, long pid, boolean told) {
        String variable = VARIABLE + "=" + mark;
        CompletableFuture<Boolean> fresh = new CompletableFuture<>();
        CompletableFuture<Boolean> known = ends.putIfAbsent(variable, fresh);
        if (known == null && (!process.isAlive() || !send("end " + variable + " " + pid + (told ? " told" : "")))) {
            fresh.complete(false);
        }
        try {
            return (known == null ? fresh : known).get(END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException stuck) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Whether a signal that this process has just got went to its whole process group, and so to the dev servers too: also
     * where it came twice, as {@code timeout} sends it to its child and to the group. Blocks for a moment.
     *
     * @param name without SIG
     */
    public boolean groupGot(String name) {
        long got = System.nanoTime();
        synchronized (reports) {
            while (!told(name, got)) {
                long left = TELL.toNanos() - (System.nanoTime() - got);
                if (left <= 0) {
                    return false;
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(reports, left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            return true;
        }
    }

    private boolean told(String name, long got) {
        Long at = reports.get(name);
        return at != null && got - at < SAME.toNanos();
    }

    /** Of its shell. */
    ProcessHandle handle() {
        return process.toHandle();
    }

    /** How the terminal was set at the start, as {@code stty} reads it; empty where there is no terminal. */
    String terminal() {
        return terminal;
    }

    /** Ends everything that is left of the dev servers, and then itself. Blocks until that is done. */
    @Override
    public void close() {
        try {
            requests.close();
            if (!process.waitFor(END.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException gone) {
            // Then it has ended.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean send(String request) {
        try {
            requests.write((request + "\n").getBytes(StandardCharsets.US_ASCII));
            requests.flush();
            return true;
        } catch (IOException gone) {
            // Somebody has killed it.
            return false;
        }
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("ready ")) {
                    terminal = line.substring("ready ".length()).strip();
                    ready.countDown();
                } else if (line.startsWith("ended ")) {
                    CompletableFuture<Boolean> end = ends.get(line.substring("ended ".length()));
                    if (end != null) {
                        end.complete(true);
                    }
                } else {
                    synchronized (reports) {
                        reports.put(line, System.nanoTime());
                        reports.notifyAll();
                    }
                }
            }
        } catch (IOException gone) {
            // As at its end.
        } finally {
            ready.countDown();
            ends.values().forEach(end -> end.complete(false));
        }
    }
}

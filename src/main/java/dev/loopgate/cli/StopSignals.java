package dev.loopgate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** What the process does when it is told to end: the first signal ends it in order, the second at once. */
final class StopSignals {

    /** How long connections may go on after the first signal. */
    static final Duration DRAIN = Duration.ofSeconds(10);

    private static final int SIGINT = 2;
    private static final int SIGTERM = 15;

    private final Terminal terminal;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final AtomicInteger signals = new AtomicInteger();
    private final boolean onTerminal;

    StopSignals(Terminal terminal) {
        this.terminal = terminal;
        this.onTerminal = hasTerminal();
        Signals.on("INT", () -> signalled(SIGINT));
        Signals.on("TERM", () -> signalled(SIGTERM));
    }

    void await() {
        try {
            stop.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** As if the first signal had come. */
    void stop() {
        stop.countDown();
    }

    void tellDrain(int connections) {
        if (connections > 0) {
            terminal.say("stopping: " + connections + (connections == 1 ? " connection has" : " connections have")
                    + " up to " + DRAIN.toSeconds() + " s to finish; a second signal ends it at once");
        }
    }

    /** SIGHUP means two things: somebody wants a reload, or the terminal is gone and with it who would stop us. */
    void hangUp(Runnable reload) {
        if (onTerminal && !hasTerminal()) {
            stop.countDown();
        } else {
            reload.run();
        }
    }

    private void signalled(int number) {
        if (signals.incrementAndGet() > 1) {
            // What a shell expects of a process that a signal has ended.
            Runtime.getRuntime().halt(128 + number);
        }
        stop.countDown();
    }

    /** Opening it fails once the terminal has hung up. */
    private static boolean hasTerminal() {
        try {
            Files.newInputStream(Path.of("/dev/tty")).close();
            return true;
        } catch (IOException none) {
            return false;
        }
    }
}

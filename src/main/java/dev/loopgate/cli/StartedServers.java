package dev.loopgate.cli;

import dev.loopgate.devserver.DevServer;
import dev.loopgate.devserver.Guard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The dev servers of a session that run or have run, and the signals that reach them. Safe for use by several threads. */
final class StartedServers {

    /** So long a dev server has to end once a signal told it to; one that goes on after that is told anew. */
    private static final Duration TOLD = Duration.ofSeconds(5);

    private final Predicate<String> groupGot;
    private final List<Started> all = new ArrayList<>();
    private volatile @Nullable Signal last;

    /** One that has been started. */
    record Started(ExecSession.Planned planned, DevServer server, ServedName name) {}

    /** @param at as {@link System#nanoTime()} counts */
    private record Signal(String name, long at) {}

    interface Start {
        Started start();
    }

    /** @param groupGot whether a signal went to the whole process group; see {@link Guard#groupGot} */
    StartedServers(Predicate<String> groupGot) {
        this.groupGot = groupGot;
    }

    /** Has the signals that end a session reach its dev servers from now on. */
    void takeSignals() {
        for (String name : List.of("INT", "TERM", "HUP")) {
            Signals.on(name, () -> signal(name));
        }
    }

    /**
     * Starts another, unless a signal has come before it: whoever sent that wants none.
     *
     * @return empty where it is not started
     */
    boolean add(Start next) {
        synchronized (all) {
            if (last != null) {
                return false;
            }
            all.add(next.start());
            return true;
        }
    }

    List<Started> all() {
        synchronized (all) {
            return List.copyOf(all);
        }
    }

    /** What went to the whole process group, as Ctrl-C does, the dev servers have got themselves. */
    void signal(String name) {
        last = new Signal(name, System.nanoTime());
        if (!groupGot.test(name)) {
            all().forEach(each -> each.server().signal(name));
        }
    }

    /** What shells say of a process that the last signal has ended; 0 where none has come. */
    int signalStatus() {
        Signal signal = last;
        return signal == null
                ? 0
                : 128
                        + switch (signal.name) {
                            case "HUP" -> 1;
                            case "INT" -> 2;
                            default -> 15;
                        };
    }

    /** Ends one and what it has left behind. Blocks until that is done. */
    void end(Started one) {
        Signal signal = last;
        one.server().end(signal != null && System.nanoTime() - signal.at < TOLD.toNanos());
    }

    /** Ends them at once rather than one after the other: each may take five seconds. Blocks until that is done. */
    void endAll() {
        List<Started> now = all();
        CountDownLatch latch = new CountDownLatch(now.size());
        for (Started each : now) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            end(each);
                        } finally {
                            latch.countDown();
                        }
                    },
                    "loopgate-exec-end");
            thread.setDaemon(true);
            thread.start();
        }
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package dev.loopgate.devserver;

import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;

/** A dev server that runs. Safe for use by several threads. */
public final class DevServer {

    private final Guard guard;
    private final String mark;
    private final Launch launch;
    private final Process process;
    private final OtherPorts others = new OtherPorts(Arrival::ask);

    private DevServer(Guard guard, String mark, Launch launch, Process process) {
        this.guard = guard;
        this.mark = mark;
        this.launch = launch;
        this.process = process;
    }

    /**
     * Starts it.
     *
     * @param attached with the standard streams of this process, so with its terminal; else without input, and with its
     *     output for {@link #output} and {@link #errors}
     * @throws IOException where it cannot be started, with a message for people
     */
    public static DevServer start(Launch launch, Guard guard, boolean attached) throws IOException {
        guard.awaitReady();
        String mark = guard.nextMark();
        ProcessBuilder builder =
                new ProcessBuilder(launch.words()).directory(launch.directory().toFile());
        builder.environment().putAll(launch.environment());
        builder.environment().put(Guard.VARIABLE, mark);
        if (attached) {
            builder.inheritIO();
        } else {
            builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        }
        // By the mark alone it is found too, should this process be killed before the next line.
        guard.watch(mark, 0);
        Process process = builder.start();
        guard.watch(mark, process.pid());
        // Its number may be another's soon; what it leaves behind has the mark.
        process.onExit().thenRun(() -> guard.watch(mark, 0));
        return new DevServer(guard, mark, launch, process);
    }

    public Launch launch() {
        return launch;
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    public InputStream output() {
        return process.getInputStream();
    }

    public InputStream errors() {
        return process.getErrorStream();
    }

    /** Completes with its exit status: 128 and the number of the signal where one has ended it. */
    public CompletableFuture<Integer> exit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    /**
     * Passes a signal on to it and to what it has started.
     *
     * @param name without SIG
     */
    public void signal(String name) {
        if (!guard.signal(name, mark, pidNow())) {
            tree().signal(name);
        }
    }

    /**
     * Ends it and what it has started, at last by force. Blocks until that is done.
     *
     * @param told whether a signal has told it already
     */
    public void end(boolean told) {
        if (!guard.end(mark, pidNow(), told)) {
            tree().end(told);
        }
    }

    private ProcessTree tree() {
        return new ProcessTree(process.toHandle());
    }

    /** 0 where it has ended. */
    private long pidNow() {
        return process.isAlive() ? process.pid() : 0;
    }

    /** The port that it or what it has started listens on instead of its own; looks on Linux only. One thread. */
    OptionalInt otherPort() {
        SortedSet<Integer> open = ListeningPorts.of(tree());
        open.remove(launch.port());
        return others.page(open, System.nanoTime());
    }
}

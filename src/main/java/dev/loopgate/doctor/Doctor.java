package dev.loopgate.doctor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Looks for what is wrong. Only looks: nothing is changed, and no port is taken. */
public final class Doctor {

    /** A connection, a request for a page and one more, should it be answered in the wrong way. */
    private static final int STEPS = 3;

    private static final String NOT_IN_TIME = "could not be found out in time";

    private final Duration limit;

    /** @param limit for all of it */
    public Doctor(Duration limit) {
        this.limit = limit;
    }

    /** All that is worth telling, in the order in which a request would pass it. Blocks for the limit at most. */
    public List<Finding> examine(Subject subject, Circumstances circumstances) {
        return findings(new Examination(circumstances, limit.dividedBy(STEPS)).of(subject));
    }

    /** Runs the checks at the same time; those that are not done within the limit are said not to be. */
    List<Finding> findings(List<Check> checks) {
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "loopgate-doctor");
            thread.setDaemon(true);
            return thread;
        });
        try {
            long end = System.nanoTime() + limit.toNanos();
            List<CompletableFuture<List<Finding>>> running = checks.stream()
                    .map(check -> CompletableFuture.supplyAsync(check::look, threads))
                    .toList();
            List<Finding> findings = new ArrayList<>();
            for (int i = 0; i < checks.size(); i++) {
                findings.addAll(await(checks.get(i).name(), running.get(i), end));
            }
            return findings;
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Finding> await(String check, CompletableFuture<List<Finding>> running, long end) {
        try {
            return running.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            return List.of(Finding.warn(check, NOT_IN_TIME));
        } catch (ExecutionException e) {
            return List.of(Finding.warn(check, "could not be found out: " + e.getCause()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }
}

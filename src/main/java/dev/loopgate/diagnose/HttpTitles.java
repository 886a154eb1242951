package dev.loopgate.diagnose;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The titles of the pages that ports serve: each port is asked for its first page, all at the same time. Those that
 * {@link PageServing} rules out are left alone.
 */
public final class HttpTitles {

    private static final int THREADS = 32;

    private final Duration limit;

    /** @param limit for all of them together */
    public HttpTitles(Duration limit) {
        this.limit = limit;
    }

    /** The same ports, with their titles. Blocks, for as long as the limit at most. */
    public List<OpenPort> of(List<OpenPort> ports) {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "loopgate-titles");
            thread.setDaemon(true);
            return thread;
        });
        try {
            long end = System.nanoTime() + limit.toNanos();
            Map<OpenPort, CompletableFuture<Optional<String>>> asked = new LinkedHashMap<>();
            for (OpenPort port : ports) {
                asked.put(
                        port,
                        PageServing.isLikely(port)
                                ? CompletableFuture.supplyAsync(() -> new PageTitle(port, end).ask(), threads)
                                : CompletableFuture.completedFuture(Optional.empty()));
            }
            List<OpenPort> titled = new ArrayList<>();
            asked.forEach((port, title) -> titled.add(port.withTitle(await(title, end))));
            return titled;
        } finally {
            threads.shutdownNow();
        }
    }

    private static Optional<String> await(CompletableFuture<Optional<String>> title, long end) {
        try {
            return title.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException none) {
            return Optional.empty();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}

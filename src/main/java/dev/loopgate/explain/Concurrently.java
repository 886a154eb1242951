package dev.loopgate.explain;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Questions that take their time, each on a daemon thread of its own. */
final class Concurrently {

    private Concurrently() {}

    static <T> CompletableFuture<T> ask(Supplier<T> question) {
        return CompletableFuture.supplyAsync(question, task -> {
            Thread thread = new Thread(task, "loopgate-explain");
            thread.setDaemon(true);
            thread.start();
        });
    }
}

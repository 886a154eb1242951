package dev.loopgate.diagnose;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;

/** Questions that take their time, each on a daemon thread of its own. */
public final class Concurrently {

    private Concurrently() {}

    public static <T> CompletableFuture<T> ask(Supplier<T> question) {
        return CompletableFuture.supplyAsync(question, task -> {
            Thread thread = new Thread(task, "loopgate-question");
            thread.setDaemon(true);
            thread.start();
        });
    }

    /**
     * Asks of each subject at the same time. Blocks as long as the slowest takes.
     *
     * @return the answers, in the order of the subjects
     * @throws CompletionException where one fails
     */
    public static <S, T> List<T> askEach(Collection<S> subjects, Function<S, T> question) {
        return subjects.stream().map(subject -> ask(() -> question.apply(subject))).toList().stream()
                .map(CompletableFuture::join)
                .toList();
    }
}

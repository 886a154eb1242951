package dev.loopgate.devserver;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A process and those below it, as Java sees them. Of one that has ended it knows nothing any more, unlike the {@link Guard}, in
 * whose place it stands where that is gone.
 */
record ProcessTree(ProcessHandle root) {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    List<ProcessHandle> running() {
        return Stream.concat(Stream.of(root), root.descendants())
                .filter(ProcessHandle::isAlive)
                .toList();
    }

    /** @param name without SIG */
    void signal(String name) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "kill -\"$0\" \"$@\"", name));
        running().forEach(process -> command.add(Long.toString(process.pid())));
        try {
            new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IOException noShell) {
            running().forEach(ProcessHandle::destroy);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Ends them, after five seconds by force. Blocks until that is done.
     *
     * @param told whether a signal has told them already
     */
    void end(boolean told) {
        List<ProcessHandle> all = running();
        if (!told) {
            all.forEach(ProcessHandle::destroy);
        }
        CompletableFuture<Void> over =
                CompletableFuture.allOf(all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new));
        try {
            over.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException stubborn) {
            Stream.concat(all.stream(), running().stream()).forEach(ProcessHandle::destroyForcibly);
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

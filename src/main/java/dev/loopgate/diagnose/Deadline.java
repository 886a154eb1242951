package dev.loopgate.diagnose;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Ends a connection when its time is over: of a server that sends a byte now and then, no single read takes long. */
final class Deadline implements AutoCloseable {

    private final CompletableFuture<Void> end;
    private volatile boolean over;

    Deadline(Socket connection, Duration limit) {
        Executor later = CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS);
        end = CompletableFuture.runAsync(
                () -> {
                    over = true;
                    end(connection);
                },
                later);
    }

    private static void end(Socket connection) {
        try {
            connection.close();
        } catch (IOException gone) {
            // It is over anyway.
            return;
        }
    }

    boolean isOver() {
        return over;
    }

    @Override
    public void close() {
        end.cancel(false);
    }
}

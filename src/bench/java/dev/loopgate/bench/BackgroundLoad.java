package dev.loopgate.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A load that goes on while something else is done. */
final class BackgroundLoad {

    private final FutureTask<Load.Outcome> task;

    private BackgroundLoad(FutureTask<Load.Outcome> task) {
        this.task = task;
    }

    static BackgroundLoad start(Load load, RunningPeer peer, Duration span) {
        BackgroundLoad background = new BackgroundLoad(new FutureTask<>(() -> load.run(peer, span)));
        Thread thread = new Thread(background.task, "load");
        thread.setDaemon(true);
        thread.start();
        return background;
    }

    Load.Outcome await() throws IOException, InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException failed) {
            throw new IOException("the load ended early: " + failed.getCause(), failed);
        }
    }
}

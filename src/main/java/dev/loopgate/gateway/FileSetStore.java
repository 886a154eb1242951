package dev.loopgate.gateway;

import io.vertx.config.spi.ConfigStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;

/**
 * The store of vertx-config that a configuration comes from: its main file and whatever that includes, as one text. The
 * stock file store knows one file, reads it whole at each scan, and takes one that is missing for a failure of the scan.
 */
final class FileSetStore implements ConfigStore {

    private final Vertx vertx;
    private final SourceFiles files;
    private boolean closed;

    FileSetStore(Vertx vertx, SourceFiles files) {
        this.vertx = vertx;
        this.files = files;
    }

    @Override
    public synchronized Future<Buffer> get() {
        return closed
                ? Future.failedFuture("the watch is closed")
                : vertx.executeBlocking(() -> Buffer.buffer(files.look().encode()));
    }

    /** No look begins from now on; vertx-config waits for nobody, so that whoever closes it has to for the last one. */
    @Override
    public synchronized Future<Void> close() {
        closed = true;
        return Future.succeededFuture();
    }
}

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
    private volatile Future<Buffer> last = Future.succeededFuture();

    FileSetStore(Vertx vertx, SourceFiles files) {
        this.vertx = vertx;
        this.files = files;
    }

    @Override
    public Future<Buffer> get() {
        Future<Buffer> look =
                vertx.executeBlocking(() -> Buffer.buffer(files.look().encode()));
        last = look;
        return look;
    }

    /** Not before the last look has ended: the thread that it runs on goes with whoever closes this. */
    @Override
    public Future<Void> close() {
        return last.transform(ended -> Future.succeededFuture());
    }
}

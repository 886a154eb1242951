package dev.loopgate.builtin;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends the rest of an open file: block by block, each read on a worker once the one before is on its way, so that no
 * event loop waits for a disk and a client that does not read costs one block. Closes the file at the end.
 */
final class FileSender {

    /** Divided among those who are sending: many slow readers get small blocks. */
    private static final int BUDGET = 2 * 1024 * 1024;

    private static final int LARGEST = 128 * 1024;
    private static final int SMALLEST = 8 * 1024;

    private final Vertx vertx;
    private final AtomicInteger sending;
    private final HttpServerResponse response;
    private final Reply.OpenFile file;
    private final Promise<Void> done = Promise.promise();
    private long position;

    /** @param sending how many files are being sent in the whole process */
    FileSender(Vertx vertx, AtomicInteger sending, HttpServerResponse response, Reply.OpenFile file) {
        this.vertx = vertx;
        this.sending = sending;
        this.response = response;
        this.file = file;
        this.position = file.position();
    }

    /** @return fails where the file became shorter than was announced, and where the client is gone */
    Future<Void> send() {
        sending.incrementAndGet();
        response.exceptionHandler(done::tryFail);
        response.closeHandler(closed -> done.tryFail("the client is gone"));
        // One block at a time: the next is read when this one is all but gone.
        response.setWriteQueueMaxSize(SMALLEST);
        step();
        return done.future().eventually(() -> {
            sending.decrementAndGet();
            return vertx.executeBlocking(
                    () -> {
                        file.close();
                        return null;
                    },
                    false);
        });
    }

    private void step() {
        if (done.future().isComplete()) {
            return;
        }
        if (position == file.end()) {
            done.tryComplete();
        } else if (response.writeQueueFull()) {
            response.drainHandler(drained -> {
                response.drainHandler(null);
                step();
            });
        } else {
            vertx.executeBlocking(this::read, false).onComplete(block -> {
                if (block.failed()) {
                    done.tryFail(block.cause());
                } else if (!done.future().isComplete()) {
                    position += block.result().length();
                    response.write(block.result());
                    step();
                }
            });
        }
    }

    private Buffer read() throws IOException {
        int share = BUDGET / Math.max(1, sending.get());
        int size = (int) Math.min(file.end() - position, Math.max(SMALLEST, Math.min(LARGEST, share)));
        ByteBuffer block = ByteBuffer.allocate(size);
        if (file.channel().read(block, position) <= 0) {
            throw new EOFException("the file became shorter while it was sent");
        }
        byte[] bytes = new byte[block.flip().remaining()];
        block.get(bytes);
        return Buffer.buffer(bytes);
    }
}

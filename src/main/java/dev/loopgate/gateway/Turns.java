package dev.loopgate.gateway;

import io.vertx.core.Future;
import java.util.function.Supplier;

/** Work that is done one after the other, in the order in which it was asked for. Safe for use by any thread. */
final class Turns {

    private Future<?> last = Future.succeededFuture();

    synchronized <T> Future<T> next(Supplier<Future<T>> work) {
        Future<T> next = last.transform(before -> work.get());
        last = next;
        return next;
    }
}

package dev.loopgate.http;

import dev.loopgate.observe.ExchangeRecord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What is noted down during an exchange, for its record. Clocks are read only where a record is wanted. */
final class Ledger {

    int status;
    long requestBytes;
    long responseBytes;
    String error = "";

    private @Nullable Instant start;
    private long startNanos;

    void begin(boolean recording) {
        if (recording) {
            start = Instant.now();
            startNanos = System.nanoTime();
        }
    }

    boolean recording() {
        return start != null;
    }

    /** @param head the request's head; null where it could not be read */
    ExchangeRecord record(
            Downstream connection, @Nullable Head head, RequestTarget target, String upstream, String lastError) {
        return new ExchangeRecord(
                start == null ? Instant.EPOCH : start,
                connection.client().addressText(),
                head == null ? "-" : head.text(head.methodStart, head.methodEnd),
                connection.client().scheme(),
                head == null ? "" : head.text(target.hostStart, target.authorityEnd),
                head == null ? "" : path(head, target),
                head == null ? "" : "HTTP/" + connection.client().version(head),
                status,
                requestBytes,
                responseBytes,
                System.nanoTime() - startNanos,
                upstream,
                lastError);
    }

    private static String path(Head head, RequestTarget target) {
        return target.asterisk ? "*" : head.text(target.pathStart, head.targetEnd);
    }
}

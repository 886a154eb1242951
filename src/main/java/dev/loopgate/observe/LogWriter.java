package dev.loopgate.observe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that writes an access log. It writes a first line at once and then rests, so that under load one wake-up
 * and one write serve many lines.
 */
final class LogWriter implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);
    private static final int CAPACITY = 4096;
    private static final long HEAVY_LIMIT = 2L << 20;
    private static final long REST_NANOS = 20_000_000;
    private static final int BATCH_CHARS = 16 * 1024;

    private final RecordQueue queue = new RecordQueue(CAPACITY, HEAVY_LIMIT);
    private final LineFormat format;
    private final LogSink sink;
    private final Thread thread;
    private final StringBuilder lines = new StringBuilder(BATCH_CHARS * 2);
    private final CharsetEncoder encoder = StandardCharsets.UTF_8
            .newEncoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private byte[] bytes = new byte[BATCH_CHARS * 2];
    private long lost;
    private long inBatch;
    private boolean failing;
    private volatile boolean resting;
    private volatile boolean closing;

    LogWriter(LineFormat format, LogSink sink) {
        this.format = format;
        this.sink = sink;
        this.thread = new Thread(this, "loopgate-access-log");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Any thread; never waits. */
    void record(ExchangeRecord record) {
        if (queue.offer(record) && resting) {
            LockSupport.unpark(thread);
        }
    }

    /** Begins the end: what was recorded is still written. */
    void finish() {
        closing = true;
        LockSupport.unpark(thread);
    }

    /** @return whether everything was written within that time */
    boolean await(long millis) throws InterruptedException {
        thread.join(millis);
        return !thread.isAlive();
    }

    @Override
    public void run() {
        boolean last = false;
        while (true) {
            boolean ending = closing;
            boolean any = drain();
            if (last) {
                break;
            }
            if (ending) {
                // An event loop that still held this writer may have been in the middle of a record: one more look.
                last = true;
                LockSupport.parkNanos(REST_NANOS / 10);
            } else if (any) {
                LockSupport.parkNanos(REST_NANOS);
            } else {
                restUntilWoken();
            }
        }
        try {
            sink.close();
        } catch (IOException e) {
            LOG.warn("access log: {}: {}", sink.name(), e.getMessage());
        }
    }

    private void restUntilWoken() {
        resting = true;
        // Looked at again after the flag is up, so that no record slips in between.
        if (queue.isEmpty() && !closing) {
            LockSupport.park(this);
        }
        resting = false;
    }

    private boolean drain() {
        boolean any = false;
        for (ExchangeRecord record = queue.poll(); record != null; record = queue.poll()) {
            any = true;
            inBatch++;
            format.append(lines, record);
            if (lines.length() >= BATCH_CHARS) {
                write();
            }
        }
        lost += queue.takeDropped();
        if (lost > 0 && !failing) {
            format.appendDropped(lines, Instant.now(), lost);
            inBatch += lost;
            lost = 0;
        }
        write();
        return any;
    }

    private void write() {
        if (lines.length() == 0) {
            return;
        }
        try {
            int worst = (int) (lines.length() * (double) encoder.maxBytesPerChar()) + 16;
            if (bytes.length < worst) {
                bytes = new byte[worst];
            }
            ByteBuffer out = ByteBuffer.wrap(bytes);
            encoder.reset();
            encoder.encode(CharBuffer.wrap(lines), out, true);
            encoder.flush(out);
            sink.write(bytes, out.position());
            if (failing) {
                failing = false;
                LOG.warn("access log: {} can be written again", sink.name());
            }
        } catch (IOException e) {
            lost += inBatch;
            if (!failing) {
                failing = true;
                LOG.warn(
                        "access log: cannot write {}: {}; exchanges go unrecorded until it works again",
                        sink.name(),
                        e.getMessage());
            }
        } finally {
            lines.setLength(0);
            inBatch = 0;
        }
    }
}

package dev.loopgate.observe;

import dev.loopgate.model.AccessLogSettings;
import dev.loopgate.model.AccessLogSettings.Format;
import java.io.IOException;
import java.io.PrintStream;
import java.time.ZoneId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where exchanges are recorded. Off until {@link #use} turns it on. {@link #record} and {@link #enabled} may be called
 * from any thread and never wait: a writer thread of the log's own does the writing, and what it cannot keep up with is
 * dropped, counted and reported in the log itself.
 */
public final class AccessLog implements AutoCloseable {

    private static final long FLUSH_MILLIS = 2_000;

    private final PrintStream terminal;
    private final boolean colour;
    private AccessLogSettings settings = new AccessLogSettings(Format.OFF, Optional.empty());
    private volatile @Nullable LogWriter writer;

    /** A log without colours. */
    public AccessLog(PrintStream terminal) {
        this(terminal, false);
    }

    /**
     * @param terminal where lines go that no file is named for; not closed by the log
     * @param colour whether {@code short} lines on it are coloured
     */
    public AccessLog(PrintStream terminal, boolean colour) {
        this.terminal = terminal;
        this.colour = colour;
    }

    /**
     * Goes over to other settings; equal ones change nothing. What was recorded before is still written as before.
     *
     * @throws IOException where the file cannot be opened, with a message for people; the log stays as it was
     */
    public synchronized void use(AccessLogSettings wanted) throws IOException {
        if (wanted.equals(settings)) {
            return;
        }
        LogWriter next = wanted.format() == Format.OFF ? null : writerFor(wanted);
        LogWriter previous = writer;
        settings = wanted;
        writer = next;
        if (next != null) {
            next.start();
        }
        if (previous != null) {
            previous.finish();
        }
    }

    /** Whether it is worth making a record. */
    public boolean enabled() {
        return writer != null;
    }

    /** Records an exchange, or drops it where the log is off or full. */
    public void record(ExchangeRecord exchange) {
        LogWriter current = writer;
        if (current != null) {
            current.record(exchange);
        }
    }

    /** Turns the log off and writes what is left, for two seconds at most: a terminal that is stopped must not hold us. */
    @Override
    public synchronized void close() {
        LogWriter previous = writer;
        writer = null;
        settings = new AccessLogSettings(Format.OFF, Optional.empty());
        if (previous != null) {
            previous.finish();
            try {
                previous.await(FLUSH_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private LogWriter writerFor(AccessLogSettings wanted) throws IOException {
        LogSink sink = wanted.file().isPresent() ? FileSink.open(wanted.file().get()) : new TerminalSink(terminal);
        LineFormat format = wanted.format() == Format.JSON
                ? new JsonLines()
                : new ShortLines(colour && wanted.file().isEmpty(), ZoneId.systemDefault());
        return new LogWriter(format, sink);
    }
}

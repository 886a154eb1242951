package dev.loopgate.observe;

import java.time.Instant;
import java.time.ZoneId;

/**
 * One line for people. What has a fixed width comes first, so that lines stay aligned:
 *
 * <pre>14:03:07.120 200    1.8ms   1.2KiB GET  app.localhost/index.html -> localhost:3000</pre>
 */
final class ShortLines implements LineFormat {

    /** Longer targets are cut: a line is for reading, and a hostile client must not flood a terminal. */
    private static final int LONGEST = 300;

    private static final String RESET = "\u001b[0m";
    private static final String DIM = "\u001b[2m";
    private static final String RED = "\u001b[31m";
    private static final String GREEN = "\u001b[32m";
    private static final String YELLOW = "\u001b[33m";
    private static final String CYAN = "\u001b[36m";

    private final Redaction redaction = new Redaction();
    private final boolean colour;
    private final ZoneId zone;
    private long second = Long.MIN_VALUE;
    private String clock = "";

    ShortLines(boolean colour, ZoneId zone) {
        this.colour = colour;
        this.zone = zone;
    }

    @Override
    public void append(StringBuilder out, ExchangeRecord record) {
        time(out, record.start());
        status(out, record.status());
        int column = out.length();
        duration(out, record.durationNanos());
        column = padLeft(out, column, 9);
        bytes(out, record.responseBytes());
        padLeft(out, column, 9);
        out.append(' ');
        column = out.length();
        visible(out, record.method(), 20);
        while (out.length() < column + 4) {
            out.append(' ');
        }
        out.append(' ');
        if (record.scheme().equals("https")) {
            out.append("https://");
        }
        visible(out, record.host(), 255);
        visible(out, redaction.of(record.target()), LONGEST);
        if (!record.upstream().isEmpty()) {
            dim(out).append(" -> ");
            visible(out, record.upstream(), 255);
            reset(out);
        }
        if (!record.error().isEmpty()) {
            out.append(colour ? RED : "").append(' ');
            visible(out, record.error(), 80);
            reset(out);
        }
        out.append('\n');
    }

    @Override
    public void appendDropped(StringBuilder out, Instant now, long count) {
        time(out, now);
        out.append(count)
                .append(count == 1 ? " exchange is" : " exchanges are")
                .append(" missing here: they came faster than this log could be written\n");
    }

    private void time(StringBuilder out, Instant instant) {
        long now = instant.getEpochSecond();
        if (now != second) {
            second = now;
            clock = instant.atZone(zone).toLocalTime().withNano(0).toString();
            clock = clock.length() == 5 ? clock + ":00" : clock;
        }
        int millis = instant.getNano() / 1_000_000;
        dim(out).append(clock).append('.');
        out.append((char) ('0' + millis / 100))
                .append((char) ('0' + millis / 10 % 10))
                .append((char) ('0' + millis % 10));
        reset(out).append(' ');
    }

    private void status(StringBuilder out, int status) {
        if (colour) {
            out.append(status >= 500 || status == 0 ? RED : status >= 400 ? YELLOW : status >= 300 ? CYAN : GREEN);
        }
        if (status == 0) {
            out.append("---");
        } else {
            out.append(status);
        }
        reset(out);
    }

    /** Three digits are enough to see what is slow. */
    private static void duration(StringBuilder out, long nanos) {
        long micros = nanos / 1_000;
        if (micros < 100_000) {
            tenths(out, micros / 100).append("ms");
        } else if (micros < 1_000_000) {
            out.append(micros / 1_000).append("ms");
        } else if (micros < 600_000_000) {
            tenths(out, micros / 100_000).append('s');
        } else {
            out.append(micros / 60_000_000).append("min");
        }
    }

    private static void bytes(StringBuilder out, long bytes) {
        if (bytes < 1024) {
            out.append(bytes).append('B');
            return;
        }
        int unit = 0;
        long tenths = bytes * 10 / 1024;
        while (tenths >= 10240 && unit < 3) {
            tenths /= 1024;
            unit++;
        }
        tenths(out, tenths).append("KMGT".charAt(unit)).append("iB");
    }

    private static StringBuilder tenths(StringBuilder out, long tenths) {
        return out.append(tenths / 10).append('.').append(tenths % 10);
    }

    private static int padLeft(StringBuilder out, int column, int width) {
        int missing = width - (out.length() - column);
        for (int i = 0; i < missing; i++) {
            out.insert(column, ' ');
        }
        return out.length();
    }

    private static void visible(StringBuilder out, String text, int longest) {
        int end = Math.min(text.length(), longest);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (Unprintable.is(c)) {
                Unprintable.escape(out, c);
            } else {
                out.append(c);
            }
        }
        if (end < text.length()) {
            out.append("...(").append(text.length() - end).append(" more)");
        }
    }

    private StringBuilder dim(StringBuilder out) {
        return colour ? out.append(DIM) : out;
    }

    private StringBuilder reset(StringBuilder out) {
        return colour ? out.append(RESET) : out;
    }
}

package dev.loopgate.observe;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** One JSON object a line. */
final class JsonLines implements LineFormat {

    private final Redaction redaction = new Redaction();

    @Override
    public void append(StringBuilder out, ExchangeRecord record) {
        out.append("{\"time\":\"").append(record.start().truncatedTo(ChronoUnit.MILLIS));
        text(out, "\",\"client\":\"", record.client());
        text(out, "\",\"method\":\"", record.method());
        text(out, "\",\"scheme\":\"", record.scheme());
        text(out, "\",\"host\":\"", record.host());
        text(out, "\",\"target\":\"", redaction.of(record.target()));
        text(out, "\",\"protocol\":\"", record.protocol());
        out.append("\",\"status\":").append(record.status());
        out.append(",\"requestBytes\":").append(record.requestBytes());
        out.append(",\"responseBytes\":").append(record.responseBytes());
        out.append(",\"durationMillis\":");
        thousandths(out, record.durationNanos() / 1_000);
        if (!record.upstream().isEmpty()) {
            text(out, ",\"upstream\":\"", record.upstream());
            out.append('"');
        }
        if (!record.error().isEmpty()) {
            text(out, ",\"error\":\"", record.error());
            out.append('"');
        }
        out.append("}\n");
    }

    @Override
    public void appendDropped(StringBuilder out, Instant now, long count) {
        out.append("{\"time\":\"").append(now.truncatedTo(ChronoUnit.MILLIS));
        out.append("\",\"dropped\":").append(count).append("}\n");
    }

    private static void thousandths(StringBuilder out, long value) {
        long rest = value % 1000;
        out.append(value / 1000).append('.');
        out.append((char) ('0' + rest / 100))
                .append((char) ('0' + rest / 10 % 10))
                .append((char) ('0' + rest % 10));
    }

    private static void text(StringBuilder out, String before, String value) {
        out.append(before);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (Unprintable.is(c)) {
                // Also what JSON would let through: a log is read on terminals too.
                Unprintable.escape(out, c);
            } else {
                out.append(c);
            }
        }
    }
}

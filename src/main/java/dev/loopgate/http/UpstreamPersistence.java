package dev.loopgate.http;

/** Whether an upstream keeps its connection after an answer, and for how long (RFC 9112 §9.3). */
final class UpstreamPersistence {

    private UpstreamPersistence() {}

    static boolean read(Head head, UpstreamLink connection) {
        int options = ConnectionField.read(head);
        if ((options & ConnectionField.CLOSE) != 0) {
            return false;
        }
        if (head.minorVersion == 0 && (options & ConnectionField.KEEP_ALIVE) == 0) {
            return false;
        }
        if (head.has(FieldKind.KEEP_ALIVE)) {
            int field = head.first(FieldKind.KEEP_ALIVE);
            long seconds = timeout(head.text(head.valueStart[field], head.valueEnd[field]));
            if (seconds >= 0) {
                connection.limitIdle(seconds * 1_000_000_000L);
            }
        }
        return true;
    }

    /** The number behind {@code timeout=}, or -1. */
    private static long timeout(String value) {
        int at = value.toLowerCase(java.util.Locale.ROOT).indexOf("timeout=");
        if (at < 0) {
            return -1;
        }
        long seconds = -1;
        for (int i = at + "timeout=".length(); i < value.length() && seconds < 100_000; i++) {
            int digit = value.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            seconds = Math.max(seconds, 0) * 10 + digit;
        }
        return seconds;
    }
}

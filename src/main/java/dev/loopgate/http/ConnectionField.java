package dev.loopgate.http;

/** What the Connection field of a message says (RFC 9110 §7.6.1), as flags. */
final class ConnectionField {

    static final int CLOSE = 1;
    static final int KEEP_ALIVE = 2;
    static final int UPGRADE = 4;
    /** It names fields that are meant for this hop only. */
    static final int NOMINATES = 8;

    private ConnectionField() {}

    static int read(Head head) {
        int flags = 0;
        for (int i = 0; head.has(FieldKind.CONNECTION) && i < head.fields; i++) {
            if (head.kind[i] == FieldKind.CONNECTION) {
                flags |= options(head.bytes, head.valueStart[i], head.valueEnd[i]);
            }
        }
        return flags;
    }

    private static int options(byte[] b, int start, int end) {
        int flags = 0;
        int from = start;
        while (from < end) {
            int to = from;
            while (to < end && b[to] != ',') {
                to++;
            }
            int first = from;
            int last = to;
            while (first < last && Grammar.isSpace(b[first])) {
                first++;
            }
            while (last > first && Grammar.isSpace(b[last - 1])) {
                last--;
            }
            if (last > first) {
                flags |= option(b, first, last);
            }
            from = to + 1;
        }
        return flags;
    }

    private static int option(byte[] b, int start, int end) {
        if (Grammar.equalsIgnoreCase(b, start, end, "keep-alive")) {
            return KEEP_ALIVE;
        }
        if (Grammar.equalsIgnoreCase(b, start, end, "close")) {
            return CLOSE;
        }
        if (Grammar.equalsIgnoreCase(b, start, end, "upgrade")) {
            return UPGRADE;
        }
        return NOMINATES;
    }

    /**
     * Whether a Connection line of the head names this field. What frames and routes a message cannot be named, and
     * Upgrade is always: whether it goes on is decided elsewhere.
     */
    static boolean nominated(Head head, int field) {
        int kind = head.kind[field];
        if (kind == FieldKind.HOST
                || kind == FieldKind.CONTENT_LENGTH
                || kind == FieldKind.TRANSFER_ENCODING
                || kind == FieldKind.UPGRADE) {
            return false;
        }
        for (int i = 0; i < head.fields; i++) {
            if (head.kind[i] == FieldKind.CONNECTION
                    && Grammar.listContains(
                            head.bytes,
                            head.valueStart[i],
                            head.valueEnd[i],
                            head.bytes,
                            head.nameStart[field],
                            head.nameEnd[field])) {
                return true;
            }
        }
        return false;
    }
}

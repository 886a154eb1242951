package dev.loopgate.http;

import org.jspecify.annotations.Nullable;

/**
 * The head of one message as byte ranges into an array that is used again for the next: no object per field. Belongs to
 * one event loop; what it says holds until the next parse.
 */
final class Head {

    /** The most a head may take, start line and empty line included. */
    static final int MAX_BYTES = 64 * 1024;

    /** The most fields it may have. */
    static final int MAX_FIELDS = 1_000;

    byte[] bytes = new byte[4 * 1024];

    /** How many bytes of {@link #bytes} the head takes, once it is whole. */
    int length;

    int methodStart;
    int methodEnd;
    int targetStart;
    int targetEnd;
    /** Minor version of HTTP/1: 0 or 1. */
    int minorVersion;

    /** Of the HTTP that the message came in, where that was not HTTP/1. */
    @Nullable
    String multiplexed;

    int status;
    /** The status line from the status code to the end of the reason phrase. */
    int statusStart;

    int statusEnd;

    int fields;
    /** One bit for each {@link FieldKind} that occurs. */
    int kinds;

    final int[] nameStart = new int[MAX_FIELDS];
    final int[] nameEnd = new int[MAX_FIELDS];
    final int[] valueStart = new int[MAX_FIELDS];
    final int[] valueEnd = new int[MAX_FIELDS];
    final int[] kind = new int[MAX_FIELDS];

    /** Whether every line ends in CRLF, so that neighbouring lines can be copied as one piece. */
    boolean crlfOnly;

    /** Where the line of a field ends, its CRLF included; only for a head that is {@link #crlfOnly}. */
    int lineEnd(int field) {
        return field + 1 < fields ? nameStart[field + 1] : length - 2;
    }

    /** Of the HTTP that the message came in. */
    String version() {
        String other = multiplexed;
        return other != null ? other : minorVersion == 0 ? "1.0" : "1.1";
    }

    /** A copy of the head that outlives the next parse. */
    byte[] copy(byte[] into) {
        byte[] copy = into.length >= length ? into : new byte[length];
        System.arraycopy(bytes, 0, copy, 0, length);
        return copy;
    }

    boolean has(int wanted) {
        return (kinds & (1 << wanted)) != 0;
    }

    /** Index of the first field of a kind, or -1. */
    int first(int wanted) {
        for (int i = 0; i < fields; i++) {
            if (kind[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    boolean valueEquals(int field, String lowerCase) {
        return Grammar.equalsIgnoreCase(bytes, valueStart[field], valueEnd[field], lowerCase);
    }

    boolean valueListContains(int field, String lowerCase) {
        return Grammar.listContains(bytes, valueStart[field], valueEnd[field], lowerCase);
    }

    /** Whether any line of a kind has a member in its comma-separated list. */
    boolean anyListContains(int wanted, String lowerCase) {
        for (int i = 0; i < fields; i++) {
            if (kind[i] == wanted && valueListContains(i, lowerCase)) {
                return true;
            }
        }
        return false;
    }

    boolean nameEquals(int field, String lowerCase) {
        return Grammar.equalsIgnoreCase(bytes, nameStart[field], nameEnd[field], lowerCase);
    }

    /** Whether there is a field of that name and value, both in lower case. */
    boolean says(String name, String value) {
        for (int i = 0; i < fields; i++) {
            if (nameEquals(i, name) && valueEquals(i, value)) {
                return true;
            }
        }
        return false;
    }

    boolean methodIs(String method) {
        int n = methodEnd - methodStart;
        if (n != method.length()) {
            return false;
        }
        for (int i = 0; i < n; i++) {
            if (bytes[methodStart + i] != method.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    String text(int start, int end) {
        return new String(bytes, start, end - start, java.nio.charset.StandardCharsets.ISO_8859_1);
    }
}

package dev.loopgate.http;

import java.nio.charset.StandardCharsets;

/** Character classes of RFC 9110 and RFC 9112 as tables, and comparisons on byte ranges. */
final class Grammar {

    static final byte CR = '\r';
    static final byte LF = '\n';

    private static final byte TOKEN = 1;
    private static final byte FIELD_CONTENT = 2;
    private static final byte TARGET = 4;
    private static final byte HOST_NAME = 8;
    private static final byte DIGIT = 16;
    private static final byte HEX = 32;

    private static final byte[] CLASSES = new byte[256];

    static {
        mark(TOKEN | HOST_NAME, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
        mark(TOKEN, "!#$%&'*+-.^_`|~");
        mark(HOST_NAME, "-._~");
        mark(DIGIT, "0123456789");
        mark(HEX, "0123456789abcdefABCDEF");
        CLASSES['\t'] |= FIELD_CONTENT;
        for (int c = ' '; c < 256; c++) {
            if (c != 0x7f) {
                CLASSES[c] |= FIELD_CONTENT;
                // More than RFC 3986 lets through, as every server does: only what splits or ends a request line stays
                // out.
                if (c > ' ' && c != '#') {
                    CLASSES[c] |= TARGET;
                }
            }
        }
    }

    private Grammar() {}

    private static void mark(int kind, String characters) {
        for (int i = 0; i < characters.length(); i++) {
            CLASSES[characters.charAt(i)] |= (byte) kind;
        }
    }

    /** RFC 9110 §5.6.2. */
    static boolean isToken(byte b) {
        return (CLASSES[b & 0xff] & TOKEN) != 0;
    }

    /** RFC 9110 §5.5: visible, obs-text, space and tab. */
    static boolean isFieldContent(byte b) {
        return (CLASSES[b & 0xff] & FIELD_CONTENT) != 0;
    }

    static boolean isTarget(byte b) {
        return (CLASSES[b & 0xff] & TARGET) != 0;
    }

    /** The unreserved characters of RFC 3986 §2.3: no name that anybody resolves has another. */
    static boolean isHostName(byte b) {
        return (CLASSES[b & 0xff] & HOST_NAME) != 0;
    }

    static boolean isDigit(byte b) {
        return (CLASSES[b & 0xff] & DIGIT) != 0;
    }

    static boolean isHex(byte b) {
        return (CLASSES[b & 0xff] & HEX) != 0;
    }

    /** The value of a hexadecimal digit that {@link #isHex} let through. */
    static int hexValue(byte b) {
        return b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10;
    }

    static boolean isSpace(byte b) {
        return b == ' ' || b == '\t';
    }

    static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
    }

    /** Whether a range equals a text in lower case, without regard to the range's case. */
    static boolean equalsIgnoreCase(byte[] bytes, int start, int end, String lowerCase) {
        return end - start == lowerCase.length() && startsWithIgnoreCase(bytes, start, end, lowerCase);
    }

    static boolean startsWithIgnoreCase(byte[] bytes, int start, int end, String lowerCase) {
        int length = lowerCase.length();
        if (end - start < length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (lower(bytes[start + i]) != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    static boolean equalsIgnoreCase(byte[] a, int aStart, int aEnd, byte[] b, int bStart, int bEnd) {
        int length = aEnd - aStart;
        if (length != bEnd - bStart) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (lower(a[aStart + i]) != lower(b[bStart + i])) {
                return false;
            }
        }
        return true;
    }

    /** Whether a comma-separated list (RFC 9110 §5.6.1) has a member, without regard to case. */
    static boolean listContains(byte[] list, int start, int end, String lowerCase) {
        return listContains(list, start, end, lowerCase.getBytes(StandardCharsets.ISO_8859_1), 0, lowerCase.length());
    }

    /** As above, for a member that is a range itself. */
    static boolean listContains(byte[] list, int start, int end, byte[] member, int memberStart, int memberEnd) {
        int from = start;
        while (from < end) {
            int to = from;
            while (to < end && list[to] != ',') {
                to++;
            }
            int first = from;
            int last = to;
            while (first < last && isSpace(list[first])) {
                first++;
            }
            while (last > first && isSpace(list[last - 1])) {
                last--;
            }
            if (equalsIgnoreCase(list, first, last, member, memberStart, memberEnd)) {
                return true;
            }
            from = to + 1;
        }
        return false;
    }
}

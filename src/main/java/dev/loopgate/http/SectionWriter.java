package dev.loopgate.http;

import io.netty.handler.codec.Headers;
import io.netty.util.AsciiString;

/** Writes heads of HTTP/1.1 as the field sections of HTTP/2 and HTTP/3: without what only HTTP/1.1 needs to say. */
final class SectionWriter {

    private static final AsciiString STATUS = AsciiString.cached(":status");
    private static final AsciiString METHOD = AsciiString.cached(":method");
    private static final AsciiString SCHEME = AsciiString.cached(":scheme");
    private static final AsciiString AUTHORITY = AsciiString.cached(":authority");
    private static final AsciiString PATH = AsciiString.cached(":path");
    private static final AsciiString TE = AsciiString.cached("te");
    private static final AsciiString TRAILERS = AsciiString.cached("trailers");
    private static final AsciiString OK = AsciiString.cached("200");
    private static final AsciiString HTTPS = AsciiString.cached("https");
    private static final AsciiString HTTP = AsciiString.cached("http");

    private SectionWriter() {}

    /** @param head of a response: lines that each end in CRLF */
    static <T extends Headers<CharSequence, CharSequence, ?>> T response(byte[] head, int length, T section) {
        boolean switched = head[9] == '1' && head[10] == '0' && head[11] == '1';
        // RFC 8441 §5: an upgrade is granted by 200, and the key is not answered.
        section.add(STATUS, switched ? OK : text(head, 9, 12));
        int at = lineEnd(head, 12, length);
        while (at < length - 2) {
            int colon = colon(head, at);
            int end = lineEnd(head, colon, length);
            if (passes(FieldKind.of(head, at, colon))
                    && !(switched && Grammar.equalsIgnoreCase(head, at, colon, "sec-websocket-accept"))) {
                field(head, at, colon, end - 2, section);
            }
            at = end;
        }
        return section;
    }

    /** @param head of a request: lines that each end in CRLF */
    static <T extends Headers<CharSequence, CharSequence, ?>> T request(
            byte[] head, int length, boolean secure, T section) {
        int methodEnd = space(head, 0);
        int targetEnd = space(head, methodEnd + 1);
        section.add(METHOD, text(head, 0, methodEnd));
        section.add(SCHEME, secure ? HTTPS : HTTP);
        int first = lineEnd(head, targetEnd, length);
        for (int at = first; at < length - 2; ) {
            int colon = colon(head, at);
            int end = lineEnd(head, colon, length);
            if (FieldKind.of(head, at, colon) == FieldKind.HOST) {
                section.add(AUTHORITY, value(head, colon, end - 2));
            }
            at = end;
        }
        section.add(PATH, text(head, methodEnd + 1, targetEnd));
        for (int at = first; at < length - 2; ) {
            int colon = colon(head, at);
            int end = lineEnd(head, colon, length);
            int kind = FieldKind.of(head, at, colon);
            if (kind == FieldKind.TE) {
                section.add(TE, TRAILERS);
            } else if (passes(kind) && kind != FieldKind.HOST) {
                field(head, at, colon, end - 2, section);
            }
            at = end;
        }
        return section;
    }

    /** @param lines field lines and an empty one, each ending in CRLF */
    static <T extends Headers<CharSequence, CharSequence, ?>> T trailers(byte[] lines, T section) {
        for (int at = 0; at < lines.length - 2; ) {
            int colon = colon(lines, at);
            int end = lineEnd(lines, colon, lines.length);
            field(lines, at, colon, end - 2, section);
            at = end;
        }
        return section;
    }

    private static boolean passes(int kind) {
        return switch (kind) {
            case FieldKind.CONNECTION,
                    FieldKind.KEEP_ALIVE,
                    FieldKind.TRANSFER_ENCODING,
                    FieldKind.UPGRADE,
                    FieldKind.HOP_BY_HOP,
                    FieldKind.TE -> false;
            default -> true;
        };
    }

    private static void field(
            byte[] head, int start, int colon, int end, Headers<CharSequence, CharSequence, ?> section) {
        byte[] name = new byte[colon - start];
        for (int i = 0; i < name.length; i++) {
            name[i] = Grammar.lower(head[start + i]);
        }
        section.add(new AsciiString(name, false), value(head, colon, end));
    }

    private static AsciiString value(byte[] head, int colon, int end) {
        int from = colon + 1;
        int to = end;
        while (from < to && Grammar.isSpace(head[from])) {
            from++;
        }
        while (to > from && Grammar.isSpace(head[to - 1])) {
            to--;
        }
        return text(head, from, to);
    }

    private static AsciiString text(byte[] head, int start, int end) {
        return new AsciiString(head, start, end - start, true);
    }

    private static int colon(byte[] head, int from) {
        int i = from;
        while (head[i] != ':') {
            i++;
        }
        return i;
    }

    private static int space(byte[] head, int from) {
        int i = from;
        while (head[i] != ' ') {
            i++;
        }
        return i;
    }

    /** Index behind the next line end. */
    private static int lineEnd(byte[] head, int from, int length) {
        int i = from;
        while (i < length && head[i] != Grammar.LF) {
            i++;
        }
        return i + 1;
    }
}

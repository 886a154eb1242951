package dev.loopgate.http;

import io.netty.buffer.ByteBuf;

/**
 * The head of one message as byte ranges into an array that is used again for the next: no object per field. Belongs to
 * one event loop; what it says holds until the next parse.
 */
final class Head {

    /** The most a head may take, start line and empty line included. */
    static final int MAX_BYTES = 64 * 1024;

    private static final int MAX_FIELDS = 1_000;
    private static final int INCOMPLETE = -1;

    byte[] bytes = new byte[4 * 1024];

    /** How many bytes of {@link #bytes} the head takes, once it is whole. */
    int length;

    int methodStart;
    int methodEnd;
    int targetStart;
    int targetEnd;
    /** Minor version of HTTP/1: 0 or 1. */
    int minorVersion;

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

    private int at;
    private int available;

    /**
     * Parses a request head at the reader index of a buffer, which is not moved.
     *
     * @return whether the head is whole
     * @throws MalformedMessage as soon as the part that is here cannot become a request
     */
    boolean parseRequest(ByteBuf in) throws MalformedMessage {
        take(in);
        boolean whole = requestLine() && fields(false);
        return whole || overflow(FailureCode.FIELDS_TOO_LARGE);
    }

    /** As {@link #parseRequest(ByteBuf)}, from a copy that {@link #copy} made. */
    void parseRequest(byte[] copy, int copyLength) throws MalformedMessage {
        reserve(copyLength);
        System.arraycopy(copy, 0, bytes, 0, copyLength);
        available = copyLength;
        at = 0;
        crlfOnly = true;
        if (!requestLine() || !fields(false)) {
            throw new IllegalStateException("a head that was whole no longer is");
        }
    }

    /**
     * Parses a response head at the reader index of a buffer, which is not moved. Lines that end in a bare LF are taken
     * (RFC 9112 §2.2) since they go out with CRLF.
     *
     * @return whether the head is whole
     * @throws MalformedMessage as soon as the part that is here cannot become a response
     */
    boolean parseResponse(ByteBuf in) throws MalformedMessage {
        take(in);
        boolean whole = statusLine() && fields(true);
        return whole || overflow(FailureCode.BAD_RESPONSE);
    }

    /** Where the line of a field ends, its CRLF included; only for a head that is {@link #crlfOnly}. */
    int lineEnd(int field) {
        return field + 1 < fields ? nameStart[field + 1] : length - 2;
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

    private void take(ByteBuf in) {
        available = Math.min(in.readableBytes(), MAX_BYTES);
        reserve(available);
        in.getBytes(in.readerIndex(), bytes, 0, available);
        at = 0;
        crlfOnly = true;
    }

    private void reserve(int size) {
        if (bytes.length < size) {
            bytes = new byte[Math.max(size, Math.min(MAX_BYTES, bytes.length * 2))];
        }
    }

    private boolean overflow(FailureCode code) throws MalformedMessage {
        if (available == MAX_BYTES) {
            throw new MalformedMessage(code, "the header section takes more than 64 KiB");
        }
        return false;
    }

    private boolean requestLine() throws MalformedMessage {
        byte[] b = bytes;
        int i = at;
        int end = available;
        // RFC 9112 §2.2: an empty line before the request line, left by an old client after a body, is ignored.
        while (i + 1 < end && i < 8 && b[i] == Grammar.CR && b[i + 1] == Grammar.LF) {
            i += 2;
        }
        methodStart = i;
        while (i < end && Grammar.isToken(b[i])) {
            i++;
        }
        if (i == end) {
            return false;
        }
        if (b[i] == Grammar.CR && i == methodStart && i + 1 == end) {
            return false;
        }
        if (b[i] != ' ' || i == methodStart) {
            throw new MalformedMessage(
                    FailureCode.BAD_REQUEST,
                    b[methodStart] == 0x16
                            ? "The client speaks TLS, and this port speaks plain HTTP: use http://."
                            : "The request line does not begin with a method.");
        }
        methodEnd = i;
        targetStart = ++i;
        while (i < end && Grammar.isTarget(b[i])) {
            i++;
        }
        if (i == end) {
            return false;
        }
        if (b[i] != ' ' || i == targetStart) {
            throw new MalformedMessage(FailureCode.BAD_REQUEST, "the request line is not «method target version»");
        }
        targetEnd = i++;
        if (end - i < 10) {
            return prefixOf(b, i, end, "HTTP/1.1\r\n");
        }
        minorVersion = version(b, i);
        if (b[i + 8] != Grammar.CR || b[i + 9] != Grammar.LF) {
            throw new MalformedMessage(FailureCode.BAD_REQUEST, "the request line does not end after the version");
        }
        at = i + 10;
        return true;
    }

    /** A version that is still arriving: false where it can become one, an exception where it cannot. */
    private static boolean prefixOf(byte[] b, int from, int end, String pattern) throws MalformedMessage {
        for (int i = from; i < end; i++) {
            boolean digit = i - from == 5 || i - from == 7;
            if (digit ? !Grammar.isDigit(b[i]) : b[i] != pattern.charAt(i - from)) {
                throw new MalformedMessage(FailureCode.BAD_REQUEST, "the request line does not end in a version");
            }
        }
        return false;
    }

    private static int version(byte[] b, int i) throws MalformedMessage {
        if (b[i] != 'H'
                || b[i + 1] != 'T'
                || b[i + 2] != 'T'
                || b[i + 3] != 'P'
                || b[i + 4] != '/'
                || b[i + 6] != '.') {
            throw new MalformedMessage(FailureCode.BAD_REQUEST, "the start line has no HTTP version");
        }
        if (!Grammar.isDigit(b[i + 5]) || !Grammar.isDigit(b[i + 7])) {
            throw new MalformedMessage(FailureCode.BAD_REQUEST, "the start line has no HTTP version");
        }
        if (b[i + 5] != '1') {
            throw new MalformedMessage(
                    FailureCode.UNSUPPORTED_VERSION,
                    "HTTP/" + (char) b[i + 5] + "." + (char) b[i + 7] + " in a start line; this is HTTP/1.1");
        }
        // RFC 9110 §2.5: a higher minor version is served as the highest one known.
        return b[i + 7] == '0' ? 0 : 1;
    }

    private boolean statusLine() throws MalformedMessage {
        byte[] b = bytes;
        int end = available;
        if (end < 12) {
            for (int i = 0; i < Math.min(end, 5); i++) {
                if (b[i] != "HTTP/".charAt(i)) {
                    throw notHttp(b);
                }
            }
            return false;
        }
        if (b[0] != 'H' || b[1] != 'T' || b[2] != 'T' || b[3] != 'P' || b[4] != '/') {
            throw notHttp(b);
        }
        if (b[5] != '1' || b[6] != '.' || !Grammar.isDigit(b[7]) || b[8] != ' ') {
            throw new MalformedMessage(FailureCode.BAD_RESPONSE, "its status line has no version that HTTP/1.1 knows");
        }
        minorVersion = b[7] == '0' ? 0 : 1;
        if (!Grammar.isDigit(b[9]) || !Grammar.isDigit(b[10]) || !Grammar.isDigit(b[11]) || b[9] == '0') {
            throw new MalformedMessage(FailureCode.BAD_RESPONSE, "its status line has no status code");
        }
        status = (b[9] - '0') * 100 + (b[10] - '0') * 10 + (b[11] - '0');
        statusStart = 9;
        int i = 12;
        while (i < end && Grammar.isFieldContent(b[i])) {
            i++;
        }
        if (i > 12 && b[12] != ' ') {
            throw new MalformedMessage(FailureCode.BAD_RESPONSE, "its status code does not have three digits");
        }
        statusEnd = i;
        int next = lineEnd(b, i, end, true);
        if (next == INCOMPLETE) {
            return false;
        }
        at = next;
        return true;
    }

    private static MalformedMessage notHttp(byte[] b) {
        if (b[0] == 0x15 || b[0] == 0x16) {
            return new MalformedMessage(FailureCode.WRONG_PROTOCOL, "it speaks TLS, and was asked in plain HTTP");
        }
        return new MalformedMessage(FailureCode.WRONG_PROTOCOL, "its answer does not begin with HTTP/1.1");
    }

    /** Index behind the line end at {@code i}, {@link #INCOMPLETE}, or an exception where something else stands there. */
    private int lineEnd(byte[] b, int i, int end, boolean response) throws MalformedMessage {
        if (i >= end) {
            return INCOMPLETE;
        }
        if (b[i] == Grammar.CR) {
            if (i + 1 >= end) {
                return INCOMPLETE;
            }
            if (b[i + 1] == Grammar.LF) {
                return i + 2;
            }
        } else if (b[i] == Grammar.LF && response) {
            crlfOnly = false;
            return i + 1;
        }
        throw new MalformedMessage(
                response ? FailureCode.BAD_RESPONSE : FailureCode.BAD_REQUEST,
                "a control character (" + Integer.toHexString(b[i] & 0xff) + " hex) in the header section");
    }

    private boolean fields(boolean response) throws MalformedMessage {
        byte[] b = bytes;
        int end = available;
        int i = at;
        int n = 0;
        kinds = 0;
        while (true) {
            if (i >= end) {
                return false;
            }
            byte c = b[i];
            if (c == Grammar.CR || c == Grammar.LF) {
                int next = lineEnd(b, i, end, response);
                if (next == INCOMPLETE) {
                    return false;
                }
                fields = n;
                length = next;
                return true;
            }
            int from = i;
            while (i < end && Grammar.isToken(b[i])) {
                i++;
            }
            if (i == end) {
                return false;
            }
            if (b[i] != ':' || i == from) {
                throw badName(b, from, i, response);
            }
            int colon = i++;
            while (i < end && Grammar.isSpace(b[i])) {
                i++;
            }
            int first = i;
            while (i < end && Grammar.isFieldContent(b[i])) {
                i++;
            }
            int next = lineEnd(b, i, end, response);
            if (next == INCOMPLETE) {
                return false;
            }
            if (n == MAX_FIELDS) {
                throw new MalformedMessage(
                        response ? FailureCode.BAD_RESPONSE : FailureCode.FIELDS_TOO_LARGE,
                        "more than " + MAX_FIELDS + " header fields");
            }
            int last = i;
            while (last > first && Grammar.isSpace(b[last - 1])) {
                last--;
            }
            nameStart[n] = from;
            nameEnd[n] = colon;
            valueStart[n] = first;
            valueEnd[n] = last;
            int is = FieldKind.of(b, from, colon);
            kind[n] = is;
            kinds |= 1 << is;
            n++;
            i = next;
        }
    }

    private static MalformedMessage badName(byte[] b, int from, int at, boolean response) {
        String what;
        if (at == from && Grammar.isSpace(b[at])) {
            what = "a folded field line (RFC 9112 §5.2)";
        } else if (at == from && b[at] == ':') {
            what = "a field line without a name";
        } else if (Grammar.isSpace(b[at])) {
            what = "white space between a field name and its colon (RFC 9112 §5.1)";
        } else {
            what = "a field line without a colon or with a character that no field name has";
        }
        return new MalformedMessage(response ? FailureCode.BAD_RESPONSE : FailureCode.BAD_REQUEST, what);
    }
}

package dev.loopgate.http;

import io.netty.buffer.ByteBuf;

/** Reads a {@link Head} in one pass, refusing whatever two readers could take for two things. */
final class HeadParser {

    private static final int INCOMPLETE = -1;

    /** The type of the frame that a server of HTTP/2 begins with (RFC 9113 §3.4). */
    private static final byte SETTINGS_FRAME = 4;

    private final Head head;
    private int at;
    private int available;

    HeadParser(Head head) {
        this.head = head;
    }

    /**
     * Parses a request head at the reader index of a buffer, which is not moved.
     *
     * @return whether the head is whole
     * @throws MalformedMessage as soon as the part that is here cannot become a request
     */
    boolean parseRequest(ByteBuf in) throws MalformedMessage {
        take(in);
        if (!requestLine()) {
            return overflow(FailureCode.URI_TOO_LONG);
        }
        return fields(false) || overflow(FailureCode.FIELDS_TOO_LARGE);
    }

    /** As {@link #parseRequest(ByteBuf)}, from a copy that {@link Head#copy} made. */
    void parseRequest(byte[] copy, int copyLength) throws MalformedMessage {
        reserve(copyLength);
        System.arraycopy(copy, 0, head.bytes, 0, copyLength);
        available = copyLength;
        at = 0;
        head.crlfOnly = true;
        head.multiplexed = null;
        if (!requestLine() || !fields(false)) {
            throw new IllegalStateException("a head that was whole no longer is");
        }
    }

    /** As {@link #parseResponse(ByteBuf)}, from what a {@link SectionReader} wrote. */
    void parseResponse(byte[] section, int sectionLength, String version) throws MalformedMessage {
        reserve(sectionLength);
        System.arraycopy(section, 0, head.bytes, 0, sectionLength);
        available = sectionLength;
        at = 0;
        head.crlfOnly = true;
        head.multiplexed = version;
        if (!statusLine() || !fields(true)) {
            throw new MalformedMessage(FailureCode.BAD_RESPONSE, "its header section is none");
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

    private void take(ByteBuf in) {
        available = Math.min(in.readableBytes(), Head.MAX_BYTES);
        reserve(available);
        in.getBytes(in.readerIndex(), head.bytes, 0, available);
        at = 0;
        head.crlfOnly = true;
        head.multiplexed = null;
    }

    private void reserve(int size) {
        if (head.bytes.length < size) {
            head.bytes = new byte[Math.max(size, Math.min(Head.MAX_BYTES, head.bytes.length * 2))];
        }
    }

    private boolean overflow(FailureCode code) throws MalformedMessage {
        if (available == Head.MAX_BYTES) {
            throw new MalformedMessage(code, "the header section takes more than 64 KiB");
        }
        return false;
    }

    private boolean requestLine() throws MalformedMessage {
        byte[] b = head.bytes;
        int i = at;
        int end = available;
        // RFC 9112 §2.2: an empty line before the request line, left by an old client after a body, is ignored.
        while (i + 1 < end && i < 8 && b[i] == Grammar.CR && b[i + 1] == Grammar.LF) {
            i += 2;
        }
        head.methodStart = i;
        while (i < end && Grammar.isToken(b[i])) {
            i++;
        }
        if (i == end) {
            return false;
        }
        if (b[i] == Grammar.CR && i == head.methodStart && i + 1 == end) {
            return false;
        }
        if (b[i] != ' ' || i == head.methodStart) {
            throw new MalformedMessage(
                    FailureCode.BAD_REQUEST,
                    b[head.methodStart] == 0x16
                            ? "the client speaks TLS, and this port speaks plain HTTP"
                            : "the request line does not begin with a method");
        }
        head.methodEnd = i;
        head.targetStart = ++i;
        while (i < end && Grammar.isTarget(b[i])) {
            i++;
        }
        if (i == end) {
            return false;
        }
        if (b[i] != ' ' || i == head.targetStart) {
            throw new MalformedMessage(FailureCode.BAD_REQUEST, "the request line is not «method target version»");
        }
        head.targetEnd = i++;
        if (end - i < 10) {
            return prefixOf(b, i, end, "HTTP/1.1\r\n");
        }
        head.minorVersion = version(b, i);
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
            throw MalformedMessage.foreign("the start line has no HTTP version");
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
        byte[] b = head.bytes;
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
        head.minorVersion = b[7] == '0' ? 0 : 1;
        if (!Grammar.isDigit(b[9]) || !Grammar.isDigit(b[10]) || !Grammar.isDigit(b[11]) || b[9] == '0') {
            throw new MalformedMessage(FailureCode.BAD_RESPONSE, "its status line has no status code");
        }
        head.status = (b[9] - '0') * 100 + (b[10] - '0') * 10 + (b[11] - '0');
        head.statusStart = 9;
        int i = 12;
        while (i < end && Grammar.isFieldContent(b[i])) {
            i++;
        }
        if (i > 12 && b[12] != ' ') {
            throw new MalformedMessage(FailureCode.BAD_RESPONSE, "its status code does not have three digits");
        }
        head.statusEnd = i;
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
        if (b[0] == 0 && b[1] == 0 && b[3] == SETTINGS_FRAME) {
            return new MalformedMessage(
                    FailureCode.WRONG_PROTOCOL, "it speaks HTTP/2 only; a target that does begins with h2c://");
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
            head.crlfOnly = false;
            return i + 1;
        }
        throw new MalformedMessage(
                response ? FailureCode.BAD_RESPONSE : FailureCode.BAD_REQUEST,
                "a control character (" + Integer.toHexString(b[i] & 0xff) + " hex) in the header section");
    }

    private boolean fields(boolean response) throws MalformedMessage {
        byte[] b = head.bytes;
        int end = available;
        int i = at;
        int n = 0;
        head.kinds = 0;
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
                head.fields = n;
                head.length = next;
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
            if (n == Head.MAX_FIELDS) {
                throw new MalformedMessage(
                        response ? FailureCode.BAD_RESPONSE : FailureCode.FIELDS_TOO_LARGE,
                        "more than " + Head.MAX_FIELDS + " header fields");
            }
            int last = i;
            while (last > first && Grammar.isSpace(b[last - 1])) {
                last--;
            }
            head.nameStart[n] = from;
            head.nameEnd[n] = colon;
            head.valueStart[n] = first;
            head.valueEnd[n] = last;
            int is = FieldKind.of(b, from, colon);
            head.kind[n] = is;
            head.kinds |= 1 << is;
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

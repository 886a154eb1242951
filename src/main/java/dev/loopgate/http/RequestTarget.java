package dev.loopgate.http;

/**
 * What a request asks for (RFC 9112 §3.2): the host without its port and the path, as ranges of a {@link Head}. Belongs to
 * one event loop; what it says holds until the next request is read.
 */
final class RequestTarget {

    int hostStart;
    int hostEnd;
    /** Where the authority ends, its port included. */
    int authorityEnd;
    /** An empty path (absolute-form, or {@code OPTIONS *}) is routed as {@code /}. */
    int pathStart;

    int pathEnd;
    /** The Host field; -1 where there is none (HTTP/1.0). */
    int hostField;

    boolean absolute;
    boolean asterisk;

    /** @throws MalformedMessage where target or Host are not what RFC 9112 §3.2 asks for */
    void read(Head head) throws MalformedMessage {
        readHostField(head);
        if (head.methodIs("CONNECT")) {
            throw new MalformedMessage(
                    FailureCode.UNSUPPORTED_METHOD, "CONNECT asks for a forward proxy; this is a gateway");
        }
        byte[] b = head.bytes;
        int start = head.targetStart;
        int end = head.targetEnd;
        absolute = false;
        asterisk = false;
        if (b[start] == '/') {
            pathStart = start;
        } else if (end - start == 1 && b[start] == '*' && head.methodIs("OPTIONS")) {
            asterisk = true;
            pathStart = end;
            pathEnd = end;
            return;
        } else if (Grammar.startsWithIgnoreCase(b, start, end, "http://")) {
            absolute = true;
            int from = start + "http://".length();
            int to = from;
            while (to < end && b[to] != '/' && b[to] != '?') {
                to++;
            }
            // RFC 9112 §3.2.2: the authority of an absolute-form target beats the Host field.
            readAuthority(b, from, to);
            pathStart = to;
        } else {
            throw new MalformedMessage(FailureCode.BAD_REQUEST, "the target is neither a path nor an http URL");
        }
        int query = pathStart;
        while (query < end && b[query] != '?') {
            query++;
        }
        pathEnd = query;
    }

    boolean hasHost() {
        return hostEnd > hostStart;
    }

    private void readHostField(Head head) throws MalformedMessage {
        hostField = -1;
        for (int i = 0; i < head.fields; i++) {
            if (head.kind[i] == FieldKind.HOST) {
                if (hostField >= 0) {
                    throw new MalformedMessage(FailureCode.BAD_HOST, "more than one Host field");
                }
                hostField = i;
            }
        }
        if (hostField >= 0) {
            readAuthority(head.bytes, head.valueStart[hostField], head.valueEnd[hostField]);
        } else if (head.minorVersion == 0) {
            hostStart = 0;
            hostEnd = 0;
            authorityEnd = 0;
        } else {
            throw new MalformedMessage(FailureCode.BAD_HOST, "no Host field");
        }
    }

    private void readAuthority(byte[] b, int start, int end) throws MalformedMessage {
        int i = start;
        if (i < end && b[i] == '[') {
            while (i < end && b[i] != ']') {
                byte c = b[i++];
                if (c != '[' && !Grammar.isHex(c) && c != ':' && c != '.') {
                    throw badHost();
                }
            }
            if (i - start < 3 || i == end) {
                throw badHost();
            }
            i++;
        } else {
            while (i < end && Grammar.isHostName(b[i])) {
                i++;
            }
        }
        hostStart = start;
        hostEnd = i;
        authorityEnd = end;
        if (i == start || (i < end && !isPort(b, i, end))) {
            throw badHost();
        }
    }

    private static boolean isPort(byte[] b, int colon, int end) {
        if (b[colon] != ':' || end - colon > 6) {
            return false;
        }
        int port = 0;
        for (int i = colon + 1; i < end; i++) {
            if (!Grammar.isDigit(b[i])) {
                return false;
            }
            port = port * 10 + (b[i] - '0');
        }
        return port <= 65_535;
    }

    private static MalformedMessage badHost() {
        return new MalformedMessage(FailureCode.BAD_HOST, "the host is not «name» or «name:port»");
    }
}

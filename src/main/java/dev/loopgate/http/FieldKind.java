package dev.loopgate.http;

/** The fields that a gateway has to know; every other one passes as it is. Plain ints, for tables without objects. */
final class FieldKind {

    static final int OTHER = 0;
    static final int HOST = 1;
    static final int CONTENT_LENGTH = 2;
    static final int TRANSFER_ENCODING = 3;
    static final int CONNECTION = 4;
    static final int UPGRADE = 5;
    static final int EXPECT = 6;
    static final int TE = 7;
    static final int VIA = 8;
    static final int MAX_FORWARDS = 9;
    static final int ACCEPT = 10;
    /** X-Forwarded-For; the only one that is appended to. */
    static final int X_FORWARDED_FOR = 12;
    /** Forwarded and every other X-Forwarded-*, underscores for hyphens included, as CGI maps both to one name. */
    static final int FORWARDED = 13;
    /**
     * Fields that end here: Proxy-Connection, Proxy-Authorization, HTTP2-Settings (RFC 9110 §7.6.1), and Content_Length and
     * Transfer_Encoding, which a backend that maps names as CGI does would take for the body's framing.
     */
    static final int HOP_BY_HOP = 14;
    /** Keep-Alive, apart since an upstream's says how long it keeps a connection. */
    static final int KEEP_ALIVE = 15;

    private FieldKind() {}

    static int of(byte[] b, int start, int end) {
        return switch (end - start) {
            case 2 -> is(b, start, end, "te", TE);
            case 3 -> is(b, start, end, "via", VIA);
            case 4 -> is(b, start, end, "host", HOST);
            case 6 ->
                switch (b[start + 1] | 0x20) {
                    case 'c' -> is(b, start, end, "accept", ACCEPT);
                    case 'x' -> is(b, start, end, "expect", EXPECT);
                    default -> OTHER;
                };
            case 7 -> is(b, start, end, "upgrade", UPGRADE);
            case 9 -> is(b, start, end, "forwarded", FORWARDED);
            case 10 ->
                switch (b[start] | 0x20) {
                    case 'c' -> is(b, start, end, "connection", CONNECTION);
                    case 'k' -> is(b, start, end, "keep-alive", KEEP_ALIVE);
                    default -> OTHER;
                };
            case 12 -> is(b, start, end, "max-forwards", MAX_FORWARDS);
            case 14 ->
                switch (b[start] | 0x20) {
                    case 'c' ->
                        b[start + 7] == '_'
                                ? is(b, start, end, "content_length", HOP_BY_HOP)
                                : is(b, start, end, "content-length", CONTENT_LENGTH);
                    case 'h' -> is(b, start, end, "http2-settings", HOP_BY_HOP);
                    default -> forwarded(b, start, end);
                };
            case 16 ->
                (b[start] | 0x20) == 'p' ? is(b, start, end, "proxy-connection", HOP_BY_HOP) : forwarded(b, start, end);
            case 17 ->
                switch (b[start] | 0x20) {
                    case 't' ->
                        b[start + 8] == '_'
                                ? is(b, start, end, "transfer_encoding", HOP_BY_HOP)
                                : is(b, start, end, "transfer-encoding", TRANSFER_ENCODING);
                    default -> forwarded(b, start, end);
                };
            case 19 ->
                (b[start] | 0x20) == 'p'
                        ? is(b, start, end, "proxy-authorization", HOP_BY_HOP)
                        : forwarded(b, start, end);
            default -> forwarded(b, start, end);
        };
    }

    private static int is(byte[] b, int start, int end, String name, int kind) {
        return Grammar.equalsIgnoreCase(b, start, end, name) ? kind : OTHER;
    }

    private static int forwarded(byte[] b, int start, int end) {
        String prefix = "x-forwarded-";
        if (end - start <= prefix.length() || (b[start] | 0x20) != 'x') {
            return OTHER;
        }
        for (int i = 0; i < prefix.length(); i++) {
            byte c = b[start + i] == '_' ? (byte) '-' : Grammar.lower(b[start + i]);
            if (c != prefix.charAt(i)) {
                return OTHER;
            }
        }
        return Grammar.equalsIgnoreCase(b, start, end, "x-forwarded-for") ? X_FORWARDED_FOR : FORWARDED;
    }
}

package dev.loopgate.http;

/** What methods promise (RFC 9110 §9.2). */
final class Methods {

    private Methods() {}

    /** Whether sending it twice does no more than sending it once; an unknown method is not trusted with that. */
    static boolean isIdempotent(Head head) {
        return switch (head.bytes[head.methodStart]) {
            case 'G' -> head.methodIs("GET");
            case 'H' -> head.methodIs("HEAD");
            case 'O' -> head.methodIs("OPTIONS");
            case 'P' -> head.methodIs("PUT");
            case 'D' -> head.methodIs("DELETE");
            case 'T' -> head.methodIs("TRACE");
            default -> false;
        };
    }

    /** Whether it is GET or HEAD. */
    static boolean isRead(Head head) {
        return head.methodIs("GET") || head.methodIs("HEAD");
    }
}

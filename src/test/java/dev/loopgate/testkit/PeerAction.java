package dev.loopgate.testkit;

import java.util.List;

/** What a backend does with one request: the good and the bad peers of the tests, as values. */
public sealed interface PeerAction {

    /** What becomes of the connection afterwards. */
    enum Then {
        KEEP,
        /** FIN. */
        CLOSE,
        RESET
    }

    /**
     * Reads the whole request, then answers with these bytes.
     *
     * @param bytes a byte for each character
     */
    record Reply(String bytes, Then then) implements PeerAction {}

    /** Answers with these bytes as soon as it has the head, then reads the body. */
    record EarlyReply(String bytes, Then then) implements PeerAction {}

    /** Reads the whole request, then answers piece by piece, each once its gate is open. */
    record Pieces(List<Piece> pieces, Then then) implements PeerAction {
        public Pieces {
            pieces = List.copyOf(pieces);
        }
    }

    /** Reads the head and then nothing more, until the other side goes or the backend stops. */
    record Stall() implements PeerAction {}

    /** Ends the connection once it has the head. */
    record Drop(Then how) implements PeerAction {}

    /** Answers with the request's own body. */
    record Echo() implements PeerAction {}

    /** Answers with the digest of the request's body, in hexadecimal, however long that is. */
    record Digest() implements PeerAction {}

    /** Anything else. */
    record Script(Exchange exchange) implements PeerAction {}

    /** A piece of an answer. */
    record Piece(Gate gate, String bytes) {}

    /** What a script does; true keeps the connection. */
    @FunctionalInterface
    interface Exchange {
        boolean run(BackendConnection connection, BackendRequest request);
    }

    /** 200 with a Content-Length, on a connection that is kept. */
    static PeerAction ok(String body, String... fields) {
        return new Reply(okBytes(body, fields), Then.KEEP);
    }

    static String okBytes(String body, String... fields) {
        StringBuilder text = new StringBuilder("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n");
        for (String field : fields) {
            text.append(field).append("\r\n");
        }
        return text.append("\r\n").append(body).toString();
    }

    static PeerAction reply(String bytes) {
        return new Reply(bytes, Then.KEEP);
    }

    static PeerAction replyThenClose(String bytes) {
        return new Reply(bytes, Then.CLOSE);
    }

    static PeerAction replyThenReset(String bytes) {
        return new Reply(bytes, Then.RESET);
    }

    static PeerAction reset() {
        return new Drop(Then.RESET);
    }

    static PeerAction close() {
        return new Drop(Then.CLOSE);
    }

    static PeerAction stall() {
        return new Stall();
    }

    static PeerAction echo() {
        return new Echo();
    }

    static PeerAction script(Exchange exchange) {
        return new Script(exchange);
    }
}

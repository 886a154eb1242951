package dev.loopgate.bench;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;

/**
 * What clients do.
 *
 * @param connections how many at once
 * @param requests what each sends, by turns, in direct buffers
 * @param reply what each waits for
 * @param opening sent once on a new connection, and answered with 101; empty for none
 * @param fresh whether every exchange has a connection of its own
 * @param bytesEach payload of one exchange, both directions
 */
record Workload(
        int connections,
        List<ByteBuffer> requests,
        Supplier<Reply> reply,
        ByteBuffer opening,
        boolean fresh,
        long bytesEach) {

    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    static Workload get(int connections, int size, String... hosts) {
        List<ByteBuffer> requests = java.util.Arrays.stream(hosts)
                .map(host -> OriginBytes.ascii(head("GET", size, host) + "\r\n"))
                .toList();
        return new Workload(connections, requests, () -> new HttpReply(200, false), NONE, false, size);
    }

    static Workload getAndClose(int connections, int size) {
        return new Workload(
                connections,
                List.of(OriginBytes.ascii(head("GET", size, Site.HOST) + "Connection: close\r\n\r\n")),
                () -> new HttpReply(200, true),
                NONE,
                true,
                size);
    }

    static Workload put(int connections, int size) {
        String text = head("PUT", 16, Site.HOST) + "Content-Length: " + size + "\r\n\r\n" + "x".repeat(size);
        return new Workload(
                connections, List.of(OriginBytes.ascii(text)), () -> new HttpReply(200, false), NONE, false, size);
    }

    /** Masked frames of {@code size} bytes in all, echoed: nobody on the way looks into them. */
    static Workload webSocket(int connections, int size) {
        String opening = head("GET", 0, Site.HOST) + "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        ByteBuffer frame = ByteBuffer.allocateDirect(size);
        frame.put((byte) 0x82).put((byte) (0x80 | (size - 6)));
        return new Workload(
                connections,
                List.of(frame.clear()),
                () -> new FixedReply(size),
                OriginBytes.ascii(opening),
                false,
                2L * size);
    }

    /** A connection each for so many bytes there and back. */
    static Workload tcpEcho(int connections, int size) {
        ByteBuffer request = ByteBuffer.allocateDirect(size + 1);
        request.put(OriginConnection.ECHO);
        return new Workload(connections, List.of(request.clear()), () -> new FixedReply(size), NONE, true, 2L * size);
    }

    private static String head(String method, int size, String host) {
        return method + " /" + size + " HTTP/1.1\r\nHost: " + host
                + "\r\nUser-Agent: bench\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n";
    }
}

package dev.loopgate.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Answers that are written once and sent often, and the buffer that everything is read into. */
final class OriginBytes {

    /** Of one thread. */
    final ByteBuffer scratch = ByteBuffer.allocateDirect(256 * 1024);

    final ByteBuffer bulk = ByteBuffer.allocateDirect(256 * 1024);

    final ByteBuffer switching = ascii(String.join(
            "\r\n",
            "HTTP/1.1 101 Switching Protocols",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            "",
            ""));

    private final Map<Integer, ByteBuffer> answers = new HashMap<>();

    /** A 200 with a body of this size. */
    ByteBuffer answer(int size) {
        return answers.computeIfAbsent(
                        size,
                        n -> ascii("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + n + "\r\n\r\n"
                                + "x".repeat(n)))
                .duplicate();
    }

    static ByteBuffer ascii(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }
}

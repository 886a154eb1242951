package dev.loopgate.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Answers every request of one connection with 1 KiB, on a thread of its own, so that it costs no event loop anything. */
final class PlainBackend {

    static final int BODY = 1024;

    /** The last byte of the body; it is nowhere else in an answer. */
    static final byte LAST = '$';

    private @Nullable ServerSocketChannel listener;

    /** Returns its port. */
    int start() throws IOException {
        ServerSocketChannel bound =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        listener = bound;
        Thread thread = new Thread(() -> serve(bound), "backend");
        thread.setDaemon(true);
        thread.start();
        return ((InetSocketAddress) bound.getLocalAddress()).getPort();
    }

    void close() throws IOException {
        if (listener != null) {
            listener.close();
        }
    }

    private static void serve(ServerSocketChannel listener) {
        String text = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + BODY + "\r\n\r\n"
                + "x".repeat(BODY - 1) + (char) LAST;
        ByteBuffer answer = ByteBuffer.allocateDirect(text.length()).put(text.getBytes(StandardCharsets.US_ASCII));
        ByteBuffer request = ByteBuffer.allocateDirect(8 * 1024);
        try (SocketChannel connection = listener.accept()) {
            connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
            while (connection.read(request) >= 0) {
                int end = request.position();
                if (end >= 4 && request.get(end - 1) == '\n' && request.get(end - 3) == '\n') {
                    request.clear();
                    connection.write(answer.flip());
                }
            }
        } catch (IOException closed) {
            // The benchmark is over.
        }
    }
}

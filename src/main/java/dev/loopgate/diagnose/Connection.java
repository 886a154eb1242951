package dev.loopgate.diagnose;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** A connection that was made, to talk over. One thread. */
sealed interface Connection {

    void write(byte[] bytes) throws IOException;

    /**
     * Blocks.
     *
     * @return how much came, less than one at the end
     * @throws SocketTimeoutException where nothing comes for that long
     */
    int read(byte[] into, int offset, Duration limit) throws IOException;

    /** By TCP, with TLS or without. */
    record Tcp(Socket socket) implements Connection {

        @Override
        public void write(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        @Override
        public int read(byte[] into, int offset, Duration limit) throws IOException {
            socket.setSoTimeout(SpeechProbe.millis(limit));
            return socket.getInputStream().read(into, offset, into.length - offset);
        }
    }

    /** To a Unix socket, for which Java has no timeouts. */
    record Unix(SocketChannel channel) implements Connection {

        @Override
        public void write(byte[] bytes) throws IOException {
            channel.configureBlocking(true);
            channel.write(ByteBuffer.wrap(bytes));
        }

        @Override
        public int read(byte[] into, int offset, Duration limit) throws IOException {
            channel.configureBlocking(false);
            try (Selector selector = Selector.open()) {
                channel.register(selector, SelectionKey.OP_READ);
                if (selector.select(SpeechProbe.millis(limit)) == 0) {
                    throw new SocketTimeoutException();
                }
            }
            return channel.read(ByteBuffer.wrap(into, offset, into.length - offset));
        }
    }
}

package dev.loopgate.admin;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One side of a connection on which both send lines of text. One thread reads; any thread sends, and none of them waits
 * for the other side: what it does not take at once is sent by the thread that reads.
 */
final class ControlLine implements Closeable {

    /** More than this unsent, and the other side is given up. */
    private static final int MOST_UNSENT = 64 << 20;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final int longest;
    private final ByteBuffer chunk = ByteBuffer.allocate(16 * 1024).flip();
    private final Deque<ByteBuffer> unsent = new ArrayDeque<>();
    private long unsentBytes;
    private int reading = SelectionKey.OP_READ;
    private boolean finishing;

    /** @param longest of the lines that are read, in bytes; what is longer comes in pieces */
    ControlLine(SocketChannel channel, int longest) throws IOException {
        this.channel = channel;
        this.longest = longest;
        channel.configureBlocking(false);
        selector = Selector.open();
        key = channel.register(selector, SelectionKey.OP_READ);
    }

    /**
     * The next line without its end, or what there is of it when the other side ends.
     *
     * @param patience zero: any time
     * @return null where the other side has ended
     * @throws SocketTimeoutException where no line came in time
     */
    @Nullable
    String read(Duration patience) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            while (chunk.hasRemaining()) {
                byte next = chunk.get();
                if (next == '\n') {
                    return line.toString(StandardCharsets.UTF_8);
                }
                if (line.size() >= longest) {
                    // The first byte of the next piece.
                    chunk.position(chunk.position() - 1);
                    return line.toString(StandardCharsets.UTF_8);
                }
                line.write(next);
            }
            await(patience, deadline);
            chunk.clear();
            int count = channel.read(chunk);
            chunk.flip();
            if (count < 0) {
                return line.size() == 0 ? null : line.toString(StandardCharsets.UTF_8);
            }
        }
    }

    /** Sends a line; the rest of it, where the other side is slow, while somebody reads. */
    synchronized void send(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8));
        unsent.add(bytes);
        unsentBytes += bytes.remaining();
        if (unsentBytes > MOST_UNSENT) {
            close();
            throw new IOException("the other side does not read");
        }
        flush();
    }

    /** Tells the other side, once all has been sent, that nothing more comes. */
    synchronized void finish() throws IOException {
        finishing = true;
        flush();
    }

    /**
     * Waits until all has been sent; by the thread that reads, which gives up reading.
     *
     * @throws SocketTimeoutException where the other side did not take it in time
     */
    void finish(Duration patience) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        synchronized (this) {
            reading = 0;
        }
        finish();
        while (unsent()) {
            await(patience, deadline);
        }
    }

    /** May be called while another thread reads, which then fails. */
    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }

    private void await(Duration patience, long deadline) throws IOException {
        long left = patience.isZero() ? 0 : (deadline - System.nanoTime()) / 1_000_000;
        if (left < 0 || (left == 0 && !patience.isZero())) {
            throw new SocketTimeoutException("no line has come");
        }
        try {
            selector.select(left);
            selector.selectedKeys().clear();
        } catch (ClosedSelectorException closed) {
            throw new IOException("the connection was closed here", closed);
        }
        flush();
    }

    private synchronized boolean unsent() {
        return !unsent.isEmpty();
    }

    private synchronized void flush() throws IOException {
        while (!unsent.isEmpty()) {
            ByteBuffer next = unsent.element();
            unsentBytes -= channel.write(next);
            if (next.hasRemaining()) {
                break;
            }
            unsent.remove();
        }
        if (finishing && unsent.isEmpty()) {
            channel.shutdownOutput();
        }
        int ops = reading | (unsent.isEmpty() ? 0 : SelectionKey.OP_WRITE);
        try {
            if (key.interestOps() != ops) {
                key.interestOps(ops);
                selector.wakeup();
            }
        } catch (CancelledKeyException closed) {
            throw new IOException("the connection was closed here", closed);
        }
    }
}

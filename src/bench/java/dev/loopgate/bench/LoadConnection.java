package dev.loopgate.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** One client connection of a load. */
final class LoadConnection {

    private final SocketChannel channel;
    private final SelectionKey key;
    private final Reply reply;
    private ByteBuffer out = ByteBuffer.allocate(0);

    /** When the exchange under way was due, by {@link System#nanoTime()}. */
    private long due;

    private boolean busy;

    private LoadConnection(SocketChannel channel, Selector selector, Reply reply) throws IOException {
        this.channel = channel;
        this.reply = reply;
        channel.configureBlocking(false);
        this.key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    /** Connects, and has the opening answered. */
    static LoadConnection open(InetSocketAddress address, Selector selector, Workload workload) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.connect(address);
            channel.socket().setTcpNoDelay(true);
            if (workload.opening().hasRemaining()) {
                opened(channel, workload.opening().duplicate());
            }
            return new LoadConnection(channel, selector, workload.reply().get());
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static void opened(SocketChannel channel, ByteBuffer opening) throws IOException {
        channel.write(opening);
        Reply switching = new HttpReply(101, false);
        switching.begin();
        ByteBuffer in = ByteBuffer.allocate(4096);
        do {
            in.clear();
            if (channel.read(in) < 0) {
                throw new IOException("closed instead of upgraded");
            }
        } while (!switching.take(in.flip()));
    }

    boolean busy() {
        return busy;
    }

    long due() {
        return due;
    }

    void send(ByteBuffer request, long dueAt) throws IOException {
        due = dueAt;
        busy = true;
        reply.begin();
        out = request.duplicate();
        write();
    }

    /** Goes on; says whether the exchange is over. */
    boolean ready(ByteBuffer scratch) throws IOException {
        if (key.isWritable()) {
            write();
        }
        if (!key.isReadable()) {
            return false;
        }
        int read = channel.read(scratch.clear());
        if (!busy) {
            throw new IOException(read < 0 ? "closed while idle" : "bytes that nobody asked for");
        }
        if (read < 0) {
            reply.end();
            busy = false;
        } else if (reply.take(scratch.flip())) {
            busy = false;
        }
        return !busy;
    }

    private void write() throws IOException {
        channel.write(out);
        int wanted = out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
        if (key.interestOps() != wanted) {
            key.interestOps(wanted);
        }
    }

    void close() {
        key.cancel();
        try {
            channel.close();
        } catch (IOException gone) {
            // It is.
        }
    }
}

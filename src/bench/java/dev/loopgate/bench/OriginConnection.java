package dev.loopgate.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * One connection of the origin. {@code GET /SIZE} is answered with so many bytes, a body is swallowed first, an upgrade
 * becomes an echo. On the TCP port the first byte says what follows.
 */
final class OriginConnection {

    static final byte ECHO = 'E';
    static final byte SEND = 'S';
    static final byte SWALLOW = 'W';

    private enum Mode {
        HTTP_HEAD,
        HTTP_BODY,
        TCP_START,
        ECHO,
        SEND,
        SWALLOW
    }

    private final SocketChannel channel;
    private final OriginBytes bytes;
    private final HeadReader head = new HeadReader();
    private Mode mode;
    private long bodyLeft;
    private ByteBuffer pending = ByteBuffer.allocate(0);

    OriginConnection(SocketChannel channel, boolean http, OriginBytes bytes) {
        this.channel = channel;
        this.bytes = bytes;
        this.mode = http ? Mode.HTTP_HEAD : Mode.TCP_START;
    }

    void ready(SelectionKey key) throws IOException {
        if (key.isWritable()) {
            write(key);
        }
        if (key.isValid() && key.isReadable()) {
            ByteBuffer in = bytes.scratch.clear();
            if (channel.read(in) < 0) {
                close(key);
                return;
            }
            take(in.flip());
            write(key);
        }
    }

    void close(SelectionKey key) {
        key.cancel();
        try {
            channel.close();
        } catch (IOException gone) {
            // It is.
        }
    }

    private void take(ByteBuffer in) throws IOException {
        while (in.hasRemaining()) {
            switch (mode) {
                case TCP_START -> start(in.get());
                case HTTP_HEAD -> {
                    if (head.take(in)) {
                        request();
                    }
                }
                case HTTP_BODY -> {
                    int taken = (int) Math.min(bodyLeft, in.remaining());
                    in.position(in.position() + taken);
                    bodyLeft -= taken;
                    bodyTaken();
                }
                case ECHO -> {
                    channel.write(in);
                    if (in.hasRemaining()) {
                        pending = ByteBuffer.allocate(in.remaining()).put(in).flip();
                    }
                }
                case SEND, SWALLOW -> in.position(in.limit());
            }
        }
    }

    private void start(byte what) throws IOException {
        mode = switch (what) {
            case ECHO -> Mode.ECHO;
            case SEND -> Mode.SEND;
            case SWALLOW -> Mode.SWALLOW;
            default -> throw new IOException("a byte that says nothing: " + what);
        };
    }

    private void request() {
        if (head.asksForUpgrade()) {
            pending = bytes.switching.duplicate();
            mode = Mode.ECHO;
            return;
        }
        bodyLeft = head.contentLength();
        mode = Mode.HTTP_BODY;
        bodyTaken();
    }

    private void bodyTaken() {
        if (bodyLeft == 0) {
            // GET /1024 and PUT /1024: both methods are as long.
            pending = bytes.answer(head.number(5));
            head.clear();
            mode = Mode.HTTP_HEAD;
        }
    }

    private void write(SelectionKey key) throws IOException {
        boolean blocked = false;
        if (mode == Mode.SEND) {
            ByteBuffer all = bytes.bulk.duplicate().clear();
            while (channel.write(all) > 0) {
                all.clear();
            }
            blocked = true;
        } else if (pending.hasRemaining()) {
            channel.write(pending);
            blocked = pending.hasRemaining();
        }
        // Nobody reads on before the answer is out.
        key.interestOps(
                mode == Mode.SEND
                        ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
                        : blocked ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }
}

package dev.loopgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** What a client has sent and nobody has taken yet. An idle connection holds no buffer. */
final class RequestInput {

    /** Above this much, nothing more is read until somebody takes some. */
    private static final int LIMIT = 64 * 1024;

    /** Never too large for a request. */
    private static final int SMALL_BUFFER = 4096;

    /** Where an old client leaves more empty lines than these behind a body, they are the parser's to refuse, in bytes. */
    private static final int EMPTY_LINES = 8;

    private final Channel channel;
    private @Nullable ByteBuf buffer;

    /** How much of the buffer was there when a head in it was last found incomplete. */
    private int parsedBytes;

    RequestInput(Channel channel) {
        this.channel = channel;
    }

    boolean isEmpty() {
        return buffer == null;
    }

    boolean isFull() {
        return buffer != null && buffer.readableBytes() > LIMIT;
    }

    /** The bytes, in order; null where there are none. */
    @Nullable
    ByteBuf peek() {
        return buffer;
    }

    /** Adds what was read. */
    void add(ByteBuf in) {
        ByteBuf kept = buffer;
        if (kept == null) {
            buffer = in;
            return;
        }
        if (kept.writableBytes() < in.readableBytes()) {
            ByteBuf larger = channel.alloc().directBuffer(kept.readableBytes() + in.readableBytes() + 1024);
            larger.writeBytes(kept);
            kept.release();
            kept = larger;
            buffer = kept;
        }
        kept.writeBytes(in);
        in.release();
    }

    /** Takes everything. */
    @Nullable
    ByteBuf take() {
        ByteBuf in = buffer;
        buffer = null;
        return in;
    }

    /**
     * How much of a body is here, in bytes, if all of it is; zero otherwise.
     *
     * @param framing of its message, as {@link Framing} names it
     */
    int whole(long framing) {
        return framing > 0 && buffer != null && framing <= buffer.readableBytes() ? (int) framing : 0;
    }

    /**
     * A head with the next bytes behind it, which are taken. Where nothing else came with the request, it goes out in the
     * buffer it came in.
     */
    ByteBuf takeBehind(HeadBuilder head, int bytes) {
        ByteBuf behind = buffer;
        if (bytes > 0 && behind != null && hasRoom(behind, head.length, bytes)) {
            buffer = null;
            return head.before(behind, channel.alloc());
        }
        ByteBuf fresh = bufferFor(head.length + bytes);
        fresh.writeBytes(head.bytes, 0, head.length);
        if (bytes > 0 && behind != null) {
            fresh.writeBytes(behind, bytes);
            trim();
        }
        return fresh;
    }

    /** Whether nothing but the body is here, so that the head can be put right in front of it. */
    private static boolean hasRoom(ByteBuf behind, int head, int body) {
        return behind.readableBytes() == body
                && behind.readerIndex() >= head
                && behind.refCnt() == 1
                && fits(behind, head + body);
    }

    private ByteBuf bufferFor(int size) {
        ByteBuf spent = takeSpent();
        if (spent != null && fits(spent, size)) {
            return spent.clear();
        }
        if (spent != null) {
            spent.release();
        }
        return channel.alloc().directBuffer(size);
    }

    /** A request may wait for its answer for long: it is not to do so in a buffer that was meant for bulk. */
    private static boolean fits(ByteBuf buffer, int size) {
        return buffer.capacity() <= SMALL_BUFFER + 4 * size;
    }

    /**
     * Takes the buffer itself, to be written over, where all it held has been read. A slice of the last body may still
     * wait to be written: then it is not ours to write over.
     */
    private @Nullable ByteBuf takeSpent() {
        ByteBuf in = buffer;
        if (in == null || in.isReadable() || in.refCnt() != 1) {
            return null;
        }
        buffer = null;
        return in;
    }

    /** Lets go of the buffer once all it held has been read. */
    void trim() {
        if (buffer != null && !buffer.isReadable()) {
            release();
        }
    }

    void release() {
        ByteBuf in = take();
        if (in != null) {
            in.release();
        }
    }

    /** Whether nothing is here but line ends, which are no beginning of a request (RFC 9112 §2.2). */
    boolean isEmptyLines() {
        ByteBuf in = buffer;
        if (in == null || in.readableBytes() > EMPTY_LINES) {
            return false;
        }
        for (int i = in.readerIndex(); i < in.writerIndex(); i++) {
            boolean first = (i - in.readerIndex()) % 2 == 0;
            if (in.getByte(i) != (first ? Grammar.CR : Grammar.LF)) {
                return false;
            }
        }
        return true;
    }

    void headBegins() {
        parsedBytes = 0;
    }

    void headIncomplete() {
        parsedBytes = buffer == null ? 0 : buffer.readableBytes();
    }

    /** A head that dribbles in is parsed again only where it may be whole, or has doubled. */
    boolean worthParsing() {
        ByteBuf in = buffer;
        if (in == null) {
            return false;
        }
        int size = in.readableBytes();
        if (parsedBytes == 0 || size >= 2 * parsedBytes || size >= Head.MAX_BYTES) {
            return true;
        }
        int end = in.writerIndex();
        for (int i = Math.max(in.readerIndex(), in.readerIndex() + parsedBytes - 3); i < end - 2; i++) {
            if (in.getByte(i) == Grammar.LF && in.getByte(i + 1) == Grammar.CR && in.getByte(i + 2) == Grammar.LF) {
                return true;
            }
        }
        return false;
    }
}

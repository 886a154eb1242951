package dev.loopgate.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Where a body is in the bytes of its connection, whatever its framing. */
final class BodyReader {

    private static final byte[] NOTHING = new byte[0];

    private long remaining;
    private @Nullable ChunkScanner chunks;

    /**
     * Starts a body.
     *
     * @param framing as {@link Framing} names it
     * @param faultCode what a fault in its chunks is reported as
     */
    void begin(long framing, FailureCode faultCode) {
        remaining = framing;
        chunks = framing == Framing.CHUNKED ? new ChunkScanner(faultCode) : null;
    }

    boolean complete() {
        return chunks != null ? chunks.complete() : remaining == 0;
    }

    boolean chunked() {
        return chunks != null;
    }

    /** How many bytes are still to come, where the head told; else less than zero. */
    long remaining() {
        return remaining;
    }

    /** Some of a body whose length is known was passed on without being read. */
    void skip(long bytes) {
        remaining -= bytes;
    }

    /** Whether the end of the connection ends the body. */
    boolean untilClose() {
        return remaining == Framing.UNTIL_CLOSE;
    }

    /**
     * How many of a buffer's bytes, from its reader index, pass on as they are; the reader index is moved behind what
     * belongs to this body. What {@link #trailers} has then follows them.
     */
    int advance(ByteBuf in) throws MalformedMessage {
        int start = in.readerIndex();
        if (chunks != null) {
            chunks.scan(in, null);
            return chunks.passEnd() - start;
        }
        if (remaining == Framing.UNTIL_CLOSE) {
            in.readerIndex(in.writerIndex());
            return in.writerIndex() - start;
        }
        int n = (int) Math.min(remaining, in.readableBytes());
        remaining -= n;
        in.readerIndex(start + n);
        return n;
    }

    /** As {@link #advance}, for a chunked body whose peer gets the data without the framing. */
    void advanceUnframed(ByteBuf in, ChunkScanner.DataSink sink) throws MalformedMessage {
        if (chunks == null) {
            throw new IllegalStateException("not chunked");
        }
        chunks.scan(in, sink);
    }

    /** The trailer section of a chunked body that just became complete, with its empty line; empty where it has none. */
    byte[] trailers() {
        return chunks == null ? NOTHING : chunks.ending();
    }
}

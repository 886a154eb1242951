package dev.loopgate.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A request as it goes upstream, kept while it may have to be sent again. */
final class OutgoingRequest {

    /** How much of a body that came later is kept, in bytes: a message of gRPC, not an upload. */
    private static final int MOST_LATER = 16 * 1024;

    private static final byte[] NO_TRAILERS = new byte[0];

    private final HttpLoop loop;
    private final Downstream client;
    private @Nullable ByteBuf buffer;
    private @Nullable ByteBuf later;
    private int start;
    private int end;
    private int headLength;
    private boolean chunked;

    OutgoingRequest(HttpLoop loop, Downstream client) {
        this.loop = loop;
        this.client = client;
    }

    /**
     * Takes the head that the loop has just written, and with it a body that is here whole, so that both go out in one
     * send.
     *
     * @param framing of the request, as {@link Framing} names it
     * @return how many bytes of body were taken
     */
    int write(long framing) {
        chunked = framing == Framing.CHUNKED;
        keep(client.takeRequest(loop.out, framing));
        return end - start - headLength;
    }

    /** Puts the head that the loop has just written in the place of the old one. */
    void rewriteHead() {
        ByteBuf old = present();
        HeadBuilder out = loop.out;
        int bodyStart = start + headLength;
        ByteBuf fresh = client.alloc().directBuffer(out.length + end - bodyStart);
        fresh.writeBytes(out.bytes, 0, out.length).writeBytes(old, bodyStart, end - bodyStart);
        old.release();
        keep(fresh);
    }

    private void keep(ByteBuf fresh) {
        buffer = fresh;
        start = fresh.readerIndex();
        end = fresh.writerIndex();
        headLength = loop.out.length;
    }

    int headLength() {
        return headLength;
    }

    /** More of the body was sent, which stays at hand with what precedes it; nothing does once it is too much. */
    void sentLater(ByteBuf data) {
        if (buffer == null || !data.isReadable()) {
            return;
        }
        ByteBuf rest = later;
        int bytes = data.readableBytes();
        if (bytes + (rest == null ? 0 : rest.readableBytes()) > MOST_LATER
                || loop.transport().budget().spent()) {
            release();
            return;
        }
        loop.transport().budget().add(bytes);
        if (rest == null) {
            rest = client.alloc().directBuffer(bytes);
            later = rest;
        }
        rest.writeBytes(data, data.readerIndex(), bytes);
    }

    /**
     * The bytes for a connection; with {@code keep}, they stay at hand for another one.
     *
     * @param framed whether they have to be all of the request, delimited as in HTTP/1.1: it is kept without chunks, as another
     *     protocol had it
     */
    ByteBuf send(boolean keep, boolean framed) {
        boolean inChunks = framed && chunked;
        if (later != null || inChunks) {
            join(inChunks);
        }
        ByteBuf whole = present().setIndex(start, end);
        if (keep) {
            return whole.retain();
        }
        buffer = null;
        return whole;
    }

    private void join(boolean inChunks) {
        ByteBuf old = present();
        ByteBuf rest = later;
        int more = rest == null ? 0 : rest.readableBytes();
        ByteBuf whole = client.alloc().directBuffer(end - start + more);
        whole.writeBytes(old, start, end - start);
        old.release();
        if (rest != null) {
            later = null;
            loop.transport().budget().add(-more);
            append(whole, inChunks ? Chunks.of(rest, client.alloc()) : rest);
        }
        if (inChunks) {
            append(whole, Chunks.last(NO_TRAILERS));
        }
        buffer = whole;
        start = whole.readerIndex();
        end = whole.writerIndex();
    }

    private static void append(ByteBuf whole, ByteBuf piece) {
        whole.writeBytes(piece);
        piece.release();
    }

    /** Whether it can be sent, or sent again. */
    boolean isKept() {
        return buffer != null;
    }

    void release() {
        ByteBuf kept = buffer;
        buffer = null;
        if (kept != null) {
            kept.release();
        }
        ByteBuf rest = later;
        later = null;
        if (rest != null) {
            loop.transport().budget().add(-rest.readableBytes());
            rest.release();
        }
    }

    private ByteBuf present() {
        ByteBuf kept = buffer;
        if (kept == null) {
            throw new IllegalStateException("the request is no longer kept");
        }
        return kept;
    }
}

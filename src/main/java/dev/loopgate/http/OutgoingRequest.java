package dev.loopgate.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A request as it goes upstream, kept while it may have to be sent again. */
final class OutgoingRequest {

    private final HttpLoop loop;
    private final Downstream client;
    private @Nullable ByteBuf buffer;
    private int start;
    private int end;
    private int headLength;

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

    /** The bytes for a connection; with {@code keep}, they stay at hand for another one. */
    ByteBuf send(boolean keep) {
        ByteBuf whole = present().setIndex(start, end);
        if (keep) {
            return whole.retain();
        }
        buffer = null;
        return whole;
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
    }

    private ByteBuf present() {
        ByteBuf kept = buffer;
        if (kept == null) {
            throw new IllegalStateException("the request is no longer kept");
        }
        return kept;
    }
}

package dev.loopgate.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A request as it goes upstream, kept while it may have to be sent again. */
final class OutgoingRequest {

    /** Never too large for a request. */
    private static final int SMALL_BUFFER = 4096;

    private final HttpLoop loop;
    private final ClientConnection client;
    private @Nullable ByteBuf buffer;
    private int start;
    private int end;
    private int headLength;

    OutgoingRequest(HttpLoop loop, ClientConnection client) {
        this.loop = loop;
        this.client = client;
    }

    /**
     * Takes the head that the loop has just written, and with it a body that is here whole, so that both go out in one
     * send. Where nothing else came with the request, it goes out in the buffer it came in.
     *
     * @param framing of the request, as {@link Framing} names it
     * @return how many bytes of body were taken
     */
    int write(long framing) {
        HeadBuilder out = loop.out;
        ByteBuf behind = client.input().peek();
        int body = framing > 0 && behind != null && framing <= behind.readableBytes() ? (int) framing : 0;
        if (body > 0 && behind != null && hasRoom(behind, out.length, body)) {
            ByteBuf whole = behind.readerIndex(behind.readerIndex() - out.length);
            whole.setBytes(whole.readerIndex(), out.bytes, 0, out.length);
            client.input().take();
            client.bodyTaken(body);
            keep(whole);
            return body;
        }
        ByteBuf fresh = bufferFor(out.length + body);
        fresh.writeBytes(out.bytes, 0, out.length);
        if (body > 0 && behind != null) {
            fresh.writeBytes(behind, behind.readerIndex(), body);
            client.bodyTaken(body);
        }
        keep(fresh);
        return body;
    }

    /** Whether nothing but the body is here, so that the head can be put right in front of it. */
    private static boolean hasRoom(ByteBuf behind, int head, int body) {
        return behind.readableBytes() == body
                && behind.readerIndex() >= head
                && behind.refCnt() == 1
                && fits(behind, head + body);
    }

    private ByteBuf bufferFor(int size) {
        ByteBuf spent = client.input().takeSpent();
        if (spent != null && fits(spent, size)) {
            return spent.clear();
        }
        if (spent != null) {
            spent.release();
        }
        return client.channel().alloc().directBuffer(size);
    }

    /** A request may wait for its answer for long: it is not to do so in a buffer that was meant for bulk. */
    private static boolean fits(ByteBuf buffer, int size) {
        return buffer.capacity() <= SMALL_BUFFER + 4 * size;
    }

    /** Puts the head that the loop has just written in the place of the old one. */
    void rewriteHead() {
        ByteBuf old = present();
        HeadBuilder out = loop.out;
        int bodyStart = start + headLength;
        ByteBuf fresh = client.channel().alloc().directBuffer(out.length + end - bodyStart);
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

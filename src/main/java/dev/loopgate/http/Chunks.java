package dev.loopgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

/** Frames bodies in chunks (RFC 9112 §7.1), where HTTP/2 or HTTP/3 told no length of them. */
final class Chunks {

    /** Up to this much, in bytes, a copy costs less than three buffers. */
    private static final int SMALL = 2048;

    private static final byte[] LAST = {'0', Grammar.CR, Grammar.LF};
    private static final byte[] CRLF = {Grammar.CR, Grammar.LF};

    private Chunks() {}

    /** One chunk; takes the data, of which there is some. */
    static ByteBuf of(ByteBuf data, ByteBufAllocator allocator) {
        int n = data.readableBytes();
        String size = Integer.toHexString(n);
        ByteBuf line = allocator.directBuffer(size.length() + 2 + (n <= SMALL ? n + 2 : 0));
        ByteBufUtil.writeAscii(line, size);
        line.writeByte(Grammar.CR).writeByte(Grammar.LF);
        if (n > SMALL) {
            return Unpooled.wrappedBuffer(line, data, Unpooled.wrappedBuffer(CRLF));
        }
        line.writeBytes(data).writeByte(Grammar.CR).writeByte(Grammar.LF);
        data.release();
        return line;
    }

    /** The last chunk, and the trailer section: lines and an empty one; empty for none. */
    static ByteBuf last(byte[] trailers) {
        return trailers.length == 0 ? Unpooled.wrappedBuffer(LAST, CRLF) : Unpooled.wrappedBuffer(LAST, trailers);
    }
}

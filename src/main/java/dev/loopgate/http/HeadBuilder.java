package dev.loopgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;

/** The head that goes out, written front to back into an array that is used again for the next. */
final class HeadBuilder {

    private static final byte[] CRLF = {Grammar.CR, Grammar.LF};

    byte[] bytes = new byte[4 * 1024];
    int length;

    HeadBuilder clear() {
        length = 0;
        return this;
    }

    HeadBuilder append(byte[] text) {
        return append(text, 0, text.length);
    }

    HeadBuilder append(byte[] from, int start, int end) {
        int n = end - start;
        reserve(n);
        System.arraycopy(from, start, bytes, length, n);
        length += n;
        return this;
    }

    /** Appends text of which every character is a byte. */
    @SuppressWarnings("deprecation") // the one copy without a charset encoder and without a temporary array
    HeadBuilder append(String latin1) {
        int n = latin1.length();
        reserve(n);
        latin1.getBytes(0, n, bytes, length);
        length += n;
        return this;
    }

    HeadBuilder append(char character) {
        reserve(1);
        bytes[length++] = (byte) character;
        return this;
    }

    HeadBuilder crlf() {
        return append(CRLF, 0, 2);
    }

    /** The head in a buffer of its own. */
    ByteBuf copy(ByteBufAllocator allocator) {
        return allocator.directBuffer(length).writeBytes(bytes, 0, length);
    }

    /** The head and what follows it, in one buffer: in that of the body where there is room in front of it. */
    ByteBuf before(ByteBuf body, ByteBufAllocator allocator) {
        int start = body.readerIndex() - length;
        if (start >= 0) {
            return body.setBytes(start, bytes, 0, length).readerIndex(start);
        }
        ByteBuf whole = allocator.directBuffer(length + body.readableBytes());
        whole.writeBytes(bytes, 0, length).writeBytes(body);
        body.release();
        return whole;
    }

    private void reserve(int n) {
        if (bytes.length - length < n) {
            bytes = Arrays.copyOf(bytes, Math.max(length + n, bytes.length * 2));
        }
    }
}

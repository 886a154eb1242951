package dev.loopgate.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Follows chunked framing (RFC 9112 §7.1) through the buffers of a body. Chunks pass on as they came, so every byte of
 * their framing is checked against the one reading that all parties share; the trailer section is held back, filtered and
 * written anew.
 */
final class ChunkScanner {

    /** Takes the data of chunks where a peer needs it without framing (HTTP/1.0). */
    interface DataSink {
        /** Bytes of a chunk; the range is valid during the call. */
        void data(ByteBuf buffer, int index, int length);
    }

    private static final int MAX_EXTENSION = 1024;
    private static final int MAX_TRAILERS = 16 * 1024;

    private enum State {
        SIZE,
        EXTENSION,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILERS,
        DONE
    }

    private static final byte[] EMPTY = new byte[0];

    private final FailureCode faultCode;
    private State state = State.SIZE;
    private long size;
    private int digits;
    private int extension;
    private int quotes;
    private int passEnd;
    private byte[] trailers = EMPTY;
    private int trailerBytes;
    private byte[] trailerSection = EMPTY;

    /** @param faultCode what a fault is reported as: the client's or the upstream's */
    ChunkScanner(FailureCode faultCode) {
        this.faultCode = faultCode;
    }

    boolean complete() {
        return state == State.DONE;
    }

    /** Index in the buffer of the last scan up to which its bytes pass on as they are. */
    int passEnd() {
        return passEnd;
    }

    /** What ends the body behind the bytes that passed, once it is complete; empty where they contain the end. */
    byte[] ending() {
        return trailerSection;
    }

    /**
     * Reads on from the buffer's reader index, which is moved behind what belongs to this body.
     *
     * @param sink told of each range of data; null where the bytes pass on with their framing
     * @throws MalformedMessage at the first byte that breaks the framing
     */
    void scan(ByteBuf in, @Nullable DataSink sink) throws MalformedMessage {
        int i = in.readerIndex();
        int end = in.writerIndex();
        passEnd = i;
        while (i < end && state != State.DONE) {
            switch (state) {
                case DATA -> {
                    int n = (int) Math.min(size, end - i);
                    if (sink != null) {
                        sink.data(in, i, n);
                    }
                    i += n;
                    size -= n;
                    passEnd = i;
                    if (size == 0) {
                        state = State.DATA_CR;
                    }
                }
                case TRAILERS -> i = trailers(in, i, end);
                default -> {
                    framing(in.getByte(i++));
                    passEnd = i;
                }
            }
        }
        in.readerIndex(i);
    }

    private void framing(byte b) throws MalformedMessage {
        switch (state) {
            case SIZE -> size(b);
            case EXTENSION -> {
                if (b == Grammar.CR) {
                    state = State.SIZE_LF;
                } else if (!Grammar.isFieldContent(b) || ++extension > MAX_EXTENSION) {
                    throw fault("a chunk extension with a control character, or too long");
                } else if (b == '"') {
                    quotes++;
                }
            }
            case SIZE_LF -> {
                if (b != Grammar.LF || (quotes & 1) != 0) {
                    throw fault("a chunk-size line that does not end in CRLF");
                }
                state = size == 0 ? State.TRAILERS : State.DATA;
                digits = 0;
                extension = 0;
                quotes = 0;
            }
            case DATA_CR -> {
                if (b != Grammar.CR) {
                    throw fault("chunk data longer than its size");
                }
                state = State.DATA_LF;
            }
            case DATA_LF -> {
                if (b != Grammar.LF) {
                    throw fault("chunk data that does not end in CRLF");
                }
                state = State.SIZE;
            }
            default -> throw new IllegalStateException(state.toString());
        }
    }

    private void size(byte b) throws MalformedMessage {
        if (Grammar.isHex(b)) {
            // 16 digits at most, and never above 2^60: nothing overflows here or at a peer that reads 63 bits.
            if (++digits > 16 || size >>> 56 != 0) {
                throw fault("a chunk size that is too large");
            }
            size = (size << 4) | Grammar.hexValue(b);
        } else if (digits == 0) {
            throw fault("a chunk size that is not a hexadecimal number");
        } else if (b == Grammar.CR) {
            state = State.SIZE_LF;
        } else if (b == ';') {
            state = State.EXTENSION;
        } else {
            throw fault("a chunk size that is not a hexadecimal number");
        }
    }

    private int trailers(ByteBuf in, int from, int end) throws MalformedMessage {
        int i = from;
        if (trailerBytes == 0 && end - i >= 2 && in.getByte(i) == Grammar.CR && in.getByte(i + 1) == Grammar.LF) {
            passEnd = i + 2;
            state = State.DONE;
            return passEnd;
        }
        while (i < end && state != State.DONE) {
            if (trailerBytes == MAX_TRAILERS) {
                throw fault("a trailer section of more than 16 KiB");
            }
            if (trailerBytes == trailers.length) {
                trailers = Arrays.copyOf(trailers, Math.min(MAX_TRAILERS, Math.max(256, trailers.length * 2)));
            }
            byte b = in.getByte(i++);
            trailers[trailerBytes++] = b;
            if (b == Grammar.LF && endsInEmptyLine()) {
                trailerSection = TrailerSection.filter(trailers, trailerBytes, faultCode);
                state = State.DONE;
            }
        }
        return i;
    }

    private boolean endsInEmptyLine() {
        int n = trailerBytes;
        return n >= 2 && trailers[n - 2] == Grammar.CR && (n == 2 || (n >= 4 && trailers[n - 3] == Grammar.LF));
    }

    private MalformedMessage fault(String cause) {
        return new MalformedMessage(faultCode, cause);
    }
}

package dev.loopgate.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Collects the head of a message and tells the little of it that a benchmark wants to know. */
final class HeadReader {

    private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] UPGRADE = "upgrade:".getBytes(StandardCharsets.US_ASCII);

    private final byte[] bytes = new byte[16 * 1024];
    private int length;

    void clear() {
        length = 0;
    }

    /** Takes bytes up to the end of the head; says whether it is here. */
    boolean take(ByteBuffer in) throws IOException {
        while (in.hasRemaining()) {
            if (length == bytes.length) {
                throw new IOException("a head of more than " + bytes.length + " bytes");
            }
            byte b = in.get();
            bytes[length++] = b;
            if (b == '\n' && length >= 4 && bytes[length - 3] == '\n') {
                return true;
            }
        }
        return false;
    }

    /** The first number of the start line behind an index: a status code, or a path that is a size. */
    int number(int from) {
        int value = 0;
        for (int i = from; bytes[i] >= '0' && bytes[i] <= '9'; i++) {
            value = value * 10 + bytes[i] - '0';
        }
        return value;
    }

    /** Zero where there is none. */
    long contentLength() {
        int digits = valueOf(LENGTH);
        if (digits < 0) {
            return 0;
        }
        while (bytes[digits] == ' ') {
            digits++;
        }
        return number(digits);
    }

    boolean asksForUpgrade() {
        return valueOf(UPGRADE) >= 0;
    }

    private int valueOf(byte[] name) {
        for (int i = 1; i < length - name.length; i++) {
            if (bytes[i - 1] == '\n' && isAt(i, name)) {
                return i + name.length;
            }
        }
        return -1;
    }

    private boolean isAt(int index, byte[] name) {
        for (int i = 0; i < name.length; i++) {
            if ((bytes[index + i] | 0x20) != (name[i] | 0x20)) {
                return false;
            }
        }
        return true;
    }
}

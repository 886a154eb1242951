package dev.loopgate.bench;

import java.io.IOException;
import java.nio.ByteBuffer;

/** So many bytes, whatever they are. */
final class FixedReply implements Reply {

    private final int size;
    private int left;

    FixedReply(int size) {
        this.size = size;
    }

    @Override
    public void begin() {
        left = size;
    }

    @Override
    public boolean take(ByteBuffer in) throws IOException {
        left -= in.remaining();
        in.position(in.limit());
        if (left < 0) {
            throw new IOException("more bytes than were sent");
        }
        return left == 0;
    }

    @Override
    public void end() throws IOException {
        throw new IOException("closed before the reply was whole");
    }
}

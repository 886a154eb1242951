package dev.loopgate.bench;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An answer with a Content-Length, or a 101. */
final class HttpReply implements Reply {

    private final HeadReader head = new HeadReader();
    private final int status;
    private final boolean untilClosed;
    private boolean inBody;
    private long left;

    /** @param untilClosed whether it is whole only once the connection is closed */
    HttpReply(int status, boolean untilClosed) {
        this.status = status;
        this.untilClosed = untilClosed;
    }

    @Override
    public void begin() {
        head.clear();
        inBody = false;
        left = 0;
    }

    @Override
    public boolean take(ByteBuffer in) throws IOException {
        if (!inBody) {
            if (!head.take(in)) {
                return false;
            }
            int got = head.number("HTTP/1.1 ".length());
            if (got != status) {
                throw new IOException("status " + got);
            }
            inBody = true;
            left = head.contentLength();
        }
        left -= in.remaining();
        in.position(in.limit());
        if (left < 0) {
            throw new IOException("more bytes than the Content-Length says");
        }
        return left == 0 && !untilClosed;
    }

    @Override
    public void end() throws IOException {
        if (!inBody || left > 0 || !untilClosed) {
            throw new IOException("closed before the answer was whole");
        }
    }
}

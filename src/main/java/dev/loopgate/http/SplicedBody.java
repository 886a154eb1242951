package dev.loopgate.http;

import dev.loopgate.net.PausableReads;
import dev.loopgate.net.Splice;
import io.netty.channel.Channel;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * The bulk of a body whose length is known, passed on by a {@link Splice} within the kernel: each read of its connection
 * first moves what it can. The last byte is always left to be read, so that the body's end, and what comes behind it, is
 * dealt with where that of every other body is. Belongs to the event loop of both channels.
 */
final class SplicedBody {

    /** With no more to come, in bytes, nothing was clearly won: the system calls take what the copies would have. */
    private static final long WORTH = 1 << 20;

    private static final int LEFT = 1;

    /** Hears what went on without being read. */
    @FunctionalInterface
    interface Passed {

        /** @param waits whether some of it waits for the receiver, so that reading has to pause */
        void passed(long bytes, boolean waits);
    }

    private final Channel from;
    private final BodyReader body;
    private final Splice splice;
    private final Passed passed;
    private boolean ended;

    private SplicedBody(Channel from, BodyReader body, Splice splice, Passed passed) {
        this.from = from;
        this.body = body;
        this.splice = splice;
        this.passed = passed;
    }

    /** Whether what is still to come of a body is worth a pipe. */
    static boolean isBulk(BodyReader body) {
        return body.remaining() > WORTH;
    }

    /**
     * Begins with the next read; null where the system cannot do it, and the bytes go on being copied.
     *
     * @param body one that is {@link #isBulk bulk}
     * @param drained run once the receiver took what waited for it
     */
    static @Nullable SplicedBody begin(BodyReader body, Channel from, Channel to, Passed passed, Runnable drained) {
        Splice splice = Splice.between(from, to, drained);
        if (splice == null) {
            return null;
        }
        SplicedBody begun = new SplicedBody(from, body, splice, passed);
        if (!PausableReads.divert(from, begun::take)) {
            splice.close();
            return null;
        }
        return begun;
    }

    static void end(@Nullable SplicedBody begun) {
        if (begun != null) {
            begun.end();
        }
    }

    private void take() throws IOException {
        long moved = splice.move(body.remaining() - LEFT);
        if (!from.isOpen()) {
            // The receiver's failure closed both; the number of this descriptor may be another's by now.
            throw new ClosedChannelException();
        }
        if (ended) {
            return;
        }
        body.skip(moved);
        if (moved > 0 || splice.waiting()) {
            passed.passed(moved, splice.waiting());
        }
        if (body.remaining() <= LEFT) {
            end();
        }
    }

    /** Nothing more is taken; what waits for the receiver still reaches it. */
    private void end() {
        if (!ended) {
            ended = true;
            splice.close();
            PausableReads.divert(from, null);
        }
    }
}

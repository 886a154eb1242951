package dev.loopgate.net;

import io.netty.channel.Channel;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Has the kernel {@link Splice} what passes from one side of a relay in bulk. Belongs to its event loop. */
final class Bulk {

    /** From this many bytes in one direction on, a pipe is worth its descriptors. */
    private static final long LEAST = 256 << 10;

    /** So much is copied before the next attempt, where a pipe was refused: descriptors may be short just now. */
    private static final long REFUSED = 64 << 20;

    /** What comes in smaller pieces, as messages do, is left to copying. */
    private static final int LARGE_READ = 16 << 10;

    /** After so many small pieces in a row, bulk is over. */
    private static final int SMALL_READS = 64;

    /** A pipe that nothing went through for so long, twice that at most, is closed: the next large read opens another. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(4);

    private final RelaySide side;
    private final Channel channel;

    private @Nullable Splice splice;
    /** Bytes from which on a splice is tried. */
    private long from = LEAST;

    private @Nullable ScheduledFuture<?> quietTimer;
    /** Bytes when the timer last looked. */
    private long bytesSeen;
    /** Small pieces spliced in a row. */
    private int smallReads;

    /** @param channel what the side reads */
    Bulk(RelaySide side, Channel channel) {
        this.side = side;
        this.channel = channel;
    }

    /** A piece of so many bytes was copied, while the relay goes on. */
    void copied(int size) {
        if (size >= LARGE_READ && side.bytes() > from && splice == null) {
            begin();
        }
    }

    private void begin() {
        Splice through = Splice.between(channel, side.peer.channel(), side::resume);
        if (through == null || !PausableReads.divert(channel, () -> move(through))) {
            from = side.bytes() + REFUSED;
            if (through != null) {
                through.close();
            }
            return;
        }
        splice = through;
        smallReads = 0;
        bytesSeen = side.bytes();
        quietTimer = channel.eventLoop()
                .scheduleAtFixedRate(this::endIfQuiet, QUIET_NANOS, QUIET_NANOS, TimeUnit.NANOSECONDS);
    }

    private void move(Splice through) throws IOException {
        if (side.passesNoMore()) {
            return;
        }
        long moved = through.move(Long.MAX_VALUE);
        side.passed(moved);
        if (!channel.isOpen()) {
            // The peer's failure closed both; the number of our descriptor may be another's by now.
            throw new ClosedChannelException();
        }
        if (through.waiting()) {
            side.pause();
        } else if (side.limited()) {
            end();
        } else if (moved >= LARGE_READ) {
            smallReads = 0;
        } else if (moved > 0 && ++smallReads == SMALL_READS) {
            end();
        }
    }

    /** What waits in the pipe is for a sink that does not read; that splice is kept. */
    private void endIfQuiet() {
        if (splice != null && !splice.waiting() && side.bytes() == bytesSeen) {
            end();
        }
        bytesSeen = side.bytes();
    }

    /** From now on all is copied, until the next large piece. */
    void end() {
        if (quietTimer != null) {
            quietTimer.cancel(false);
            quietTimer = null;
        }
        if (splice != null) {
            splice.close();
            splice = null;
            PausableReads.divert(channel, null);
        }
    }
}

package dev.loopgate.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.channel.socket.DuplexChannelConfig;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One connection of a {@link Relay}: reads it and writes to its peer, or has the kernel {@link Splice} bulk. */
final class RelaySide extends ChannelInboundHandlerAdapter {

    /**
     * The kernel's send buffer is the queue; here only what one read left over waits. The low mark is not zero so that
     * reading resumes before the last byte has gone.
     */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(8 << 10, 16 << 10);

    /** From this many bytes in one direction on, a pipe is worth its descriptors. */
    private static final long BULK = 256 << 10;

    /** So much is copied before the next attempt, where a pipe was refused: descriptors may be short just now. */
    private static final long REFUSED = 64 << 20;

    /** What comes in smaller pieces, as messages do, is left to copying. */
    private static final int LARGE_READ = 16 << 10;

    /** After so many small pieces in a row, bulk is over. */
    private static final int SMALL_READS = 64;

    /** A pipe that nothing went through for so long, twice that at most, is closed: the next large read opens another. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(4);

    private final Relay relay;
    private final Channel channel;
    private final QueueBudget budget;
    private final Brake brake;
    private final Relay.End ifBroken;
    private final AtomicLong bytes = new AtomicLong();

    /** Set once, right after construction. */
    @SuppressWarnings("NullAway.Init")
    RelaySide peer;

    /** No more bytes will be read: FIN was. */
    private boolean inputEnded;
    /** The peer's bytes are all written and FIN was sent. With {@link #inputEnded} too the channel is closed. */
    private boolean outputDone;
    /** This side takes no more bytes, and it was not we who ended it. */
    private boolean outputBroken;
    /** FIN was seen while paused; bytes before it may be unread. */
    private boolean finAhead;
    /** Reads to the end whatever the peer does: see {@link #readToTheEnd}. */
    private boolean unstoppable;

    private @Nullable Splice splice;
    /** Bytes from which on a splice is tried. */
    private long spliceFrom = BULK;

    private @Nullable ScheduledFuture<?> quietTimer;
    /** Bytes when the timer last looked. */
    private long bytesSeen;
    /** Small pieces spliced in a row. */
    private int smallReads;
    /** What was told to the {@link QueueBudget}: bytes that wait to be written here. */
    private long charged;

    RelaySide(Relay relay, Channel channel, QueueBudget budget, Pace pace, Relay.End ifBroken) {
        this.relay = relay;
        this.channel = channel;
        this.budget = budget;
        this.brake = new Brake(pace, channel.eventLoop(), this::resume);
        this.ifBroken = ifBroken;
    }

    void install() {
        channel.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK);
        // A write that fails must not close the channel: what the other end sent before it went is still to be read.
        channel.config().setAutoClose(false);
        channel.pipeline().addLast(this);
    }

    void begin() {
        if (inputEnded) {
            return;
        }
        if (!channel.isActive()) {
            relay.broken(ifBroken);
        } else if (peer.channel.isWritable()) {
            resume();
        } else {
            pause();
        }
    }

    long bytes() {
        return bytes.get();
    }

    boolean outputDone() {
        return outputDone;
    }

    /** Writes to the peer. */
    void pass(ByteBuf data) {
        int size = data.readableBytes();
        bytes.lazySet(bytes.get() + size);
        if (peer.outputBroken || peer.outputDone) {
            data.release();
            return;
        }
        peer.channel.writeAndFlush(data, peer.channel.voidPromise());
        if (!peer.channel.isWritable()) {
            pause();
        }
        if (brake.limited()) {
            if (brake.passed(size) && !unstoppable && !relay.hasEnded()) {
                channel.config().setAutoRead(false);
            }
            return;
        }
        // The write may have found out that all is over; a pipe that was opened then would never be closed.
        if (size >= LARGE_READ && bytes.get() > spliceFrom && splice == null && !relay.hasEnded()) {
            spliceFromNowOn();
        }
    }

    /** Reads on, unless there is a reason left not to. */
    private void resume() {
        if (!inputEnded && !brake.on() && !relay.hasEnded() && peer.channel.isWritable()) {
            channel.config().setAutoRead(true);
        }
    }

    private void spliceFromNowOn() {
        Splice through = Splice.between(channel, peer.channel, this::drained);
        if (through == null || !PausableReads.divert(channel, () -> move(through))) {
            spliceFrom = bytes.get() + REFUSED;
            if (through != null) {
                through.close();
            }
            return;
        }
        splice = through;
        smallReads = 0;
        bytesSeen = bytes.get();
        quietTimer = channel.eventLoop()
                .scheduleAtFixedRate(this::endQuietSplice, QUIET_NANOS, QUIET_NANOS, TimeUnit.NANOSECONDS);
    }

    private void move(Splice through) throws IOException {
        if (inputEnded || peer.outputBroken || peer.outputDone) {
            return;
        }
        long moved = through.move(Long.MAX_VALUE);
        bytes.lazySet(bytes.get() + moved);
        if (!channel.isOpen()) {
            // The peer's failure closed both; the number of our descriptor may be another's by now.
            throw new ClosedChannelException();
        }
        if (through.waiting()) {
            pause();
        } else if (brake.limited()) {
            endSplice();
        } else if (moved >= LARGE_READ) {
            smallReads = 0;
        } else if (moved > 0 && ++smallReads == SMALL_READS) {
            endSplice();
        }
    }

    /** The peer took what waited in the pipe. */
    private void drained() {
        resume();
    }

    /** What waits in the pipe is for a sink that does not read; that splice is kept. */
    private void endQuietSplice() {
        if (splice != null && !splice.waiting() && bytes.get() == bytesSeen) {
            endSplice();
        }
        bytesSeen = bytes.get();
    }

    private void endSplice() {
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

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        pass((ByteBuf) message);
    }

    /** The peer has a full queue: let this side's own peer wait in turn. */
    private void pause() {
        if (!unstoppable) {
            channel.config().setAutoRead(false);
        }
        peer.charge(QueueBudget.queuedIn(peer.channel));
    }

    private void charge(long now) {
        budget.add(now - charged);
        charged = now;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable()) {
            charge(0);
            peer.resume();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE || event == ChannelInputShutdownReadComplete.INSTANCE) {
            inputEnded();
        } else if (event == ChannelOutputShutdownEvent.INSTANCE && !outputDone) {
            outputBroken();
        }
    }

    /** FIN: everything read so far, then FIN, goes to the peer; netty would drop what is queued. */
    void inputEnded() {
        if (inputEnded || relay.hasEnded()) {
            return;
        }
        inputEnded = true;
        endSplice();
        if (outputBroken) {
            relay.broken(ifBroken);
            return;
        }
        if (outputDone) {
            channel.close();
        }
        peer.channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (written.isSuccess()) {
                peer.endOutput();
            }
        });
    }

    private void endOutput() {
        if (relay.hasEnded()) {
            return;
        }
        outputDone = true;
        if (inputEnded) {
            // Sends FIN as well; and a socket that is shut both ways must not stay: epoll reports it over and over.
            channel.close();
        } else if (!sendFin()) {
            relay.broken(ifBroken);
            return;
        }
        if (finAhead && !inputEnded) {
            readToTheEnd();
        }
        relay.progressed();
    }

    private boolean sendFin() {
        // Its own FIN is then the end of both directions, at which netty closes it: channelInactive.
        ((DuplexChannelConfig) channel.config()).setAllowHalfClosure(false);
        return Transport.sendFin(channel);
    }

    /** The other end is gone. What it had sent before is still delivered; then its reset is. */
    private void outputBroken() {
        outputBroken = true;
        charge(0);
        if (inputEnded) {
            relay.broken(ifBroken);
        } else {
            readToTheEnd();
        }
    }

    /**
     * With both directions shut in the kernel, epoll reports a hang-up over and over until the input is read: it cannot
     * be paused any more. At most the kernel's receive buffer is left.
     */
    private void readToTheEnd() {
        unstoppable = true;
        channel.config().setAutoRead(true);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof PausableReads.ReadPaused) {
            finAhead = true;
            if (PausableReads.hasFailed(channel)) {
                relay.broken(ifBroken);
            } else if (outputDone || outputBroken) {
                readToTheEnd();
            }
        } else if (!(cause instanceof ChannelOutputShutdownException)) {
            // A failed write is told as ChannelOutputShutdownEvent next; anything else ends the connection.
            relay.broken(ifBroken);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (channel.eventLoop().isShuttingDown()) {
            relay.broken(Relay.End.ABORTED);
        } else if (outputDone) {
            inputEnded();
        } else {
            relay.broken(ifBroken);
        }
    }

    void checkFailed() {
        if (inputEnded && !outputDone && PausableReads.hasFailed(channel)) {
            relay.broken(ifBroken);
        }
    }

    void reset() {
        endSplice();
        charge(0);
        Transport.reset(channel);
    }
}

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
import java.util.concurrent.atomic.AtomicLong;

/** One connection of a {@link Relay}: reads it and writes to its peer, or has the kernel {@link Splice} bulk. */
final class RelaySide extends ChannelInboundHandlerAdapter {

    /**
     * The kernel's send buffer is the queue; here only what one read left over waits. The low mark is not zero so that
     * reading resumes before the last byte has gone.
     */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(8 << 10, 16 << 10);

    private final Relay relay;
    private final Channel channel;
    private final QueueBudget budget;
    private final Brake brake;
    private final Bulk bulk;
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
    /** FIN was read behind bytes that the brake holds back. */
    private boolean finHeld;
    /** Reads to the end whatever the peer does: see {@link #readToTheEnd}. */
    private boolean unstoppable;

    /** What was told to the {@link QueueBudget}: bytes that wait to be written here. */
    private long charged;

    RelaySide(Relay relay, Channel channel, QueueBudget budget, Pace pace, Relay.End ifBroken) {
        this.relay = relay;
        this.channel = channel;
        this.budget = budget;
        this.brake = new Brake(pace, budget, channel.eventLoop(), this::passLate);
        this.bulk = new Bulk(this, channel);
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

    Channel channel() {
        return channel;
    }

    long bytes() {
        return bytes.get();
    }

    boolean outputDone() {
        return outputDone;
    }

    /** Whether bytes wait for their turn. */
    boolean braked() {
        return brake.on();
    }

    /** Writes to the peer. */
    void pass(ByteBuf data) {
        int size = data.readableBytes();
        bytes.lazySet(bytes.get() + size);
        if (peer.outputBroken || peer.outputDone) {
            data.release();
            return;
        }
        if (brake.limited() || brake.on()) {
            passInTurn(data);
            return;
        }
        write(data);
        // The write may have found out that all is over; a pipe that was opened then would never be closed.
        if (!relay.hasEnded()) {
            bulk.copied(size);
        }
    }

    private void passInTurn(ByteBuf data) {
        if (relay.hasEnded()) {
            data.release();
        } else if (!brake.holds(data)) {
            write(data);
        } else if (unstoppable) {
            brake.letGo();
        } else {
            channel.config().setAutoRead(false);
        }
    }

    private void write(ByteBuf data) {
        peer.channel.writeAndFlush(data, peer.channel.voidPromise());
        if (!peer.channel.isWritable()) {
            pause();
        }
    }

    /** What the brake held back. */
    private void passLate(ByteBuf data) {
        if (peer.outputBroken || peer.outputDone) {
            data.release();
        } else {
            write(data);
        }
        if (finHeld) {
            inputEnded();
        } else {
            resume();
        }
    }

    /** Reads on, unless there is a reason left not to. */
    void resume() {
        if (!inputEnded && !brake.on() && !relay.hasEnded() && peer.channel.isWritable()) {
            channel.config().setAutoRead(true);
        }
    }

    /** Whether nothing more passes from here. */
    boolean passesNoMore() {
        return inputEnded || peer.outputBroken || peer.outputDone;
    }

    /** The kernel has passed so many bytes. */
    void passed(long moved) {
        bytes.lazySet(bytes.get() + moved);
    }

    boolean limited() {
        return brake.limited();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        pass((ByteBuf) message);
    }

    /** The peer has a full queue: let this side's own peer wait in turn. */
    void pause() {
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
        if (brake.on()) {
            finHeld = true;
            return;
        }
        inputEnded = true;
        bulk.end();
        if (outputBroken) {
            relay.broken(ifBroken);
            return;
        }
        if (outputDone) {
            channel.close();
        }
        peer.channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            // Over TLS close_notify ends both directions at once: nothing can be written behind it.
            if (written.isSuccess() || (peer.inputEnded && TlsTermination.isOn(peer.channel))) {
                peer.endOutput();
            }
        });
    }

    private void endOutput() {
        if (relay.hasEnded()) {
            return;
        }
        outputDone = true;
        if (inputEnded || finHeld) {
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
        if (!TlsTermination.isOn(channel)) {
            return Transport.sendFin(channel);
        }
        TlsTermination.finish(channel).addListener(told -> {
            if (!relay.hasEnded() && channel.isOpen() && !Transport.sendFin(channel)) {
                relay.broken(ifBroken);
            }
        });
        return true;
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
        bulk.end();
        brake.end();
        charge(0);
        Transport.reset(channel);
    }
}

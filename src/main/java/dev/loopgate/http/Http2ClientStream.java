package dev.loopgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;

/** A stream of a client's HTTP/2 connection. */
final class Http2ClientStream extends ClientStream {

    /** How long a client may take to see that it was answered, and need not send the rest. */
    private static final long LINGER = 1_000_000_000L;

    /** Where the status begins in the head of an answer. */
    private static final int STATUS = "HTTP/1.1 ".length();

    private final HttpLoop loop;
    private final Http2ClientConnection connection;
    private final Http2Stream stream;
    private final long opened;
    private boolean failed;
    private boolean answered;
    private boolean lingers;
    private long lingersSince;

    Http2ClientStream(HttpLoop loop, Http2ClientConnection connection, Http2Stream stream) {
        super(loop, connection.client());
        this.loop = loop;
        this.connection = connection;
        this.stream = stream;
        this.opened = loop.now();
    }

    /** How long the client has waited for the answer; for longer than anybody waits, where it has it. */
    long waited(long now) {
        return lingers ? Long.MAX_VALUE : now - opened;
    }

    @Override
    public ByteBufAllocator alloc() {
        return connection.channel().alloc();
    }

    @Override
    public boolean isActive() {
        return stream.state() != Http2Stream.State.CLOSED
                && connection.channel().isActive();
    }

    @Override
    public void flush() {
        connection.frames().flushSoon();
    }

    /** The client says nothing more on any stream. */
    void cutShort() {
        if (lingers) {
            dismiss();
        } else if (!hasEnded() && !answered) {
            gone();
            connection.frames().reset(stream.id(), Http2Error.CANCEL);
            flush();
        }
    }

    @Override
    void sweep(long now) {
        if (lingers && now - lingersSince > LINGER) {
            dismiss();
        } else {
            super.sweep(now);
        }
    }

    @Override
    void writeSection(HeadBuilder head, boolean last) {
        failed = head.bytes[STATUS] >= '3';
        connection.frames().writeResponse(stream.id(), head, last);
    }

    @Override
    void writeData(ByteBuf data, boolean last) {
        int bytes = data.readableBytes();
        ChannelFuture sent = connection.frames().writeData(stream.id(), data, last);
        if (bytes > 0) {
            sent.addListener(done -> written(bytes));
        }
    }

    @Override
    void writeTrailers(byte[] section) {
        connection.frames().writeTrailers(stream.id(), section);
    }

    @Override
    void reset(Reset why) {
        if (why == Reset.BROKEN) {
            connection.frames().reset(stream.id(), Http2Error.INTERNAL_ERROR);
        } else {
            answered = true;
            endOnceSent();
        }
    }

    /** One direction is over. */
    void halfClosed() {
        endOnceSent();
    }

    /**
     * The end of the answer may still be queued, and a reset would overtake it. One that comes right behind it has curl 7.88
     * throw the answer away: to a failure, clients end the stream themselves, and get the time to; what they still send is
     * thrown away here. After any other answer curl would send on, not read any more, and wait for ever.
     */
    private void endOnceSent() {
        if (answered && !lingers && stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
            if (failed) {
                lingers = true;
                lingersSince = loop.now();
                connection.linger(this);
            } else {
                dismiss();
            }
        }
    }

    /** What the client would still send is not wanted (RFC 9113 §8.1). */
    void dismiss() {
        lingers = false;
        connection.frames().reset(stream.id(), Http2Error.NO_ERROR);
        flush();
    }

    @Override
    void consumed(int bytes) {
        connection.frames().consumed(stream, bytes);
    }
}

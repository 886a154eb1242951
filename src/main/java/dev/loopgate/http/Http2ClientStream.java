package dev.loopgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;

/** A stream of a client's HTTP/2 connection. */
final class Http2ClientStream extends ClientStream {

    private final Http2ClientConnection connection;
    private final Http2Stream stream;
    private boolean resetOnceSent;

    Http2ClientStream(HttpLoop loop, Http2ClientConnection connection, Http2Stream stream) {
        super(loop, connection.client());
        this.connection = connection;
        this.stream = stream;
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
        if (!hasEnded()) {
            gone();
            connection.frames().reset(stream.id(), Http2Error.CANCEL);
            flush();
        }
    }

    @Override
    void writeSection(HeadBuilder head, boolean last) {
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
        } else if (stream.state().localSideOpen()) {
            // The end of the answer is still queued, and a reset would overtake it.
            resetOnceSent = true;
        } else {
            connection.frames().reset(stream.id(), Http2Error.NO_ERROR);
        }
    }

    /** One direction is over. */
    void halfClosed() {
        if (resetOnceSent && !stream.state().localSideOpen()) {
            resetOnceSent = false;
            connection.frames().reset(stream.id(), Http2Error.NO_ERROR);
            flush();
        }
    }

    @Override
    void consumed(int bytes) {
        connection.frames().consumed(stream, bytes);
    }
}

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
        connection.frames().reset(stream.id(), why == Reset.DONE ? Http2Error.NO_ERROR : Http2Error.INTERNAL_ERROR);
    }

    @Override
    void consumed(int bytes) {
        connection.frames().consumed(stream, bytes);
    }
}

package dev.loopgate.http;

import dev.loopgate.net.PausableReads;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one HTTP/2 connection (RFC 9113), on either side of the gateway: netty reads, checks and writes them, and
 * keeps the windows. Bounded against a peer that has others work: streams, resets, empty frames, frames that are answered,
 * and the size of field sections. Belongs to the connection's event loop.
 */
final class Http2Frames extends Http2ConnectionHandler {

    /** How many requests a client may have at once. */
    static final int STREAMS = 100;

    /** The size of our table for field compression, in bytes: the default of RFC 7541. */
    private static final int TABLE = 4096;

    private final Http2Streams<?> owner;
    private final Http2Settings told;
    private final ClosedStreams streams = new ClosedStreams(connection());
    private final Runnable flush = this::flushNow;
    private @Nullable ChannelHandlerContext context;
    private boolean flushing;
    private boolean heard;
    private boolean deaf;

    /** @param told the settings that the peer gets */
    Http2Frames(
            Http2Streams<?> owner, Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings told) {
        super(decoder, encoder, told);
        this.owner = owner;
        this.told = told;
        connection().addListener(streams);
    }

    /** @param server whether the peer is the client */
    static Http2Frames of(Http2Streams<?> owner, boolean server) {
        return new Http2FramesBuilder(owner, server).build();
    }

    // Writing

    void writeResponse(int stream, HeadBuilder head, boolean last) {
        ChannelHandlerContext to = context();
        Http2Headers section =
                SectionWriter.response(head.bytes, head.length, new DefaultHttp2Headers(false, false, 16));
        encoder().writeHeaders(to, stream, section, 0, last, to.newPromise());
    }

    ChannelFuture writeRequest(int stream, byte[] head, int length, boolean secure, boolean last) {
        ChannelHandlerContext to = context();
        Http2Headers section = SectionWriter.request(head, length, secure, new DefaultHttp2Headers(false, false, 16));
        return encoder().writeHeaders(to, stream, section, 0, last, to.newPromise());
    }

    /** @return done once the peer was sent it, or never will be */
    ChannelFuture writeData(int stream, ByteBuf data, boolean last) {
        ChannelHandlerContext to = context();
        return encoder().writeData(to, stream, data, 0, last, to.newPromise());
    }

    /** The last of a message. */
    void writeTrailers(int stream, byte[] lines) {
        ChannelHandlerContext to = context();
        Http2Headers section = SectionWriter.trailers(lines, new DefaultHttp2Headers(false, false, 8));
        encoder().writeHeaders(to, stream, section, 0, true, to.newPromise());
    }

    void reset(int stream, Http2Error why) {
        if (connection().stream(stream) != null) {
            ChannelHandlerContext to = context();
            encoder().writeRstStream(to, stream, why.code(), to.newPromise());
        }
    }

    /** The peer may send as much more on a stream. */
    void consumed(Http2Stream stream, int bytes) {
        try {
            if (connection().local().flowController().consumeBytes(stream, bytes)) {
                flushSoon();
            }
        } catch (Http2Exception e) {
            onError(context(), true, e);
        }
    }

    /** Sends what is written, with whatever else is written until the loop has done what it is at: in one call of the system. */
    void flushSoon() {
        if (!flushing) {
            flushing = true;
            context().executor().execute(flush);
        }
    }

    private void flushNow() {
        flushing = false;
        flush(context());
    }

    /** Asks the peer to open no more streams; those that it has opened before it reads that are served (RFC 9113 §6.8). */
    void goAwaySoon() {
        goAway(Integer.MAX_VALUE, Http2Error.NO_ERROR, "");
    }

    /**
     * Says that no more streams are taken. What still comes is dropped; netty closes a connection that ends in an error.
     *
     * @param words for who debugs the peer
     */
    void goAway(Http2Error why, String words) {
        deaf = true;
        goAway(connection().remote().lastStreamCreated(), why, words);
    }

    private void goAway(int lastStream, Http2Error why, String words) {
        ChannelHandlerContext to = context();
        goAway(to, lastStream, why.code(), Unpooled.copiedBuffer(words, StandardCharsets.US_ASCII), to.newPromise());
        to.flush();
    }

    /** Runs something once all that was written has left; netty takes a stream for closed, and closes, before that. */
    void whenWritten(Runnable then) {
        context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> then.run());
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext own = context;
        if (own == null) {
            throw new IllegalStateException("not on a channel yet");
        }
        return own;
    }

    /** Whether anything was read. */
    boolean heard() {
        return heard;
    }

    /** What we remember of the fields that we send is not for the peer to make large. */
    void limitTable() {
        try {
            if (encoder().configuration().headersConfiguration().maxHeaderTableSize() > TABLE) {
                encoder().configuration().headersConfiguration().maxHeaderTableSize(TABLE);
            }
        } catch (Http2Exception e) {
            onError(context(), true, e);
        }
    }

    /** The peer has reset a stream. */
    void resetCame(int stream) {
        streams.resetCame(stream);
    }

    // What the channel says

    @Override
    public void handlerAdded(ChannelHandlerContext added) throws Exception {
        context = added;
        super.handlerAdded(added);
        added.flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext at, Object message) throws Exception {
        ByteBuf in = (ByteBuf) message;
        if (deaf) {
            in.release();
            return;
        }
        if (!heard) {
            heard = true;
            // With the acknowledgment, netty would no longer read a section that is much larger, and end the
            // connection.
            told.remove(Http2CodecUtil.SETTINGS_MAX_HEADER_LIST_SIZE);
        }
        owner.came(in);
        super.channelRead(at, in);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext at) throws Exception {
        owner.readComplete();
        super.channelReadComplete(at);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext at, Object event) throws Exception {
        super.userEventTriggered(at, event);
        if (event instanceof ChannelInputShutdownEvent) {
            owner.inputEnded();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext at) throws Exception {
        super.channelInactive(at);
        owner.broken();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext at, Throwable cause) {
        Channel channel = at.channel();
        if (cause instanceof PausableReads.ReadPaused && !PausableReads.hasFailed(channel)) {
            return;
        }
        if (!(cause instanceof IOException)) {
            onError(at, false, cause);
        } else {
            owner.broken();
        }
    }

    /** Where netty reads RFC 9113 §5.1 in another way: what comes on streams that are over, or that never began. */
    @Override
    protected void onStreamError(
            ChannelHandlerContext at, boolean outbound, Throwable cause, Http2Exception.StreamException fault) {
        int id = fault.streamId();
        Http2Stream stream = connection().stream(id);
        if (!outbound && stream != null) {
            if (!connection().isServer()) {
                // Before the exchange ends, which would cancel it.
                encoder().writeRstStream(at, id, fault.error().code(), at.newPromise());
            }
            owner.violated(stream, fault);
        }
        boolean late = !outbound && stream == null && fault.error() == Http2Error.STREAM_CLOSED;
        // Null where it is not a matter of how a stream has ended.
        ClosedStreams.@Nullable End end = late ? streams.end(id) : null;
        if (end == ClosedStreams.End.RESET_BY_US && streams.mayIgnore(System.nanoTime())) {
            return;
        }
        if (outbound || !connection().isServer()) {
            super.onStreamError(at, outbound, cause, fault);
        } else if (end != null && end != ClosedStreams.End.RESET_BY_PEER) {
            Http2Error error = switch (end) {
                case WHOLE -> Http2Error.STREAM_CLOSED;
                case RESET_BY_US -> Http2Error.ENHANCE_YOUR_CALM;
                default -> Http2Error.PROTOCOL_ERROR;
            };
            onConnectionError(at, false, cause, new Http2Exception(error, "a frame on a stream that is closed", cause));
        } else if (stream != null
                && stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE
                && fault.error() == Http2Error.PROTOCOL_ERROR
                && owner.of(stream) != null) {
            encoder().writeRstStream(at, id, Http2Error.STREAM_CLOSED.code(), at.newPromise());
        } else {
            if (stream == null) {
                streams.beginRefused(id);
            }
            super.onStreamError(at, false, cause, fault);
        }
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext at, boolean outbound, Throwable cause, @Nullable Http2Exception fault) {
        if (!outbound && fault != null) {
            owner.violated(null, fault);
        }
        super.onConnectionError(at, outbound, cause, fault);
    }

    @Override
    protected void handleServerHeaderDecodeSizeError(ChannelHandlerContext at, Http2Stream stream) {
        FailureCode code = FailureCode.FIELDS_TOO_LARGE;
        Http2Headers section = new DefaultHttp2Headers(false, false, 4)
                .status(Integer.toString(code.status()))
                .add("x-loopgate-error", code.text())
                .add("content-length", "0");
        encoder().writeHeaders(at, stream.id(), section, 0, true, at.newPromise());
        // That was an answer, and no fault of the stream, which netty would make of it.
        reset(stream.id(), Http2Error.NO_ERROR);
    }
}

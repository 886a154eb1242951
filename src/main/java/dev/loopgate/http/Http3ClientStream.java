package dev.loopgate.http;

import dev.loopgate.net.StoppedStreams;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.quic.QuicException;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** A stream of a client's HTTP/3 connection. */
final class Http3ClientStream extends ClientStream {

    /** How long a request that has no body as a rule is waited with for its end, which may come in a packet of its own. */
    private static final long END_PATIENCE = 100_000_000L;

    /** How long a client may go on sending what is not wanted any more. */
    private static final long LINGER = 5_000_000_000L;

    /** From the first byte of a request to the end of its header section. */
    private static final long HEAD_DEADLINE = 15_000_000_000L;

    private static final byte[] NO_TRAILERS = new byte[0];

    private final HttpLoop loop;
    private final Http3ClientConnection connection;
    private final QuicStreamChannel channel;
    private final ChannelHandler reader = new Reader();
    private @Nullable Http3Headers request;
    private final long opened;
    private long requestCame;
    private boolean begun;
    private boolean complete;
    private boolean finishing;
    private boolean over;
    private boolean stopped;
    private long overSince;
    private int unread;
    private @Nullable ChannelFuture written;

    Http3ClientStream(HttpLoop loop, Http3ClientConnection connection, Client client, QuicStreamChannel channel) {
        super(loop, client);
        this.loop = loop;
        this.connection = connection;
        this.channel = channel;
        this.opened = loop.now();
        channel.pipeline().addLast(reader);
    }

    // What the client says

    /** Behind netty's codec, which has checked the order of frames and that lengths are as they were told. */
    private final class Reader extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object frame) {
            try {
                if (frame instanceof Http3HeadersFrame head) {
                    section(head.headers());
                } else if (frame instanceof Http3DataFrame data) {
                    begin(false);
                    body(data.content().retain());
                }
            } catch (MalformedMessage e) {
                refuse();
            } finally {
                ReferenceCountUtil.release(frame);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            Http3Headers head = request;
            if (head != null && (channel.isInputShutdown() || !isBodiless(head.method()))) {
                beginOrRefuse(channel.isInputShutdown());
            }
            flushUpstream();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownReadComplete) {
                beginOrRefuse(true);
                end(NO_TRAILERS);
                flushUpstream();
                inputEnded();
            }
        }

        /** The client has reset the stream, or what it sent is no request. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            giveUp(
                    cause instanceof QuicException
                            ? Http3ErrorCode.H3_REQUEST_CANCELLED
                            : Http3ErrorCode.H3_MESSAGE_ERROR);
            if (cause instanceof QuicException) {
                inputEnded();
            }
        }
    }

    private void section(Http3Headers headers) throws MalformedMessage {
        if (begun || request != null) {
            begin(false);
            end(loop.sections.trailers(headers, FailureCode.BAD_FRAMING));
        } else {
            // Whether it has a body is not known before what follows has come.
            request = headers;
            requestCame = loop.now();
        }
    }

    private static boolean isBodiless(@Nullable CharSequence method) {
        return method != null && ("GET".contentEquals(method) || "HEAD".contentEquals(method));
    }

    private void begin(boolean last) throws MalformedMessage {
        Http3Headers headers = request;
        if (headers != null) {
            request = null;
            begun = true;
            complete = last;
            begin(headers, last);
        }
    }

    private void beginOrRefuse(boolean last) {
        try {
            begin(last);
        } catch (MalformedMessage e) {
            refuse();
        }
    }

    private void body(ByteBuf data) {
        int bytes = data.readableBytes();
        unread += bytes - came(data);
        if (unread > 0) {
            // The rest waits in the library, which tells the client by its window.
            channel.config().setAutoRead(false);
        }
    }

    private void end(byte[] trailers) {
        if (begun && !complete) {
            complete = true;
            ended(trailers);
        }
    }

    private void refuse() {
        giveUp(Http3ErrorCode.H3_MESSAGE_ERROR);
    }

    private void giveUp(Http3ErrorCode why) {
        if (!over) {
            breakOff(why);
            connection.wasReset(opened);
        }
    }

    @Override
    void sweep(long now) {
        if (request != null && now - requestCame > END_PATIENCE) {
            beginOrRefuse(false);
        }
        if (!begun && !over && request == null && now - opened > HEAD_DEADLINE) {
            giveUp(Http3ErrorCode.H3_REQUEST_REJECTED);
        } else if (over && now - overSince > LINGER) {
            channel.shutdownInput(Http3ErrorCode.H3_NO_ERROR.code());
            connection.gaveUp(this);
        } else if (!over && isWaiting() && StoppedStreams.contains(channel)) {
            stopped();
        }
        super.sweep(now);
    }

    /** Whether something of the answer is still to come, or to be taken by the client. */
    private boolean isWaiting() {
        ChannelFuture last = written;
        return !finishing || (last != null && !last.isDone());
    }

    @Override
    void consumed(int bytes) {
        unread -= bytes;
        if (unread == 0 && channel.isOpen()) {
            channel.config().setAutoRead(true);
        }
    }

    // What goes to the client

    @Override
    public ByteBufAllocator alloc() {
        return channel.alloc();
    }

    @Override
    public boolean isActive() {
        return channel.isActive();
    }

    @Override
    public void flush() {
        channel.flush();
    }

    @Override
    void writeSection(HeadBuilder head, boolean last) {
        write(SectionWriter.response(head.bytes, head.length, new DefaultHttp3Headers(false)), last);
    }

    @Override
    void writeTrailers(byte[] section) {
        write(SectionWriter.trailers(section, new DefaultHttp3Headers(false)), true);
    }

    private void write(Http3Headers section, boolean last) {
        written = channel.write(new DefaultHttp3HeadersFrame(section));
        if (last) {
            finish();
        }
    }

    @Override
    void writeData(ByteBuf data, boolean last) {
        int bytes = data.readableBytes();
        if (bytes > 0) {
            // A slice: of a buffer that does not begin with what is to be read of it, netty would send the beginning.
            written = channel.write(new DefaultHttp3DataFrame(data.slice())).addListener(sent -> {
                written(bytes);
                if (!sent.isSuccess()) {
                    stopped();
                }
            });
        } else {
            data.release();
        }
        if (last) {
            finish();
        }
    }

    /** netty would not have the end wait for what it has queued itself. */
    private void finish() {
        ChannelFuture last = written;
        finishing = true;
        if (last == null) {
            sendEnd();
        } else {
            last.addListener(sent -> sendEnd());
        }
    }

    private void sendEnd() {
        channel.shutdownOutput().addListener(sent -> {
            if (!sent.isSuccess()) {
                stopped();
            }
        });
    }

    /** The channel is. An answer that is written may have closed it by its last byte, before its exchange is done. */
    void closed() {
        if (!finishing) {
            gone();
        }
    }

    /** The client wants no more of the answer. */
    private void stopped() {
        stopped = true;
        giveUp(Http3ErrorCode.H3_REQUEST_CANCELLED);
    }

    @Override
    void reset(Reset why) {
        if (why == Reset.BROKEN) {
            breakOff(Http3ErrorCode.H3_INTERNAL_ERROR);
        } else {
            over();
        }
    }

    private void breakOff(Http3ErrorCode why) {
        request = null;
        over();
        gone();
        if (channel.isOpen()) {
            channel.shutdownOutput(why.code());
            if (queued() > 0) {
                // Has netty find out that what it has queued is not wanted.
                channel.write(new DefaultHttp3DataFrame(Unpooled.EMPTY_BUFFER));
            }
        }
        if (channel.isInputShutdown()) {
            inputEnded();
        }
    }

    /**
     * Nothing more goes to the client. What it still says is read and dropped for a while: in the place of a stream that is
     * not read to its end, quiche does not always let the client open another one.
     */
    private void over() {
        over = true;
        overSince = loop.now();
    }

    /**
     * Nothing more comes, either. A channel that was reset is not closed: netty would say then that the answer has ended,
     * which a client that missed the reset would take for the whole of it. It goes with the connection.
     */
    private void inputEnded() {
        if (over) {
            connection.left(this);
            if (stopped) {
                channel.close();
            }
        }
    }
}

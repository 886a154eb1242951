package dev.loopgate.http;

import dev.loopgate.net.PausableReads;
import dev.loopgate.net.TlsTermination;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A connection to an upstream, serving one exchange at a time; idle in its loop's pool between them. */
final class UpstreamConnection extends ChannelInboundHandlerAdapter implements UpstreamLink, Outlet.OfChannel {

    /** Room in front of what is read, in bytes: an answer's head that grows by a field still goes out with its body. */
    static final int HEADROOM = 128;

    private final HttpLoop loop;
    private final Upstream upstream;
    private final Channel channel;
    private @Nullable Exchange exchange;
    private @Nullable ByteBuf partialHead;
    private boolean headRead;
    private boolean reused;
    private boolean reset;
    private boolean over;
    private boolean paused;
    private long idleSince;
    private long idleLimit = UpstreamPool.MAX_IDLE;

    UpstreamConnection(HttpLoop loop, Upstream upstream, Channel channel) {
        this.loop = loop;
        this.upstream = upstream;
        this.channel = channel;
    }

    @Override
    public Channel channel() {
        return channel;
    }

    @Override
    public UpstreamConnection alone() {
        return this;
    }

    @Override
    public boolean framed() {
        return true;
    }

    @Override
    public boolean reused() {
        return reused;
    }

    boolean usable(long now) {
        return !over && now - idleSince < idleLimit;
    }

    long idleFor(long now) {
        return now - idleSince;
    }

    @Override
    public void attach(Exchange next) {
        exchange = next;
        headRead = false;
    }

    @Override
    public void detach(boolean reusable) {
        exchange = null;
        reused = true;
        if (reusable && !over && !reset && idleLimit > 0) {
            resume();
            idleSince = loop.now();
            upstream.pool(loop).put(this);
            loop.watch(upstream);
        } else {
            close();
        }
    }

    @Override
    public void limitIdle(long nanos) {
        // Less a second, since the news takes time.
        idleLimit = Math.min(UpstreamPool.MAX_IDLE, nanos - 1_000_000_000L);
    }

    @Override
    public void send(ByteBuf request, int requestHead, boolean last) {
        data(request);
    }

    @Override
    public void data(ByteBuf data) {
        channel.write(data, channel.voidPromise());
    }

    @Override
    public void end(byte[] trailers) {
        if (trailers.length > 0) {
            data(Unpooled.wrappedBuffer(trailers));
        }
    }

    @Override
    public void pause() {
        if (!paused) {
            paused = true;
            channel.config().setAutoRead(false);
        }
    }

    @Override
    public void resume() {
        if (paused) {
            paused = false;
            channel.config().setAutoRead(true);
        }
    }

    void close() {
        over = true;
        releasePartialHead();
        channel.close();
    }

    /** Nothing more goes to the upstream: once protocols were switched, it hears of that as a client's end is told. */
    void endOutput() {
        // netty drops what is still queued.
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> TlsTermination.endOutput(channel));
    }

    /** Gives the channel away; this object has no more to do with it. */
    void handOver() {
        over = true;
        exchange = null;
        resume();
        channel.pipeline().remove(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        Exchange current = exchange;
        if (current == null) {
            // Bytes that nobody asked for: whoever came next would take them for its answer.
            in.release();
            discard();
        } else if (headRead) {
            current.answer().data(in);
        } else {
            readHead(current, join(in));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (exchange != null) {
            exchange.answer().flush();
        }
    }

    private ByteBuf join(ByteBuf in) {
        ByteBuf before = partialHead;
        if (before == null) {
            return in;
        }
        partialHead = null;
        ByteBuf whole = channel.alloc().directBuffer(HEADROOM + before.readableBytes() + in.readableBytes());
        whole.setIndex(HEADROOM, HEADROOM);
        whole.writeBytes(before).writeBytes(in);
        before.release();
        in.release();
        return whole;
    }

    private void readHead(Exchange current, ByteBuf in) {
        Head head = loop.head;
        long now = loop.now();
        try {
            while (in.isReadable()) {
                if (!loop.parser.parseResponse(in)) {
                    partialHead = in;
                    return;
                }
                current.answerBegan(now);
                if (head.status >= 200 || head.status == 101) {
                    headRead = true;
                    in.skipBytes(head.length);
                    current.answer().head(head, in, this, now, false);
                    return;
                }
                current.answer().interim(head, now);
                in.skipBytes(head.length);
                if (over) {
                    // Writing it showed that the client is gone.
                    break;
                }
            }
        } catch (MalformedMessage e) {
            in.release();
            current.answer().badAnswer(e.code(), e.reason());
            return;
        }
        in.release();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (exchange != null && channel.isWritable()) {
            exchange.upstreamReads();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ended();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ended();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof PausableReads.ReadPaused && !PausableReads.hasFailed(channel)) {
            return;
        }
        // A write that failed is not the end: the answer (a 413, say) may still be there to be read, and the end of
        // the input follows in any case.
        reset = true;
        if (!(cause instanceof IOException)) {
            channel.close();
        }
    }

    private void ended() {
        if (over) {
            return;
        }
        over = true;
        Exchange current = exchange;
        exchange = null;
        boolean partial = partialHead != null;
        releasePartialHead();
        channel.close();
        if (current == null) {
            upstream.pool(loop).remove(this);
        } else if (headRead) {
            current.answer().upstreamEnded(reset);
        } else if (partial) {
            current.answer().badAnswer(FailureCode.BAD_RESPONSE, "it closed the connection within its header section");
        } else {
            current.upstreamLost(reset, false);
        }
    }

    private void discard() {
        upstream.pool(loop).remove(this);
        close();
    }

    private void releasePartialHead() {
        ByteBuf before = partialHead;
        partialHead = null;
        if (before != null) {
            before.release();
        }
    }
}

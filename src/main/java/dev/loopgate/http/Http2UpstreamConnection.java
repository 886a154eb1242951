package dev.loopgate.http;

import dev.loopgate.net.Printable;
import dev.loopgate.net.TlsTermination;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A connection to an upstream that speaks HTTP/2, serving as many exchanges at once as the upstream lets it. Belongs to
 * its event loop.
 */
final class Http2UpstreamConnection extends Http2Streams<Http2UpstreamStream> {

    /** How long an answer that is whole may lack the frame that says so, in nanoseconds. */
    private static final long END_DEADLINE = 5_000_000_000L;

    /** How much is said of a fault, in characters. */
    private static final int WORDS = 120;

    private final HttpLoop loop;
    private final Upstream upstream;
    private final Channel channel;
    private final boolean kept;
    private final ArrayDeque<Awaited> awaited = new ArrayDeque<>(0);
    private int open;
    private boolean used;
    private boolean greeted;
    private @Nullable Runnable whenGreeted;
    private boolean foreign;
    private int refused;
    private int lastProcessed = Integer.MAX_VALUE;
    private boolean leaving;
    private boolean over;
    private long idleSince;

    private Http2UpstreamConnection(HttpLoop loop, Upstream upstream, Channel channel, boolean kept) {
        super(false);
        this.loop = loop;
        this.upstream = upstream;
        this.channel = channel;
        this.kept = kept;
        this.idleSince = loop.now();
    }

    /**
     * Begins to speak HTTP/2 on a connection, whose handlers for TLS, where it has some, are in place.
     *
     * @param kept whether other exchanges may use it, at the same time and after the first
     */
    static Http2UpstreamConnection begin(HttpLoop loop, Upstream upstream, Channel channel, boolean kept) {
        Http2UpstreamConnection connection = new Http2UpstreamConnection(loop, upstream, channel, kept);
        channel.pipeline().addLast(connection.frames());
        if (kept) {
            upstream.pool(loop).share(connection);
            loop.watch(upstream);
        }
        return connection;
    }

    /** A stream for one more exchange. */
    Http2UpstreamStream open() {
        open++;
        Http2UpstreamStream stream = new Http2UpstreamStream(loop, this, used);
        used = true;
        return stream;
    }

    /** Whether it takes another exchange, as far as the upstream has said. */
    boolean hasRoom() {
        return greeted && !leaving && !over && open < limit();
    }

    private int limit() {
        return Math.min(Http2Frames.STREAMS, frames().connection().local().maxActiveStreams());
    }

    /** Whether the upstream has said how many exchanges it takes. */
    boolean isGreeted() {
        return greeted;
    }

    /** @param then run once the upstream has said how many exchanges it takes, or never will */
    void whenGreeted(Runnable then) {
        whenGreeted = then;
    }

    private void greetedOrNot() {
        Runnable then = whenGreeted;
        whenGreeted = null;
        if (then != null) {
            then.run();
        }
    }

    /** For how long it has had no exchange, in nanoseconds. */
    long idleFor(long now) {
        return open == 0 ? now - idleSince : 0;
    }

    void sweep(long now) {
        if (open == 0 && now - idleSince > UpstreamPool.MAX_IDLE) {
            close();
        }
        while (!awaited.isEmpty() && now - awaited.peekFirst().since() > END_DEADLINE) {
            frames().reset(awaited.removeFirst().stream(), Http2Error.CANCEL);
            frames().flushSoon();
        }
    }

    /** The end of that stream is to come by itself, and soon. */
    void awaitEnd(int stream) {
        awaited.addLast(new Awaited(stream, loop.now()));
    }

    ByteBufAllocator alloc() {
        return channel.alloc();
    }

    boolean isActive() {
        return channel.isActive();
    }

    boolean secure() {
        return upstream.secure();
    }

    int nextStream() {
        return frames().connection().local().incrementAndGetNextStreamId();
    }

    /** Its first section was written; null where the connection did not take it. */
    @Nullable
    Http2Stream began(int id, Http2UpstreamStream own) {
        Http2Stream stream = frames().connection().stream(id);
        if (stream != null) {
            keep(stream, own);
        }
        return stream;
    }

    /** One exchange less. */
    void done() {
        open--;
        idleSince = loop.now();
        if (leaving || !kept) {
            close();
        }
    }

    /** Takes no more exchanges, and ends with the last it has. */
    void close() {
        leaving = true;
        upstream.pool(loop).unshare(this);
        if (open == 0 && !over) {
            over = true;
            channel.close();
        }
        greetedOrNot();
    }

    // What the upstream says

    @Override
    public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) {
        greeted = true;
        frames().limitTable();
        upstream.exchangesPerConnection(Math.max(1, limit()));
        greetedOrNot();
    }

    /** Whether what came is no HTTP/2. */
    boolean spokeOtherwise() {
        return !greeted && foreign;
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext context, int id, Http2Headers headers, int padding, boolean last) {
        Http2UpstreamStream own = of(id);
        if (own != null) {
            touch(own);
            own.section(headers, last);
        }
    }

    @Override
    public int onDataRead(ChannelHandlerContext context, int id, ByteBuf data, int padding, boolean last) {
        Http2UpstreamStream own = of(id);
        if (own == null) {
            return data.readableBytes() + padding;
        }
        touch(own);
        return own.came(data, last) + padding;
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
        Http2UpstreamStream own = of(stream);
        if (own != null) {
            own.closed(true, refused == stream.id() || stream.id() > lastProcessed);
        }
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext context, int id, long code) {
        if (code == Http2Error.REFUSED_STREAM.code()) {
            refused = id;
        }
    }

    @Override
    public void onGoAwayReceived(int lastStream, long code, ByteBuf debug) {
        lastProcessed = lastStream;
        close();
    }

    @Override
    void violated(@Nullable Http2Stream stream, Http2Exception fault) {
        String what = "not as HTTP/2 has it: " + words(fault);
        if (stream == null) {
            if (greeted) {
                all().forEach(own -> own.malformed(what));
            }
            return;
        }
        Http2UpstreamStream own = of(stream);
        if (own != null) {
            own.malformed(what);
        }
    }

    @Override
    void readComplete() {
        foreign = frames().heard() && !greeted;
        super.readComplete();
    }

    @Override
    void flush(Http2UpstreamStream own) {
        own.readComplete();
    }

    @Override
    void inputEnded() {
        broken();
    }

    @Override
    void broken() {
        if (over) {
            return;
        }
        over = true;
        upstream.pool(loop).unshare(this);
        all().forEach(stream -> stream.closed(true, false));
        greetedOrNot();
        TlsTermination.cutOff(channel);
    }

    /** netty quotes the upstream. */
    private static String words(Http2Exception fault) {
        String said = String.valueOf(fault.getMessage()).replaceAll("\\.$", "");
        return Printable.kept(said.length() > WORDS ? said.substring(0, WORDS) + "..." : said);
    }

    private record Awaited(int stream, long since) {}
}

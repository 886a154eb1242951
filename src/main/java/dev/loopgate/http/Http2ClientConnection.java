package dev.loopgate.http;

import dev.loopgate.net.TlsTermination;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A client's HTTP/2 connection: hands each of its streams to an exchange. Belongs to the connection's event loop. */
final class Http2ClientConnection extends Http2Streams<Http2ClientStream> implements ClientConnections.Member {

    /** What a client begins with that speaks HTTP/2 without having agreed on it (RFC 9113 §3.4). */
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private static final long IDLE_DEADLINE = 300_000_000_000L;
    private static final long FRAME_DEADLINE = 30_000_000_000L;
    private static final long FIN_DEADLINE = 30_000_000_000L;
    private static final long LINGER_DEADLINE = 2_000_000_000L;

    /** How many streams may linger: they count among those that a client may have open. */
    private static final int MOST_LINGERING = 20;

    private final HttpLoop loop;
    private final Channel channel;
    private final Client client;
    private final ClientConnections.Seat seat;
    private final ArrayDeque<Http2ClientStream> lingering = new ArrayDeque<>(2);
    private final ResetCount resets;
    private boolean greeted;
    private boolean inputEnded;
    private boolean over;
    private boolean closing;
    private boolean ending;
    private boolean written;
    private final Unfinished unfinished;
    private final long began;
    private long lastRead;
    private long lastActive;
    private long endedAt;
    private long closingSince;

    private Http2ClientConnection(HttpLoop loop, Channel channel, Client client) {
        super(true);
        this.loop = loop;
        this.channel = channel;
        this.client = client.speaking("2.0");
        this.began = loop.now();
        this.resets = new ResetCount(began);
        this.unfinished = new Unfinished(PREFACE.length(), began);
        this.lastRead = began;
        this.lastActive = began;
        this.seat = loop.add(this);
    }

    /** How much of the preface a connection begins with. */
    enum Beginning {
        NONE,
        PART,
        WHOLE
    }

    static Beginning beginning(ByteBuf in) {
        int n = Math.min(in.readableBytes(), PREFACE.length());
        for (int i = 0; i < n; i++) {
            if (in.getByte(in.readerIndex() + i) != PREFACE.charAt(i)) {
                return Beginning.NONE;
            }
        }
        return n == PREFACE.length() ? Beginning.WHOLE : Beginning.PART;
    }

    /**
     * Goes on with a connection in HTTP/2.
     *
     * @param handler that has had it so far, and makes way
     * @param seen what was read of it; taken
     */
    static void takeOver(
            HttpLoop loop, Channel channel, Client client, ChannelHandler handler, @Nullable ByteBuf seen) {
        Http2ClientConnection connection = new Http2ClientConnection(loop, channel, client);
        Http2Frames frames = connection.frames();
        channel.pipeline().replace(handler, null, frames);
        if (seen != null) {
            ChannelHandlerContext context = channel.pipeline().context(frames);
            try {
                frames.channelRead(context, seen);
            } catch (Exception e) {
                frames.exceptionCaught(context, e);
            }
        }
    }

    Client client() {
        return client;
    }

    Channel channel() {
        return channel;
    }

    // What the client says

    @Override
    void came(ByteBuf in) {
        lastRead = loop.now();
        unfinished.came(in, lastRead);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) {
        greeted = true;
        frames().limitTable();
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext context, int id, Http2Headers headers, int padding, boolean last)
            throws Http2Exception {
        Http2Stream stream = frames().connection().stream(id);
        Http2ClientStream known = of(stream);
        if (known == null && closing && loop.now() - closingSince > LINGER_DEADLINE) {
            throw Http2Exception.streamError(id, Http2Error.REFUSED_STREAM, "opened after GOAWAY");
        }
        Http2ClientStream own = known == null ? new Http2ClientStream(loop, this, stream) : known;
        try {
            if (known == null) {
                keep(stream, own);
                own.begin(headers, last);
            } else {
                SectionText.checkSize(headers);
                own.ended(loop.sections.trailers(headers, FailureCode.BAD_FRAMING));
                touch(own);
            }
        } catch (MalformedMessage e) {
            if (known == null) {
                forget(stream);
            }
            throw Http2Exception.streamError(id, Http2Error.PROTOCOL_ERROR, e.reason());
        }
    }

    @Override
    public int onDataRead(ChannelHandlerContext context, int id, ByteBuf data, int padding, boolean last) {
        Http2ClientStream own = of(id);
        if (own == null) {
            return data.readableBytes() + padding;
        }
        int passed = own.came(data.retain());
        if (last) {
            own.ended(new byte[0]);
        }
        touch(own);
        return passed + padding;
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext context, int id, long code) throws Http2Exception {
        frames().resetCame(id);
        Http2ClientStream own = of(id);
        long now = loop.now();
        if (resets.add(own == null ? 0 : own.waited(now), now)) {
            throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many requests were given up");
        }
    }

    @Override
    public void onStreamHalfClosed(Http2Stream stream) {
        Http2ClientStream own = of(stream);
        if (own != null) {
            own.halfClosed();
        }
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
        lastActive = loop.now();
        Http2ClientStream own = of(stream);
        if (own != null) {
            lingering.remove(own);
            own.gone();
        }
    }

    /** The answer was sent, and not all of the request is here. */
    void linger(Http2ClientStream own) {
        if (inputEnded) {
            own.dismiss();
            return;
        }
        lingering.add(own);
        if (lingering.size() > MOST_LINGERING) {
            lingering.remove().dismiss();
        }
    }

    @Override
    void flush(Http2ClientStream own) {
        own.flushUpstream();
    }

    @Override
    void inputEnded() {
        if (!isIdle() && !TlsTermination.canSend(channel)) {
            abort();
            return;
        }
        inputEnded = true;
        endedAt = loop.now();
        // What was not said whole never will be; of the rest, the answers may still be waited for.
        all().forEach(Http2ClientStream::cutShort);
        if (isIdle()) {
            end();
        }
    }

    @Override
    void broken() {
        abort();
    }

    // What the loop wants

    @Override
    public void closeWhenDone() {
        if (!closing && !over) {
            closing = true;
            closingSince = loop.now();
            frames().goAwaySoon();
            if (isIdle()) {
                end();
            }
        }
    }

    /** Nothing more is to be said: closes once the client was sent all, and has had the time to take it. */
    private void end() {
        if (!ending) {
            ending = true;
            lastActive = loop.now();
            frames().goAway(Http2Error.NO_ERROR, "");
            frames().whenWritten(() -> {
                written = true;
                lastActive = loop.now();
                // Not closed yet: what the client still sends would have the system drop what it has not taken.
                TlsTermination.endOutput(channel);
            });
        }
    }

    /** Has taken too long to say something, and does not hear what becomes of the rest. */
    private void giveUp() {
        ending = true;
        lastActive = loop.now();
        all().forEach(ClientStream::gone);
        frames().goAway(Http2Error.ENHANCE_YOUR_CALM, "a header that was not complete after 15 seconds");
    }

    private boolean isIdle() {
        return frames().connection().numActiveStreams() == 0;
    }

    @Override
    public void abort() {
        if (!over) {
            over = true;
            seat.leave();
            loop.countConnections();
            all().forEach(ClientStream::gone);
            TlsTermination.cutOff(channel);
        }
    }

    @Override
    public void sweep(long now) {
        if (isOverdue(now)) {
            abort();
        } else if (!ending && !inputEnded && isLate(now)) {
            giveUp();
        } else if (isIdle() && (inputEnded || closing)) {
            end();
        } else if (isIdle() && now - lastActive > IDLE_DEADLINE) {
            closeWhenDone();
        } else {
            all().forEach(stream -> stream.sweep(now));
        }
    }

    private boolean isOverdue(long now) {
        if (ending) {
            return (written && inputEnded) || now - lastActive > (written ? LINGER_DEADLINE : IDLE_DEADLINE);
        }
        if (inputEnded) {
            return now - endedAt > FIN_DEADLINE;
        }
        return unfinished.isContent() && now - lastRead > FRAME_DEADLINE;
    }

    /** As long as a client of HTTP/1.1 has for the header of its request. */
    private boolean isLate(long now) {
        return unfinished.isControl()
                ? now - unfinished.since() > ClientConnection.HEAD_DEADLINE
                : !greeted && now - began > ClientConnection.HEAD_DEADLINE;
    }
}

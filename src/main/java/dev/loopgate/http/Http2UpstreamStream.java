package dev.loopgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/** A stream of an HTTP/2 connection to an upstream, serving one exchange. */
final class Http2UpstreamStream extends StreamOutlet implements UpstreamLink {

    private static final byte[] NO_TRAILERS = new byte[0];

    private final HttpLoop loop;
    private final Http2UpstreamConnection connection;
    private final boolean reused;
    private @Nullable Exchange exchange;
    private @Nullable Http2Stream stream;
    private int id;
    private boolean requestEnded;
    private boolean headRead;
    private boolean chunked;
    private boolean ended;
    private boolean paused;
    private boolean finished;
    private int unconsumed;

    Http2UpstreamStream(HttpLoop loop, Http2UpstreamConnection connection, boolean reused) {
        this.loop = loop;
        this.connection = connection;
        this.reused = reused;
    }

    // What the exchange says

    @Override
    public boolean framed() {
        return false;
    }

    @Override
    public boolean reused() {
        return reused;
    }

    @Override
    public void attach(Exchange next) {
        exchange = next;
    }

    @Override
    public void send(ByteBuf request, int headLength, boolean last) {
        byte[] head = new byte[headLength];
        request.readBytes(head);
        boolean bare = !request.isReadable();
        id = connection.nextStream();
        ChannelFuture sent = connection.frames().writeRequest(id, head, headLength, connection.secure(), last && bare);
        stream = connection.began(id, this);
        requestEnded = last;
        if (bare) {
            request.release();
        } else {
            write(request, last);
        }
        if (stream == null) {
            // Refused before it was sent: the connection is at its end, or at its limit.
            sent.addListener(done -> closed(true, true));
        }
    }

    @Override
    public void data(ByteBuf data) {
        write(data, false);
    }

    private void write(ByteBuf data, boolean last) {
        int bytes = data.readableBytes();
        adding(bytes);
        connection.frames().writeData(id, data, last).addListener(done -> written(bytes));
    }

    @Override
    public void end(byte[] trailers) {
        requestEnded = true;
        if (!isActive()) {
            return;
        }
        if (trailers.length > TrailerSection.EMPTY_LINE) {
            connection.frames().writeTrailers(id, trailers);
        } else {
            connection.frames().writeData(id, Unpooled.EMPTY_BUFFER, true);
        }
    }

    @Override
    void hasRoom() {
        if (exchange != null) {
            exchange.upstreamReads();
        }
    }

    @Override
    public boolean isActive() {
        return stream != null && stream.state() != Http2Stream.State.CLOSED && connection.isActive();
    }

    @Override
    public void flush() {
        connection.frames().flushSoon();
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void resume() {
        paused = false;
        giveBack();
    }

    @Override
    public void limitIdle(long nanos) {
        // Connections of HTTP/2 say themselves when they end.
    }

    @Override
    public void detach(boolean reusable) {
        exchange = null;
        giveBack();
        Http2Stream own = stream;
        if (own == null) {
            finished();
            return;
        }
        boolean said = requestEnded && !own.state().localSideOpen();
        if (said && reusable && !ended) {
            // All of the answer is here but for the frame that says so; a reset would look like trouble.
            connection.awaitEnd(own.id());
        } else if (!said || !ended) {
            connection.frames().reset(id, ended ? Http2Error.NO_ERROR : Http2Error.CANCEL);
            flush();
        }
    }

    /** The connection has room for another. */
    private void finished() {
        if (!finished) {
            finished = true;
            connection.done();
        }
    }

    private void giveBack() {
        Http2Stream own = stream;
        int bytes = unconsumed;
        unconsumed = 0;
        if (own != null && bytes > 0) {
            connection.frames().consumed(own, bytes);
        }
    }

    // What the upstream says

    void section(Http2Headers section, boolean last) {
        Exchange current = exchange;
        if (current == null) {
            return;
        }
        try {
            if (headRead) {
                ended(loop.sections.trailers(section, FailureCode.BAD_RESPONSE));
            } else {
                head(current, section, last);
            }
        } catch (MalformedMessage e) {
            current.answer().badAnswer(e.code(), e.reason());
        }
    }

    private void head(Exchange current, Http2Headers section, boolean last) throws MalformedMessage {
        boolean framed = current.clientFramed();
        loop.sections.response(section, framed && !last);
        HeadBuilder written = loop.sections.head();
        loop.parser.parseResponse(written.bytes, written.length, "2.0");
        Head head = loop.head;
        long now = loop.now();
        current.answerBegan(now);
        if (head.status == 101) {
            throw new MalformedMessage(FailureCode.BAD_RESPONSE, "it switched protocols, which HTTP/2 cannot");
        }
        if (head.status < 200) {
            if (last) {
                throw new MalformedMessage(FailureCode.BAD_RESPONSE, "it ended behind an interim answer");
            }
            current.answer().interim(head, now);
            return;
        }
        headRead = true;
        ended = last;
        chunked = head.has(FieldKind.TRANSFER_ENCODING);
        current.answer().head(head, Unpooled.EMPTY_BUFFER, this, now, last);
    }

    /** @return how much of it is dealt with, in bytes; the rest is told of later */
    int came(ByteBuf data, boolean last) {
        int bytes = data.readableBytes();
        Exchange current = exchange;
        ended |= last;
        if (current == null) {
            return bytes;
        }
        if (!headRead) {
            malformed("a body came before its head");
            return bytes;
        }
        if (bytes > 0) {
            ByteBuf kept = data.retain();
            current.answer().data(chunked ? Chunks.of(kept, connection.alloc()) : kept);
        }
        if (last) {
            ended(NO_TRAILERS);
        }
        if (paused) {
            unconsumed += bytes;
            return 0;
        }
        return bytes;
    }

    private void ended(byte[] trailers) {
        ended = true;
        Exchange current = exchange;
        if (current == null) {
            return;
        }
        if (chunked) {
            current.answer().data(Chunks.last(trailers));
        } else {
            current.answer().upstreamEnded(trailers);
        }
    }

    /**
     * What came is no answer.
     *
     * @param what is wrong with it, as a clause
     */
    void malformed(String what) {
        if (exchange != null) {
            exchange.answer().badAnswer(FailureCode.BAD_RESPONSE, what);
        }
    }

    void readComplete() {
        if (exchange != null) {
            exchange.answer().flush();
        }
    }

    /**
     * The stream is over, and the answer may be not.
     *
     * @param unprocessed whether the upstream says that it did nothing with the request (RFC 9113 §8.7)
     */
    void closed(boolean reset, boolean unprocessed) {
        Exchange current = exchange;
        exchange = null;
        finished();
        if (current == null || ended) {
            return;
        }
        ended = true;
        if (headRead) {
            current.answer().upstreamEnded(reset);
        } else if (connection.spokeOtherwise()) {
            current.answer()
                    .badAnswer(
                            FailureCode.WRONG_PROTOCOL,
                            "not in HTTP/2, which its target asks for; one of HTTP/1.1 begins with http://");
        } else {
            current.upstreamLost(reset, unprocessed);
        }
    }
}

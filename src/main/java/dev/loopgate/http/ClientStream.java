package dev.loopgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request on a connection that carries several, and its answer: what is the same in HTTP/2 and HTTP/3. Belongs to the
 * connection's event loop.
 */
abstract class ClientStream extends StreamOutlet implements Downstream {

    /** Why a stream ends without an answer, or before the client has said all. */
    enum Reset {
        /** The answer is complete; what the client would still send is not wanted (RFC 9113 §8.1). */
        DONE,
        /** The answer cannot be completed. */
        BROKEN
    }

    /** How long what the client does not take is kept for it. */
    private static final long TAKE_DEADLINE = 300_000_000_000L;

    private static final byte[] NO_TRAILERS = new byte[0];

    private final HttpLoop loop;
    private final Client client;
    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>(2);
    private @Nullable Exchange exchange;
    private byte[] headCopy = NO_TRAILERS;
    private long framing;
    private boolean upgrade;
    private boolean ended;
    private boolean taken;
    private boolean passing;
    private boolean paused;
    private byte[] trailers = NO_TRAILERS;
    private long lastBody;

    ClientStream(HttpLoop loop, Client client) {
        this.loop = loop;
        this.client = client;
    }

    // What the connection has to do for it

    /** Writes a head, or an interim one. */
    abstract void writeSection(HeadBuilder head, boolean last);

    /** Writes some of the body; {@link #written} is told of it once the client was sent it, or never will be. */
    abstract void writeData(ByteBuf data, boolean last);

    abstract void writeTrailers(byte[] section);

    abstract void reset(Reset why);

    /** The client may send as much more. */
    abstract void consumed(int bytes);

    // What comes from the client

    /**
     * Begins with the request.
     *
     * @param last whether it has no body
     * @throws MalformedMessage where it is none
     */
    void begin(Iterable<? extends Map.Entry<CharSequence, CharSequence>> section, boolean last)
            throws MalformedMessage {
        ended = last;
        taken = last;
        long now = loop.now();
        lastBody = now;
        SectionReader reader = loop.sections;
        try {
            SectionText.checkSize(section);
            reader.request(section, last);
        } catch (MalformedMessage e) {
            if (e.code() != FailureCode.BAD_REQUEST) {
                // Well-formed, but too large, or for what is not done here: an answer, and no fault of the stream.
                exchange().refuse(e.code(), e.reason());
                return;
            }
            throw e;
        }
        upgrade = reader.asksForUpgrade();
        headCopy = Arrays.copyOf(reader.head().bytes, reader.head().length);
        try {
            loop.parser.parseRequest(headCopy, headCopy.length);
            loop.target.read(loop.head);
            framing = Framing.ofRequest(loop.head);
        } catch (MalformedMessage e) {
            exchange().refuse(e.code(), e.reason());
            return;
        }
        if (last && framing > 0) {
            throw new MalformedMessage(FailureCode.BAD_FRAMING, "a content-length without content");
        }
        exchange().start(framing, now);
    }

    private Exchange exchange() {
        loop.countRequest();
        Exchange started = new Exchange(loop, this);
        exchange = started;
        return started;
    }

    /**
     * Some of the body came.
     *
     * @param data taken
     * @return how much of it was passed on, in bytes; of the rest {@link #consumed} is told later
     */
    int came(ByteBuf data) {
        int bytes = data.readableBytes();
        lastBody = loop.now();
        if (exchange == null || ended) {
            data.release();
            return bytes;
        }
        if (passing && !paused && waiting.isEmpty()) {
            pass(exchange, data);
            return bytes;
        }
        waiting.add(data);
        return 0;
    }

    /** @param section the trailer section of the request; empty where it has none */
    void ended(byte[] section) {
        ended = true;
        trailers = section;
        passEnd();
    }

    /** Whether the client has said all. */
    boolean hasEnded() {
        return ended;
    }

    /** The client has reset the stream, or the connection is gone. */
    void gone() {
        Exchange current = exchange;
        exchange = null;
        ended = true;
        releaseWaiting();
        if (current != null) {
            current.clientGone();
        }
    }

    void flushUpstream() {
        if (exchange != null) {
            exchange.flushUpstream();
        }
    }

    void sweep(long now) {
        if (exchange != null) {
            exchange.sweep(now, lastBody, paused);
        } else if (queued() > 0 && now - lastWritten() > TAKE_DEADLINE) {
            reset(Reset.BROKEN);
            flush();
        }
    }

    // The request

    @Override
    public Client client() {
        return client;
    }

    @Override
    public boolean framed() {
        return false;
    }

    @Override
    public byte[] headCopy() {
        return headCopy;
    }

    @Override
    public int headLength() {
        return headCopy.length;
    }

    @Override
    public ByteBuf takeRequest(HeadBuilder head, long requestFraming) {
        return head.copy(alloc());
    }

    /** One that waits for its upgrade has said all that is said before. */
    @Override
    public boolean requestComplete() {
        return taken || (upgrade && !passing);
    }

    @Override
    public boolean awaitsUpgrade() {
        return upgrade && !passing;
    }

    @Override
    public void passBody() {
        passing = true;
        lastBody = loop.now();
        passWaiting();
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void resume() {
        if (paused) {
            paused = false;
            lastBody = loop.now();
            passWaiting();
            flushUpstream();
        }
    }

    private void passWaiting() {
        while (passing && !paused && exchange != null) {
            ByteBuf data = waiting.poll();
            if (data == null) {
                break;
            }
            int bytes = data.readableBytes();
            pass(exchange, data);
            consumed(bytes);
        }
        passEnd();
    }

    private void pass(Exchange to, ByteBuf data) {
        if (data.isReadable()) {
            to.requestBody(chunked(to) ? Chunks.of(data, alloc()) : data);
        } else {
            data.release();
        }
    }

    private void passEnd() {
        Exchange to = exchange;
        if (ended && passing && !taken && waiting.isEmpty() && to != null) {
            taken = true;
            if (chunked(to)) {
                to.requestBody(Chunks.last(trailers));
                to.requestEnded(NO_TRAILERS);
            } else {
                // A body of known length has no trailers in HTTP/1.1.
                to.requestEnded(to.upstreamFramed() ? NO_TRAILERS : trailers);
            }
        }
    }

    private boolean chunked(Exchange to) {
        return framing == Framing.CHUNKED && to.upstreamFramed();
    }

    private void releaseWaiting() {
        int bytes = 0;
        for (ByteBuf data = waiting.poll(); data != null; data = waiting.poll()) {
            bytes += data.readableBytes();
            data.release();
        }
        if (bytes > 0) {
            consumed(bytes);
        }
    }

    // The answer

    @Override
    public void head(HeadBuilder head) {
        writeSection(head, false);
    }

    @Override
    public void head(HeadBuilder head, ByteBuf body, boolean last) {
        if (body.isReadable()) {
            writeSection(head, false);
            data(body, last);
        } else {
            body.release();
            writeSection(head, last);
        }
    }

    @Override
    public void data(ByteBuf data, boolean last) {
        adding(data.readableBytes());
        writeData(data, last);
    }

    @Override
    public void trailers(byte[] section) {
        if (section.length > TrailerSection.EMPTY_LINE) {
            writeTrailers(section);
        } else {
            writeData(Unpooled.EMPTY_BUFFER, true);
        }
    }

    @Override
    void hasRoom() {
        if (exchange != null) {
            exchange.answer().clientReads();
        }
    }

    @Override
    public void closeAfterwards() {
        // The connection has other streams; that it is to end is said on the connection itself.
    }

    @Override
    public void exchangeDone() {
        finish();
        if (!ended) {
            reset(Reset.DONE);
        }
        flush();
    }

    @Override
    public void abortAnswer(boolean endMarksTheEnd) {
        finish();
        reset(Reset.BROKEN);
        flush();
    }

    private void finish() {
        exchange = null;
        leaveBehind(loop.transport().budget(), loop.now());
        releaseWaiting();
    }
}

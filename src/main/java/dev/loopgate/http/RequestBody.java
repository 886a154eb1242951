package dev.loopgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** The body of a request of HTTP/1.1 on its way from the connection's input to the exchange. */
final class RequestBody {

    private final HttpLoop loop;
    private final RequestInput input;
    private final BodyReader reader = new BodyReader();
    private long lastCame;

    RequestBody(HttpLoop loop, RequestInput input) {
        this.loop = loop;
        this.input = input;
    }

    /**
     * Starts a body.
     *
     * @param framing as {@link Framing} names it
     * @param faultCode what a fault in its chunks is reported as
     */
    void begin(long framing, FailureCode faultCode, long now) {
        reader.begin(framing, faultCode);
        lastCame = now;
    }

    boolean complete() {
        return reader.complete();
    }

    /** When some of it last came, or it was we who did not want it. */
    long lastCame() {
        return lastCame;
    }

    /** Until now it was not the client that was waited for. */
    void waitedFor() {
        lastCame = loop.now();
    }

    /** A head and behind it the body, where it is here whole: then it counts as taken. */
    ByteBuf takeBehind(HeadBuilder head, long framing) {
        int whole = input.whole(framing);
        if (whole > 0) {
            reader.begin(Framing.NONE, FailureCode.BAD_FRAMING);
        }
        return input.takeBehind(head, whole);
    }

    /** Passes on what is here of it. */
    void pass(Exchange to) {
        lastCame = loop.now();
        ByteBuf in = input.peek();
        if (in == null || reader.complete()) {
            return;
        }
        try {
            if (reader.chunked() && !to.upstreamFramed()) {
                reader.advanceUnframed(in, (buffer, at, n) -> to.requestBody(buffer.retainedSlice(at, n)));
                input.trim();
            } else {
                passAsItIs(in, to);
            }
        } catch (MalformedMessage e) {
            to.fail(e.code(), e.reason());
            return;
        }
        if (reader.complete()) {
            to.requestEnded(reader.trailers());
        }
    }

    private void passAsItIs(ByteBuf in, Exchange to) throws MalformedMessage {
        int start = in.readerIndex();
        int n = reader.advance(in);
        if (in.isReadable() || in.readerIndex() != start + n) {
            to.requestBody(in.retainedSlice(start, n));
            input.trim();
        } else {
            input.take();
            to.requestBody(in.setIndex(start, start + n));
        }
    }

    /** Passes the bulk of it on within the kernel; null where there is not much left, or that cannot be done. */
    @Nullable
    SplicedBody splice(Channel from, Channel to, SplicedBody.Passed passed, Runnable drained) {
        if (!SplicedBody.isBulk(reader)) {
            return null;
        }
        return SplicedBody.begin(
                reader,
                from,
                to,
                (bytes, waits) -> {
                    lastCame = loop.now();
                    passed.passed(bytes, waits);
                },
                drained);
    }
}

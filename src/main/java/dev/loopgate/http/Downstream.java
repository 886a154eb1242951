package dev.loopgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Where the request of an exchange comes from and its answer goes to, whatever version of HTTP is spoken there: a
 * connection of HTTP/1.1, or one stream of a connection that carries several. Heads are those of HTTP/1.1 on this side of
 * it, so that routes, rules and framing have one reading. Belongs to one event loop.
 */
interface Downstream extends Outlet {

    Client client();

    ByteBufAllocator alloc();

    /** The connection, where the exchange has it for itself. */
    default @Nullable ClientConnection alone() {
        return null;
    }

    /** Whether bodies are delimited as in HTTP/1.1: passed on with their chunks, and ended by the connection's end. */
    boolean framed();

    // The request

    /** The head of the request; {@link #headLength()} bytes of it. */
    byte[] headCopy();

    int headLength();

    /** The head for the upstream, and behind it the body where it is here whole: then it counts as taken. */
    ByteBuf takeRequest(HeadBuilder head, long framing);

    /** Whether all of the request was passed to the exchange. */
    boolean requestComplete();

    /** Whether the request is the beginning of a WebSocket on a stream (RFC 8441): a 2xx would be taken for its consent. */
    default boolean awaitsUpgrade() {
        return false;
    }

    /** Passes on what is here of the body, and from now on what comes of it. */
    void passBody();

    /** Nothing more of the body is wanted for now. */
    void pause();

    void resume();

    /** Passes the bulk of the body on within the kernel from now on; null where that cannot be done. */
    default @Nullable SplicedBody spliceBody(Channel to, SplicedBody.Passed passed, Runnable drained) {
        return null;
    }

    // The answer

    /** Writes a head and no body behind it: more follows, or the answer is an interim one. */
    void head(HeadBuilder head);

    /**
     * Writes the head and what is here of the body.
     *
     * @param body taken, to be written over up to its reader index
     * @param last whether the answer ends with it
     */
    void head(HeadBuilder head, ByteBuf body, boolean last);

    /** Writes more of the body, framed where this is {@link #framed()}; the buffer is taken. */
    void data(ByteBuf data, boolean last);

    /** Ends the answer with a trailer section: field lines and an empty line, each ending in CRLF. */
    void trailers(byte[] section);

    /** The connection ends after the current answer. */
    void closeAfterwards();

    /** The answer is written. */
    void exchangeDone();

    /**
     * The answer cannot be completed.
     *
     * @param endMarksTheEnd whether a clean end of the connection would be taken for the end of the body
     */
    void abortAnswer(boolean endMarksTheEnd);

    /** One that has a connection of HTTP/1.1 for itself. */
    interface OfConnection extends Downstream, Outlet.OfChannel {

        @Override
        default ByteBufAllocator alloc() {
            return channel().alloc();
        }

        @Override
        default boolean framed() {
            return true;
        }

        @Override
        default void head(HeadBuilder head) {
            data(head.copy(alloc()), false);
        }

        /** The head right in front of the body that came with it, so that both go out in one send. */
        @Override
        default void head(HeadBuilder head, ByteBuf body, boolean last) {
            data(head.before(body, alloc()), last);
        }

        @Override
        default void data(ByteBuf data, boolean last) {
            channel().write(data, channel().voidPromise());
        }

        @Override
        default void trailers(byte[] section) {
            data(Unpooled.wrappedBuffer(section), true);
        }
    }
}

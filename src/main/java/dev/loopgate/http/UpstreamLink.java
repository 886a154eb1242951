package dev.loopgate.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What an exchange has of its upstream: a connection for itself, or one stream of a connection that carries several. */
interface UpstreamLink extends Outlet {

    /** Whether bodies are delimited as in HTTP/1.1: passed on with their chunks. */
    boolean framed();

    /** Whether the connection has served an exchange before: then it may have been closed without our knowing. */
    boolean reused();

    /** The connection, where the exchange has it for itself. */
    default @Nullable UpstreamConnection alone() {
        return null;
    }

    void attach(Exchange exchange);

    /**
     * Sends the request.
     *
     * @param request its head as HTTP/1.1 has it, and what is here of its body; taken
     * @param headLength how much of it is the head, in bytes
     * @param last whether nothing of it follows
     */
    void send(ByteBuf request, int headLength, boolean last);

    /** Sends more of the body, framed where this is {@link #framed()}; the buffer is taken. */
    void data(ByteBuf data);

    /**
     * Ends the request.
     *
     * @param trailers field lines and an empty line, each ending in CRLF; empty where there are none
     */
    void end(byte[] trailers);

    void pause();

    void resume();

    /** How long the upstream says it keeps an idle connection, in nanoseconds. */
    void limitIdle(long nanos);

    /**
     * The exchange is over.
     *
     * @param reusable whether the answer was read whole and nothing else is on the connection
     */
    void detach(boolean reusable);
}

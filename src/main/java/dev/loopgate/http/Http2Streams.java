package dev.loopgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/2 connection with what we have for each of its streams: what is the same on either side of the gateway. Belongs to
 * the connection's event loop.
 *
 * @param <S> what we have for a stream
 */
abstract class Http2Streams<S> extends Http2EventAdapter {

    private final Http2Frames frames;
    private final Http2Connection.PropertyKey key;
    private final List<S> touched = new ArrayList<>();

    /** @param server whether the peer is the client */
    Http2Streams(boolean server) {
        this.frames = Http2Frames.of(this, server);
        this.key = frames.connection().newKey();
    }

    /** Something was read, and is about to be told; the buffer stays as it is. */
    void came(ByteBuf in) {}

    /** The peer says no more; over TLS in due form. */
    abstract void inputEnded();

    /** The connection is of no use any more. */
    abstract void broken();

    /** Sends on what came on a stream, now that all that was read has been told. */
    abstract void flush(S own);

    final Http2Frames frames() {
        return frames;
    }

    final @Nullable S of(Http2Stream stream) {
        return stream.getProperty(key);
    }

    /** @param id of a stream that there is */
    final @Nullable S of(int id) {
        return of(frames.connection().stream(id));
    }

    final void keep(Http2Stream stream, S own) {
        stream.setProperty(key, own);
    }

    final void forget(Http2Stream stream) {
        stream.removeProperty(key);
    }

    /** All of those that are not over; a copy, as what is done with one may end it. */
    final List<S> all() {
        List<S> streams = new ArrayList<>();
        try {
            frames.connection().forEachActiveStream(stream -> {
                S own = of(stream);
                if (own != null) {
                    streams.add(own);
                }
                return true;
            });
        } catch (Http2Exception e) {
            throw new IllegalStateException("reading a list failed", e);
        }
        return streams;
    }

    /** Something came on it, which is to be {@link #flush flushed}. */
    final void touch(S own) {
        if (touched.isEmpty() || touched.get(touched.size() - 1) != own) {
            touched.add(own);
        }
    }

    /**
     * What the peer sent is against the rules; the stream, or the connection, is about to be ended for it.
     *
     * @param stream null for the connection
     */
    void violated(@Nullable Http2Stream stream, Http2Exception fault) {}

    /** Everything that was read now has been told. */
    void readComplete() {
        for (int i = 0; i < touched.size(); i++) {
            flush(touched.get(i));
        }
        touched.clear();
    }

    @Override
    public final void onHeadersRead(
            ChannelHandlerContext context,
            int id,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean last)
            throws Http2Exception {
        onHeadersRead(context, id, headers, padding, last);
    }
}

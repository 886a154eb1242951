package dev.loopgate.http;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Arrays;

/**
 * Remembers how the last streams of a connection ended, since that decides what a frame on one of them means (RFC 9113
 * §5.1): it may have crossed with a reset, or its sender has lost count. Belongs to the connection's event loop.
 */
final class ClosedStreams extends Http2ConnectionAdapter {

    /** How a stream ended. */
    enum End {
        /** We have reset it: what the peer sends before it knows that is to be ignored. */
        RESET_BY_US,
        RESET_BY_PEER,
        /** Both sides have said all. */
        WHOLE,
        /** It never was, or is long over. */
        UNKNOWN
    }

    /** How many frames on streams that we have reset are ignored in {@link #PERIOD}: an upload in the smallest of pieces. */
    private static final int MOST_IGNORED = 10_000;

    private static final long PERIOD = 30_000_000_000L;

    private final Ids whole = new Ids();
    private final Ids byUs = new Ids();
    private final Ids byPeer = new Ids();
    private final Http2Connection connection;
    private int resetCame;
    private int ignored;
    private long ignoredSince;

    ClosedStreams(Http2Connection connection) {
        this.connection = connection;
    }

    /**
     * Has a client's stream that is refused or malformed exist until it is reset, whatever the limit: else netty takes what
     * follows on it for frames on a stream that nobody has opened, and ends the connection.
     */
    void beginRefused(int stream) {
        Http2Connection.Endpoint<?> client = connection.remote();
        if (!client.isValidStreamId(stream) || client.mayHaveCreatedStream(stream)) {
            return;
        }
        int limit = client.maxActiveStreams();
        client.maxActiveStreams(Integer.MAX_VALUE);
        try {
            client.createStream(stream, false);
        } catch (Http2Exception e) {
            // The connection is at its end: then it makes no difference.
        } finally {
            client.maxActiveStreams(limit);
        }
    }

    /** A reset was read; the stream is about to close. */
    void resetCame(int stream) {
        resetCame = stream;
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
        Ids end = stream.isResetSent() ? byUs : stream.id() == resetCame ? byPeer : whole;
        end.add(stream.id());
    }

    /** One more frame came on a stream that we have reset; false where that is no more a matter of frames that cross. */
    boolean mayIgnore(long now) {
        if (ignored == 0 || now - ignoredSince > PERIOD) {
            ignored = 0;
            ignoredSince = now;
        }
        ignored++;
        return ignored <= MOST_IGNORED;
    }

    End end(int stream) {
        if (byUs.contains(stream)) {
            return End.RESET_BY_US;
        }
        if (byPeer.contains(stream)) {
            return End.RESET_BY_PEER;
        }
        return whole.contains(stream) ? End.WHOLE : End.UNKNOWN;
    }

    /** The last ones of many. */
    private static final class Ids {

        /** More than a peer may have us reset before its connection ends. */
        private static final int MOST = 512;

        private static final int FEW = 16;

        private int[] ids = new int[0];
        private int next;

        void add(int id) {
            if (next == ids.length && next < MOST) {
                ids = Arrays.copyOf(ids, Math.max(FEW, 2 * next));
            }
            ids[next % ids.length] = id;
            next = next + 1 == 2 * MOST ? MOST : next + 1;
        }

        boolean contains(int id) {
            for (int one : ids) {
                if (one == id) {
                    return true;
                }
            }
            return false;
        }
    }
}

package dev.loopgate.http;

import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Remembers how the last streams of a connection ended, since that decides what a frame on one of them means (RFC 9113
 * §5.1): it may have crossed with a reset, or its sender has lost count. Belongs to the connection's event loop.
 */
final class ClosedStreams extends Http2ConnectionAdapter {

    private static final int REMEMBERED = 256;

    private final int[] ended = new int[REMEMBERED];
    private final int[] reset = new int[REMEMBERED];
    private int nextEnded;
    private int nextReset;
    private int resetByPeer;

    /** A reset was read; the stream is about to close. */
    void resetCame(int stream) {
        resetByPeer = stream;
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
        if (stream.isResetSent() || stream.id() == resetByPeer) {
            reset[nextReset++ % REMEMBERED] = stream.id();
        } else {
            ended[nextEnded++ % REMEMBERED] = stream.id();
        }
    }

    /** What a header section on a stream that is no more says of the whole connection; NO_ERROR for nothing. */
    Http2Error verdict(int stream) {
        if (contains(reset, stream)) {
            return Http2Error.NO_ERROR;
        }
        return contains(ended, stream) ? Http2Error.STREAM_CLOSED : Http2Error.PROTOCOL_ERROR;
    }

    private static boolean contains(int[] ids, int id) {
        for (int one : ids) {
            if (one == id) {
                return true;
            }
        }
        return false;
    }
}

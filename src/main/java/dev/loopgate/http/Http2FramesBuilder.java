package dev.loopgate.http;

import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;

/** The limits within which a peer of HTTP/2 is dealt with, and those that it is told of. */
final class Http2FramesBuilder extends AbstractHttp2ConnectionHandlerBuilder<Http2Frames, Http2FramesBuilder> {

    /** How much may be on its way to us on one stream, in bytes: what an upstream that does not read leaves here. */
    private static final int WINDOW = 64 * 1024;

    /** How many streams a client may have us reset in {@link #RESET_SECONDS}: CVE-2025-8671. */
    private static final int RESETS = 500;

    private static final int RESET_SECONDS = 30;

    /** How many answers to PING and SETTINGS may wait for a peer that does not read: CVE-2019-9512. */
    private static final int CONTROL_FRAMES = 1_000;

    /** How many DATA frames with nothing in them may come in a row: CVE-2019-9518. Some writers send one at each flush. */
    private static final int EMPTY_FRAMES = 100;

    /**
     * How large a client's header section may be and still end in an answer, and not in the end of the connection, in bytes: what
     * is in it has to be read as long as the connection is to live, and netty keeps it until it is whole. Over the wire it may be
     * a quarter more.
     */
    private static final int READ_FIELDS = 128 * 1024;

    private final Http2Streams<?> owner;

    Http2FramesBuilder(Http2Streams<?> owner, boolean server) {
        this.owner = owner;
        Http2Connection connection = new DefaultHttp2Connection(server);
        if (server) {
            // At once, not only when the client has acknowledged it: who never does would have no limit.
            connection.remote().maxActiveStreams(Http2Frames.STREAMS);
        }
        // One stream after the other gets its turn: browsers have given up the tree of priorities (RFC 9113 §5.3).
        connection
                .remote()
                .flowController(
                        new DefaultHttp2RemoteFlowController(connection, new UniformStreamByteDistributor(connection)));
        // The connection's own window is no limit: a stream that is not read does not stop its siblings.
        connection.local().flowController(new DefaultHttp2LocalFlowController(connection, 0.5f, true));
        connection.addListener(owner);
        connection(connection);
        frameListener(owner);
        initialSettings(settings(server));
        gracefulShutdownTimeoutMillis(-1);
        // Those that come are counted by our own rule: netty's knows no difference between them.
        decoderEnforceMaxRstFramesPerWindow(0, RESET_SECONDS);
        encoderEnforceMaxRstFramesPerWindow(server ? RESETS : 0, RESET_SECONDS);
        decoderEnforceMaxConsecutiveEmptyDataFrames(EMPTY_FRAMES);
        encoderEnforceMaxQueuedControlFrames(CONTROL_FRAMES);
        encoderIgnoreMaxHeaderListSize(true);
        flushPreface(true);
    }

    private static Http2Settings settings(boolean server) {
        Http2Settings settings = new Http2Settings().initialWindowSize(WINDOW);
        return server
                ? settings.maxHeaderListSize(READ_FIELDS)
                        .maxConcurrentStreams(Http2Frames.STREAMS)
                        .connectProtocolEnabled(true)
                : settings.maxHeaderListSize(Head.MAX_BYTES).pushEnabled(false);
    }

    @Override
    protected Http2Frames build() {
        return super.build();
    }

    @Override
    protected Http2Frames build(
            Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
        // A client is told what is answered well, not what is read at most.
        Http2Settings told = new Http2Settings().copyFrom(settings).maxHeaderListSize(Head.MAX_BYTES);
        return new Http2Frames(owner, decoder, encoder, told);
    }
}

package dev.loopgate.http;

import dev.loopgate.net.QuicListener;
import dev.loopgate.net.QuicService;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http3.DefaultHttp3GoAwayFrame;
import io.netty.handler.codec.http3.DefaultHttp3SettingsFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3ServerConnectionHandler;
import io.netty.handler.codec.http3.Http3Settings;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client's HTTP/3 connection (RFC 9114): hands each of its streams to an exchange. netty reads, checks and writes the frames;
 * there is no table of fields that the client fills, so that one stream never waits for another. Belongs to the event loop
 * of its socket.
 */
final class Http3ClientConnection extends ChannelInboundHandlerAdapter implements ClientConnections.Member {

    private static final long HANDSHAKE_DEADLINE = 15_000_000_000L;
    private static final long IDLE_DEADLINE = 300_000_000_000L;

    /** How long the last bytes of the last answer may take before the connection ends, which would drop them. */
    private static final long LAST_BYTES = 500_000_000L;

    /** So many streams that were reset a connection may have, which netty keeps in mind for as long as it lasts. */
    private static final int MOST_KEPT = 1_000;

    /** The same of those whose reading was given up: the client has so many less to open, of a hundred. */
    private static final int MOST_GIVEN_UP = 50;

    /** Of streams that a client opens, each number is so much greater than the one before (RFC 9000 §2.1). */
    private static final int STEP = 4;

    private final HttpLoop loop;
    private final QuicChannel channel;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private final ClientConnections.Seat seat;
    private final Set<Http3ClientStream> streams = new HashSet<>();
    private final long began;
    private final ResetCount resets;
    private String serverName = "";
    private @Nullable Client client;
    private long nextStream;
    private long lastActive;
    private int kept;
    private int givenUp;
    private boolean ending;
    private boolean over;

    private Http3ClientConnection(HttpLoop loop, QuicChannel channel, InetSocketAddress local) {
        this.loop = loop;
        this.channel = channel;
        this.local = local;
        // That of the first packet, which a token has shown to be the client's own. The channel's is that of the last
        // datagram, which anybody may have as its sender.
        this.remote = (InetSocketAddress) channel.remoteSocketAddress();
        this.began = loop.now();
        this.lastActive = began;
        this.resets = new ResetCount(began);
        this.seat = loop.add(this);
    }

    static void begin(HttpLoop loop, QuicChannel channel, InetSocketAddress local) {
        Http3ClientConnection connection = new Http3ClientConnection(loop, channel, local);
        Http3Settings settings =
                new Http3Settings().maxFieldSectionSize(Head.MAX_BYTES).enableConnectProtocol(true);
        channel.pipeline()
                .addLast(
                        connection,
                        new Http3ServerConnectionHandler(
                                new ChannelInitializer<QuicStreamChannel>() {
                                    @Override
                                    protected void initChannel(QuicStreamChannel stream) {
                                        connection.opened(stream);
                                    }
                                },
                                null,
                                null,
                                new DefaultHttp3SettingsFrame(settings),
                                true));
        channel.closeFuture().addListener(closed -> connection.gone());
    }

    // What the client does

    private void opened(QuicStreamChannel channel) {
        Client known = client;
        if (known == null || ending || loop.draining()) {
            channel.shutdown(Http3ErrorCode.H3_REQUEST_REJECTED.code());
            return;
        }
        nextStream = Math.max(nextStream, channel.streamId() + STEP);
        lastActive = loop.now();
        Http3ClientStream stream = new Http3ClientStream(loop, this, known, channel);
        streams.add(stream);
        channel.closeFuture().addListener(closed -> {
            streams.remove(stream);
            lastActive = loop.now();
            stream.closed();
        });
    }

    /** A stream was reset, and is over. */
    void left(Http3ClientStream stream) {
        streams.remove(stream);
        lastActive = loop.now();
        if (++kept == MOST_KEPT) {
            closeWhenDone();
        }
    }

    /** What a client still said on a stream that is over is read no more. */
    void gaveUp(Http3ClientStream stream) {
        left(stream);
        if (++givenUp == MOST_GIVEN_UP) {
            closeWhenDone();
        }
    }

    /** A client gave a request up that was opened then. */
    void wasReset(long opened) {
        long now = loop.now();
        if (resets.add(now - opened, now)) {
            close(Http3ErrorCode.H3_EXCESSIVE_LOAD);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SniCompletionEvent named && named.hostname() != null) {
            serverName = QuicService.plain(named.hostname());
        } else if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
            client = new Client(remote, local).secured(serverName).speaking("3.0");
        } else if (event == QuicListener.Retired.RETIRED) {
            closeWhenDone();
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // What is wrong with a connection is told to its peer by whoever found it.
    }

    private void gone() {
        if (!over) {
            over = true;
            seat.leave();
            loop.countConnections();
            List.copyOf(streams).forEach(ClientStream::gone);
            streams.clear();
        }
    }

    // What the loop wants

    /** The client is to open no more streams (RFC 9114 §5.2); what has begun is finished. */
    @Override
    public void closeWhenDone() {
        if (ending || over) {
            return;
        }
        ending = true;
        QuicStreamChannel control = Http3.getLocalControlStream(channel);
        if (control == null) {
            abort();
        } else {
            control.writeAndFlush(new DefaultHttp3GoAwayFrame(nextStream));
        }
    }

    @Override
    public void abort() {
        gone();
        close(Http3ErrorCode.H3_NO_ERROR);
    }

    private void close(Http3ErrorCode why) {
        channel.close(true, why.code(), Unpooled.EMPTY_BUFFER);
    }

    @Override
    public void sweep(long now) {
        if (client == null) {
            if (now - began > HANDSHAKE_DEADLINE) {
                abort();
            }
        } else if (!streams.isEmpty()) {
            List.copyOf(streams).forEach(stream -> stream.sweep(now));
        } else if (now - lastActive > (ending ? LAST_BYTES : IDLE_DEADLINE)) {
            close(Http3ErrorCode.H3_NO_ERROR);
        }
    }
}

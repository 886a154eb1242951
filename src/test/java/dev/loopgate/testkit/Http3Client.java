package dev.loopgate.testkit;

import dev.loopgate.net.Addresses;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ClientConnectionHandler;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInboundHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicException;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A connection of HTTP/3, by netty: for requests, too, that no other client would make. */
public final class Http3Client implements AutoCloseable {

    private final EventLoopGroup group;
    private final QuicChannel connection;

    private Http3Client(EventLoopGroup group, QuicChannel connection) {
        this.group = group;
        this.connection = connection;
    }

    /**
     * Connects to a port of 127.0.0.1.
     *
     * @param name asked for, unless it has no dot
     * @param root who the server's certificate has to lead to
     * @throws java.io.IOException where there is no agreement
     */
    public static Http3Client connect(int port, String name, X509Certificate root) throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        QuicSslContext context = QuicSslContextBuilder.forClient()
                .trustManager(root)
                .applicationProtocols(Http3.supportedApplicationProtocols())
                .build();
        Channel socket = new Bootstrap()
                .group(group)
                .channel(NioDatagramChannel.class)
                .handler(Http3.newQuicClientCodecBuilder()
                        .sslEngineProvider(channel -> context.newEngine(channel.alloc(), name, port))
                        .maxIdleTimeout(60, TimeUnit.SECONDS)
                        .initialMaxData(1 << 20)
                        .initialMaxStreamDataBidirectionalLocal(64 << 10)
                        .initialMaxStreamDataUnidirectional(64 << 10)
                        .initialMaxStreamsUnidirectional(3)
                        .build())
                .bind(new InetSocketAddress(Addresses.LOOPBACK4, 0))
                .sync()
                .channel();
        try {
            QuicChannel connection = done(QuicChannel.newBootstrap(socket)
                    .handler(new Http3ClientConnectionHandler())
                    .remoteAddress(new InetSocketAddress(Addresses.LOOPBACK4, port))
                    .connect());
            return new Http3Client(group, connection);
        } catch (Exception failed) {
            stop(socket, group);
            throw failed;
        }
    }

    private static <T> T done(Future<T> future) throws Exception {
        if (!future.await(Eventually.LIMIT.toMillis())) {
            throw new java.net.SocketTimeoutException("no answer over QUIC");
        }
        if (future.cause() instanceof Exception failure) {
            throw failure;
        }
        return future.getNow();
    }

    private static void stop(Channel socket, EventLoopGroup group) {
        socket.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** A request that is still to be sent, once the server allows one more. */
    public Call open() {
        Call call = new Call();
        Eventually.until(
                "the server allows another stream",
                () -> connection.peerAllowedStreams(QuicStreamType.BIDIRECTIONAL) > 0 || !connection.isActive());
        try {
            call.stream = done(Http3.newRequestStream(connection, call));
        } catch (Exception refused) {
            if (connection.isActive()) {
                throw new AssertionError(refused);
            }
        }
        return call;
    }

    /** A GET, whole. */
    public Call get(String host, String target, String... fields) {
        Call call = open();
        return call.head(request("GET", host, target, fields)).end();
    }

    /** The section of a request: pseudo-header fields, then these: names and values by turns. */
    public static List<String> request(String method, String host, String target, String... fields) {
        List<String> section =
                new ArrayList<>(List.of(":method", method, ":scheme", "https", ":authority", host, ":path", target));
        section.addAll(List.of(fields));
        return section;
    }

    public boolean isOpen() {
        return connection.isActive();
    }

    /** Whether the server has said that no more streams are to be opened. */
    public boolean isGoingAway() {
        Http3ClientConnectionHandler handler = connection.pipeline().get(Http3ClientConnectionHandler.class);
        return handler == null || handler.isGoAwayReceived();
    }

    @Override
    public void close() {
        connection.close(true, 0x100, Unpooled.EMPTY_BUFFER).awaitUninterruptibly(5, TimeUnit.SECONDS);
        stop(connection.parent(), group);
    }

    /** A request and its answer. */
    public static final class Call extends Http3RequestStreamInboundHandler {

        private final List<Http3Headers> sections = new CopyOnWriteArrayList<>();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private @Nullable QuicStreamChannel stream;
        private @Nullable ChannelFuture written;
        private volatile @Nullable Throwable failure;
        private volatile boolean ended;

        private QuicStreamChannel stream() {
            QuicStreamChannel own = stream;
            if (own == null) {
                throw new IllegalStateException("not open yet");
            }
            return own;
        }

        /** Sends a section: names and values by turns, unchecked. */
        public Call head(List<String> section) {
            Http3Headers headers = new DefaultHttp3Headers(false);
            for (int i = 0; i < section.size(); i += 2) {
                headers.add(section.get(i), section.get(i + 1));
            }
            written = stream().writeAndFlush(new DefaultHttp3HeadersFrame(headers));
            return this;
        }

        public Call data(String text) {
            data(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
            return this;
        }

        /** @return done once the server's window has taken it */
        public ChannelFuture data(ByteBuf bytes) {
            ChannelFuture taken = stream().writeAndFlush(new DefaultHttp3DataFrame(bytes));
            written = taken;
            return taken;
        }

        public Call end() {
            ChannelFuture last = written;
            if (last == null) {
                stream().shutdownOutput();
            } else {
                // netty would not have the end wait for what it has queued itself.
                last.addListener(sent -> stream().shutdownOutput());
            }
            return this;
        }

        /** Gives the request up. */
        public void cancel() {
            stream().shutdown(0x10c).awaitUninterruptibly(5, TimeUnit.SECONDS);
        }

        /** Takes nothing more of the answer, for now. */
        public Call stopReading() {
            stream().config().setAutoRead(false);
            return this;
        }

        public void goOnReading() {
            stream().config().setAutoRead(true);
        }

        /** Waits for the end of the answer. */
        public Call answer() {
            return answer(Eventually.LIMIT);
        }

        public Call answer(Duration limit) {
            Eventually.until("an answer over HTTP/3", limit, () -> ended || failure != null);
            Throwable why = failure;
            if (why != null) {
                throw new AssertionError("the stream was broken off", why);
            }
            return this;
        }

        /** Waits until the stream is broken off, by the server or because there is nothing to be read any more. */
        public Throwable awaitFailure() {
            return Eventually.value("the end of a stream that was broken off", () -> failure);
        }

        public Call awaitHead() {
            Eventually.until("a head over HTTP/3", () -> !sections.isEmpty() || failure != null);
            return this;
        }

        public int status() {
            return Integer.parseInt(String.valueOf(
                    sections.get(sections.size() - 1 - trailers()).status()));
        }

        private int trailers() {
            return sections.get(sections.size() - 1).status() == null ? 1 : 0;
        }

        /** Of the last section that came: the head, or the trailers. */
        public List<String> all(String name) {
            return sections.get(sections.size() - 1).getAll(name).stream()
                    .map(CharSequence::toString)
                    .toList();
        }

        public List<String> head(String name) {
            return sections.get(0).getAll(name).stream()
                    .map(CharSequence::toString)
                    .toList();
        }

        public synchronized String body() {
            return body.toString(StandardCharsets.ISO_8859_1);
        }

        public synchronized int received() {
            return body.size();
        }

        @Override
        protected void channelRead(ChannelHandlerContext context, Http3HeadersFrame frame) {
            sections.add(frame.headers());
            ReferenceCountUtil.release(frame);
        }

        @Override
        protected synchronized void channelRead(ChannelHandlerContext context, Http3DataFrame frame) {
            byte[] bytes = new byte[frame.content().readableBytes()];
            frame.content().readBytes(bytes);
            body.writeBytes(bytes);
            frame.release();
        }

        @Override
        protected void channelInputClosed(ChannelHandlerContext context) {
            ended = true;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            failed(cause);
        }

        @Override
        protected void handleQuicException(ChannelHandlerContext context, QuicException exception) {
            failed(exception);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (!ended) {
                failed(new java.io.EOFException("the stream is gone"));
            }
        }

        private void failed(Throwable cause) {
            if (failure == null) {
                failure = cause;
            }
        }
    }
}

package dev.loopgate.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Listens for QUIC (RFC 9000) on the transport's event loops, by Cloudflare's quiche as netty has it. A connection lives on the
 * loop of its socket. Nothing of it is loaded before somebody wants it. Safe for use by any thread.
 */
public final class QuicListening {

    /** Connections of one socket; who comes beyond them gets none. */
    static final int MOST = 512;

    /** Open at once in a connection. */
    private static final int STREAMS = 100;

    /** Three for HTTP/3 (RFC 9114 §6.2), and some of kinds that nobody knows. */
    private static final int ONE_WAY_STREAMS = 8;

    /**
     * What a client may send ahead of whoever reads it, in bytes: little at first; quiche lets it grow for streams that are
     * read quickly. All of a connection's streams have room, so that one that nobody reads keeps no other waiting.
     */
    private static final long STREAM_WINDOW = 64 << 10;

    private static final long WINDOW = (STREAMS + ONE_WAY_STREAMS) * STREAM_WINDOW;
    private static final long IDLE_SECONDS = 300;

    private final Transport transport;
    private final TlsTermination tls;

    public QuicListening(Transport transport, TlsTermination tls) {
        this.transport = transport;
        this.tls = tls;
    }

    /** Why there can be no QUIC here, as a clause; empty where there can. Blocks: it loads a library. */
    public static Optional<String> lacking() {
        if (Quic.isAvailable()) {
            return Optional.empty();
        }
        Throwable cause = Quic.unavailabilityCause();
        String why = String.valueOf(cause == null ? null : cause.getMessage());
        return Optional.of("netty's library for QUIC does not load here: "
                + why.lines().findFirst().orElse("no reason was given"));
    }

    /**
     * Listens on one address, of its own family only. An address that another socket has is refused. Blocks.
     *
     * @param address no wildcard: answers have to come from the address that was asked
     * @return fails with {@link BindFailure}
     * @throws IllegalStateException where QUIC is {@link #lacking}
     */
    public Future<QuicListener> listen(InetSocketAddress address, QuicService service) {
        lacking().ifPresent(why -> {
            throw new IllegalStateException(why);
        });
        EventLoop loop = transport.nextLoop();
        QuicListener listener = new QuicListener(loop, MOST);
        boolean containersOnly = Datagrams.isForContainers(address);
        QuicCertificates certificates =
                new QuicCertificates(tls.contexts(), loop, name -> service.identity(name, address));
        QuicServerCodecBuilder codec = new QuicServerCodecBuilder()
                .sslContext(certificates.context())
                .sslTaskExecutor(certificates)
                .tokenHandler(new QuicTokens(
                        client -> listener.accepts(client)
                                && (!containersOnly || transport.datagrams().isContainer(client)),
                        System::currentTimeMillis))
                .maxIdleTimeout(IDLE_SECONDS, TimeUnit.SECONDS)
                .initialMaxData(WINDOW)
                .initialMaxStreamDataBidirectionalRemote(STREAM_WINDOW)
                .initialMaxStreamDataUnidirectional(STREAM_WINDOW)
                .initialMaxStreamsBidirectional(STREAMS)
                .initialMaxStreamsUnidirectional(ONE_WAY_STREAMS)
                .handler(new ChannelInitializer<QuicChannel>() {
                    @Override
                    protected void initChannel(QuicChannel connection) {
                        listener.add(connection);
                        service.accept(connection, (InetSocketAddress)
                                connection.parent().localAddress());
                    }
                });
        return transport
                .datagrams()
                .listen(loop, address, new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel socket) {
                        socket.pipeline().addLast(new ShortInitials(), codec.build(), new Quiet());
                    }
                })
                .map(socket -> {
                    listener.bound(socket);
                    return listener;
                });
    }

    /**
     * Drops what is too short to begin a connection (RFC 9000 §14.1), so that an answer to a forged sender is never larger than
     * what asked for it.
     */
    private static final class ShortInitials extends ChannelInboundHandlerAdapter {

        private static final int SHORTEST = 1200;
        private static final int VERSION_1 = 1;
        private static final int LONG_HEADER = 0x80;
        private static final int PACKET_TYPE = 0x30;
        private static final int HEADER = 5;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof DatagramPacket packet && isShortInitial(packet.content())) {
                packet.release();
            } else {
                context.fireChannelRead(message);
            }
        }

        private static boolean isShortInitial(ByteBuf in) {
            if (in.readableBytes() >= SHORTEST || in.readableBytes() < HEADER) {
                return false;
            }
            int first = in.getUnsignedByte(in.readerIndex());
            return (first & LONG_HEADER) != 0
                    && (in.getInt(in.readerIndex() + 1) != VERSION_1 || (first & PACKET_TYPE) == 0);
        }
    }

    /** A datagram that was not sent is a datagram lost, which QUIC knows to bear. */
    private static final class Quiet extends ChannelInboundHandlerAdapter {

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // Nobody needs to hear of it.
        }
    }
}

package dev.loopgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;

/** What a connection becomes after 101 Switching Protocols: bytes both ways, each end of input passed on by itself. */
final class Tunnel {

    /** Told once when both directions are over. */
    interface Ended {
        void ended(long toUpstream, long toClient);
    }

    private final Ended ended;
    private int open = 2;
    private long toUpstream;
    private long toClient;

    private Tunnel(Ended ended) {
        this.ended = ended;
    }

    /** Takes both channels over; {@code behind} is what came behind the 101. */
    static void open(
            HttpLoop loop,
            ClientConnection client,
            UpstreamConnection upstream,
            ByteBuf behind,
            HttpRoute route,
            Ended ended) {
        Tunnel tunnel = new Tunnel(ended);
        ByteBuf eager = client.input().take();
        Channel down = client.channel();
        Channel up = upstream.channel();
        client.handOver();
        upstream.handOver();
        down.pipeline().addLast(tunnel.new End(up, true));
        up.pipeline().addLast(tunnel.new End(down, false));
        tunnel.toClient += behind.readableBytes();
        down.writeAndFlush(behind);
        if (eager != null) {
            tunnel.toUpstream += eager.readableBytes();
            up.writeAndFlush(eager);
        }
    }

    private void sideClosed() {
        if (--open == 0) {
            ended.ended(toUpstream, toClient);
        }
    }

    private final class End extends ChannelInboundHandlerAdapter {

        private final Channel other;
        private final boolean upwards;

        End(Channel other, boolean upwards) {
            this.other = other;
            this.upwards = upwards;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            int bytes = ((ByteBuf) message).readableBytes();
            if (upwards) {
                toUpstream += bytes;
            } else {
                toClient += bytes;
            }
            other.write(message, other.voidPromise());
            if (!other.isWritable()) {
                other.flush();
                context.channel().config().setAutoRead(other.isWritable());
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            other.flush();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            other.config().setAutoRead(context.channel().isWritable());
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
                    if (context.channel() instanceof DuplexChannel own && own.isOutputShutdown()) {
                        other.close();
                        own.close();
                    } else if (other instanceof DuplexChannel duplex && other.isActive()) {
                        duplex.shutdownOutput();
                    }
                });
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (other.isActive()) {
                other.config().setOption(ChannelOption.SO_LINGER, 0);
            }
            context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            sideClosed();
            other.close();
        }
    }
}

package dev.loopgate.builtin;

import dev.loopgate.net.Listener;
import dev.loopgate.net.Transport;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Sends back what it is sent, until the other side has nothing more to say. */
final class DemoEcho {

    private final Transport transport;
    private final Set<Channel> open = ConcurrentHashMap.newKeySet();
    private @Nullable Listener listener;

    DemoEcho(Transport transport) {
        this.transport = transport;
    }

    Future<Integer> listen() {
        return transport
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), this::accept)
                .map(bound -> {
                    listener = bound;
                    return bound.address().getPort();
                });
    }

    Future<Void> close() {
        open.forEach(Channel::close);
        return listener == null ? Future.succeededFuture() : listener.close();
    }

    private void accept(Channel channel) {
        open.add(channel);
        channel.closeFuture().addListener(closed -> open.remove(channel));
        channel.pipeline().addLast(new Mirror());
        channel.config().setAutoRead(true);
    }

    private static final class Mirror extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.write(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
            context.channel().config().setAutoRead(context.channel().isWritable());
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            context.channel().config().setAutoRead(context.channel().isWritable());
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                // Behind all that was said before.
                context.writeAndFlush(Unpooled.EMPTY_BUFFER)
                        .addListener(sent -> ((DuplexChannel) context.channel())
                                .shutdownOutput()
                                .addListener(ChannelFutureListener.CLOSE));
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}

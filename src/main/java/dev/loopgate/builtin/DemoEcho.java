package dev.loopgate.builtin;

import dev.loopgate.net.Listener;
import dev.loopgate.net.Transport;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.DuplexChannel;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Sends back what it is sent: over TCP until the other side has nothing more to say, over UDP each datagram. */
final class DemoEcho {

    private final Transport transport;
    private final Set<Channel> open = ConcurrentHashMap.newKeySet();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    DemoEcho(Transport transport) {
        this.transport = transport;
    }

    Future<Integer> listenTcp() {
        return transport
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), this::accept)
                .map(this::port);
    }

    Future<Integer> listenUdp() {
        return transport
                .datagrams()
                .listen(
                        transport.nextLoop(),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        new DatagramMirror())
                .map(this::port);
    }

    private int port(Listener bound) {
        listeners.add(bound);
        return bound.port();
    }

    Future<Void> close() {
        open.forEach(Channel::close);
        return Future.join(listeners.stream().map(Listener::close).toList()).mapEmpty();
    }

    private void accept(Channel channel) {
        open.add(channel);
        channel.closeFuture().addListener(closed -> open.remove(channel));
        channel.pipeline().addLast(new Mirror());
        channel.config().setAutoRead(true);
    }

    private final class DatagramMirror extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            DatagramPacket packet = (DatagramPacket) message;
            transport.datagrams().write(context.channel(), packet.content(), packet.sender());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            transport.datagrams().flush(context.channel());
        }

        /** A client that is gone already. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {}
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

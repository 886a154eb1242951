package dev.loopgate.forward;

import dev.loopgate.net.Datagrams;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;

/** One socket that clients of a UDP forward send to. */
final class UdpEntrance extends ChannelInboundHandlerAdapter {

    private final UdpForward forward;
    private final boolean containersOnly;

    UdpEntrance(UdpForward forward, InetSocketAddress address) {
        this.forward = forward;
        this.containersOnly = Datagrams.isForContainers(address);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        forward.received(context.channel(), containersOnly, (DatagramPacket) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        forward.readComplete();
    }

    /** An answer could not be sent: the client's network is gone, or the datagram too large for it. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        forward.unreachable("cannot answer a client: " + Datagrams.reason(cause));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        forward.gone(context.channel());
    }
}

package dev.loopgate.http;

import dev.loopgate.net.PausableReads;
import dev.loopgate.net.ProxyHeader;
import dev.loopgate.net.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A connection of a trusted proxy before it has said whom it speaks for; one that does not is reset. */
final class ProxiedClient extends ChannelInboundHandlerAdapter {

    private final Client peer;
    private final Consumer<Client> known;
    private final Future<?> deadline;

    private ProxiedClient(Channel channel, Client peer, Consumer<Client> known) {
        this.peer = peer;
        this.known = known;
        this.deadline = channel.eventLoop()
                .schedule(() -> Transport.reset(channel), ProxyHeader.LIMIT_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * On the channel's event loop, before anything was read.
     *
     * @param peer the proxy, should it speak for itself
     * @param known takes the channel over
     */
    static void await(Channel channel, Client peer, Consumer<Client> known) {
        channel.pipeline().addLast(ProxyHeader.reader(), new ProxiedClient(channel, peer, known));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        deadline.cancel(false);
        known.accept(ProxyHeader.of((HAProxyMessage) message).map(Client::new).orElse(peer));
        // What was read behind the header goes to whoever comes after this one.
        context.pipeline().remove(this);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            Transport.reset(context.channel());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof PausableReads.ReadPaused)) {
            Transport.reset(context.channel());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        deadline.cancel(false);
    }
}

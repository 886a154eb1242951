package dev.loopgate.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what a listening socket accepts and gives each connection to the next event loop. */
final class Acceptor extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
    private static final long PAUSE_MILLIS = 250;
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Transport transport;
    private final Supplier<SocketAddress> address;
    private final Entrance entrance;
    private boolean failing;
    private boolean warned;
    private long lastWarning;

    /** @param address as people know it */
    Acceptor(Transport transport, Supplier<SocketAddress> address, Consumer<Channel> onAccept) {
        this.transport = transport;
        this.address = address;
        this.entrance = new Entrance(onAccept);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Channel child = Transport.prepared((Channel) message);
        if (failing) {
            failing = false;
            LOG.warn("accepting connections on {} again", Addresses.text(address.get()));
        }
        child.pipeline().addLast(entrance);
        transport.nextLoop().register(child).addListener(registered -> {
            if (!registered.isSuccess()) {
                child.unsafe().closeForcibly();
            }
        });
    }

    /**
     * Accepting failed, most likely for want of file descriptors. The connection stays in the system's queue, so trying
     * again at once would spin.
     */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Channel listener = ctx.channel();
        listener.config().setAutoRead(false);
        ctx.executor().schedule(() -> listener.config().setAutoRead(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        long now = System.nanoTime();
        if (!warned || now - lastWarning > QUIET_NANOS) {
            warned = true;
            lastWarning = now;
            failing = true;
            LOG.warn(
                    "cannot accept connections on {}: {}; trying again every {} ms",
                    Addresses.text(address.get()),
                    SystemError.of(cause).words(cause),
                    PAUSE_MILLIS);
        }
    }

    /** Runs on the connection's own loop as soon as it has one, and makes way for the handlers that are installed. */
    @Sharable
    private static final class Entrance extends ChannelHandlerAdapter {

        private final Consumer<Channel> onAccept;

        Entrance(Consumer<Channel> onAccept) {
            this.onAccept = onAccept;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            try {
                onAccept.accept(ctx.channel());
                ctx.pipeline().remove(this);
            } catch (RuntimeException e) {
                LOG.error("a connection from {} was dropped", ctx.channel().remoteAddress(), e);
                ctx.close();
            }
        }
    }
}

package dev.loopgate.net;

import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** One that is a channel of netty. */
final class ChannelListener implements Listener {

    private final Channel channel;
    private final SocketAddress address;
    private final Supplier<Future<Void>> afterwards;

    ChannelListener(Channel channel) {
        this(channel, channel.localAddress(), Future::succeededFuture);
    }

    /** @param afterwards what is left to do once nobody can connect any more */
    ChannelListener(Channel channel, SocketAddress address, Supplier<Future<Void>> afterwards) {
        this.channel = channel;
        this.address = address;
        this.afterwards = afterwards;
    }

    @Override
    public SocketAddress address() {
        return address;
    }

    @Override
    public void accept() {
        channel.config().setAutoRead(true);
    }

    /** {@inheritDoc} NIO gives the address up only in the select that follows, and a scheduled task comes after one. */
    @Override
    public Future<Void> close() {
        Promise<Void> closed = Promise.promise();
        channel.close()
                .addListener(done -> channel.eventLoop().schedule(() -> closed.complete(), 1, TimeUnit.MILLISECONDS));
        return closed.future().compose(free -> afterwards.get());
    }
}

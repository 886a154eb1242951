package dev.loopgate.net;

import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A socket that is listened on. */
public final class Listener {

    private final Channel channel;
    private final SocketAddress address;
    private final Supplier<Future<Void>> afterwards;

    Listener(Channel channel) {
        this(channel, channel.localAddress(), Future::succeededFuture);
    }

    /** @param afterwards what is left to do once nobody can connect any more */
    Listener(Channel channel, SocketAddress address, Supplier<Future<Void>> afterwards) {
        this.channel = channel;
        this.address = address;
        this.afterwards = afterwards;
    }

    /** An {@link InetSocketAddress}, with the port that the system chose where 0 was asked for; or that of a Unix socket. */
    public SocketAddress address() {
        return address;
    }

    /** @throws IllegalStateException for a Unix socket, which has none */
    public int port() {
        if (address instanceof InetSocketAddress socket) {
            return socket.getPort();
        }
        throw new IllegalStateException(address + " has no port");
    }

    /** Begins to accept, where it does not yet. */
    public void accept() {
        channel.config().setAutoRead(true);
    }

    /**
     * Stops accepting; what was accepted goes on. The address is free once it completes; more calls do nothing. NIO
     * gives the address up only in the select that follows, and a scheduled task comes after one.
     */
    public Future<Void> close() {
        Promise<Void> closed = Promise.promise();
        channel.close()
                .addListener(done -> channel.eventLoop().schedule(() -> closed.complete(), 1, TimeUnit.MILLISECONDS));
        return closed.future().compose(free -> afterwards.get());
    }
}

package dev.loopgate.net;

import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** A socket that is listened on. */
public final class Listener {

    private final Channel channel;

    Listener(Channel channel) {
        this.channel = channel;
    }

    /** With the port that the system chose where 0 was asked for. */
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
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
        return closed.future();
    }
}

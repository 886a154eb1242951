package dev.loopgate.net;

import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** A socket that is listened on. Any thread. */
public sealed interface Listener permits ChannelListener, QuietListener {

    /** An {@link InetSocketAddress}, with the port that the system chose where 0 was asked for; or that of a Unix socket. */
    SocketAddress address();

    /** @throws IllegalStateException for a Unix socket, which has none */
    default int port() {
        if (address() instanceof InetSocketAddress socket) {
            return socket.getPort();
        }
        throw new IllegalStateException(address() + " has no port");
    }

    /** Begins to accept, where it does not yet. */
    void accept();

    /** Stops accepting; what was accepted goes on. The address is free once it completes; more calls do nothing. */
    Future<Void> close();
}

package dev.loopgate.testkit;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.kqueue.KQueue;
import org.junit.jupiter.api.Assumptions;

/** Tests of what only the system's own event interface can do, and Java's sockets, the fallback, cannot. */
public final class NativeSockets {

    private NativeSockets() {}

    public static boolean available() {
        return Epoll.isAvailable() || KQueue.isAvailable();
    }

    /**
     * Skips the test where the gateway runs on Java's sockets.
     *
     * @param limit what those cannot do
     */
    public static void assumeFor(String limit) {
        Assumptions.assumeTrue(available(), "Java's own sockets cannot: " + limit);
    }
}

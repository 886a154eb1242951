package dev.loopgate.gateway;

import dev.loopgate.model.Configuration;
import dev.loopgate.net.Listener;
import io.vertx.core.Future;
import java.net.InetSocketAddress;

/** The HTTP side of the gateway, as its life cycle sees it. Any thread. */
interface HttpFront {

    /**
     * Does whatever can fail. Blocks.
     *
     * @return puts it in force, at once and for good
     */
    Runnable compile(Configuration configuration);

    /** Accepts connections on one more address. */
    Future<Listener> listen(InetSocketAddress address);

    /** Client connections that are open. */
    int connections();

    /** Since the start. */
    long requests();

    /** Lets each connection finish its exchange, and closes it then. */
    void drain();

    /** Closes every connection. */
    void close();
}

package dev.loopgate.forward;

import dev.loopgate.net.Datagrams;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends the answers that many sessions get in one turn of the event loop together: they share the socket that their clients
 * sent to. Belongs to that loop.
 */
final class UdpAnswers {

    /** So many at once, while those that were read are in the processor's cache. */
    private static final int MOST = 16;

    private final Datagrams datagrams;
    private final EventLoop loop;
    private final List<Channel> sockets = new ArrayList<>(1);
    private int queued;

    UdpAnswers(Datagrams datagrams, EventLoop loop) {
        this.datagrams = datagrams;
        this.loop = loop;
    }

    /** An answer was queued there. */
    void sendSoon(Channel socket) {
        if (queued++ == 0) {
            loop.execute(this::endOfTurn);
        }
        if (!sockets.contains(socket)) {
            sockets.add(socket);
        }
        if (queued % MOST == 0) {
            sockets.forEach(datagrams::flush);
        }
    }

    private void endOfTurn() {
        sockets.forEach(datagrams::flush);
        sockets.clear();
        queued = 0;
    }
}

package dev.loopgate.forward;

import dev.loopgate.net.Datagrams;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Sends the answers that many sessions get in one turn of the event loop together: they share the socket that their clients
 * sent to. Belongs to that loop.
 */
final class UdpAnswers {

    /** So many at once, while those that were read are in the processor's cache. */
    private static final int MOST = 16;

    private final Datagrams datagrams;
    private final EventLoop loop;
    private final IntConsumer dropped;
    private final List<Channel> sockets = new ArrayList<>(1);
    private int queued;

    /** @param dropped told how many answers were not taken */
    UdpAnswers(Datagrams datagrams, EventLoop loop, IntConsumer dropped) {
        this.datagrams = datagrams;
        this.loop = loop;
        this.dropped = dropped;
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
            flush();
        }
    }

    private void endOfTurn() {
        flush();
        sockets.clear();
        queued = 0;
    }

    private void flush() {
        for (Channel socket : sockets) {
            dropped.accept(datagrams.flush(socket));
        }
    }
}

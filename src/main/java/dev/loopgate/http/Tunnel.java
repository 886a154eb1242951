package dev.loopgate.http;

import dev.loopgate.net.Relay;
import io.netty.buffer.ByteBuf;
import java.time.Duration;

/** What a connection becomes after 101 Switching Protocols: bytes both ways, and no more HTTP. */
final class Tunnel {

    /** Told once when both directions are over. */
    interface Ended {
        /** Bytes in each direction, from the upgrade on. */
        void ended(long toUpstream, long toClient);
    }

    private Tunnel() {}

    /**
     * Takes both channels over.
     *
     * @param behind what came behind the 101
     */
    static void open(
            HttpLoop loop,
            ClientConnection client,
            UpstreamConnection upstream,
            ByteBuf behind,
            HttpRoute route,
            Ended ended) {
        ByteBuf eager = client.input().take();
        boolean clientEnded = client.inputEnded();
        client.handOver();
        upstream.handOver();
        Relay relay = new Relay(
                client.channel(),
                upstream.channel(),
                loop.transport().budget(),
                Relay.Paces.UNLIMITED,
                Duration.ofNanos(route.idleNanos()),
                (over, end) -> {
                    loop.tunnelEnded(over);
                    ended.ended(over.bytesFromClient(), over.bytesFromUpstream());
                });
        loop.tunnelBegan(relay);
        if (eager != null) {
            relay.fromClient(eager);
        }
        if (behind.isReadable()) {
            relay.fromUpstream(behind);
        } else {
            behind.release();
        }
        if (clientEnded) {
            relay.clientEnded();
        }
        client.channel().flush();
        relay.start();
    }
}

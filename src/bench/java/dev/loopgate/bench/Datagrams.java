package dev.loopgate.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Clients of UDP, each with a socket of its own, that send the next datagram as soon as they have the echo of the last; what
 * has no echo for a while is lost.
 */
record Datagrams(int clients, int size) implements Load {

    private static final long LOST_AFTER = TimeUnit.MILLISECONDS.toNanos(200);

    @Override
    public Outcome run(RunningPeer peer, Duration span) throws IOException {
        List<Client> all = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < clients; i++) {
                DatagramChannel channel = DatagramChannel.open();
                channel.connect(peer.udp()).configureBlocking(false);
                Client client = new Client(channel, size);
                channel.register(selector, SelectionKey.OP_READ, client);
                all.add(client);
            }
            return run(selector, all, span);
        } finally {
            for (Client client : all) {
                client.channel.close();
            }
        }
    }

    private static Outcome run(Selector selector, List<Client> all, Duration span) throws IOException {
        Latencies latencies = new Latencies();
        int lost = 0;
        long begin = System.nanoTime();
        for (Client client : all) {
            client.send(begin);
        }
        long end = begin + span.toNanos();
        long check = begin + LOST_AFTER;
        long now = begin;
        while (now < end) {
            selector.select(LOST_AFTER / 1_000_000);
            for (SelectionKey key : selector.selectedKeys()) {
                if (key.attachment() instanceof Client client && client.answered()) {
                    now = System.nanoTime();
                    latencies.add(now - client.sent);
                    client.send(now);
                }
            }
            selector.selectedKeys().clear();
            now = System.nanoTime();
            if (now > check) {
                check = now + LOST_AFTER;
                for (Client client : all) {
                    if (now - client.sent > LOST_AFTER) {
                        lost++;
                        client.send(now);
                    }
                }
            }
        }
        return new Outcome(latencies.count(), (now - begin) / 1e9, lost, 0, latencies);
    }

    /** One that has one datagram under way. */
    private static final class Client {

        private final DatagramChannel channel;
        private final ByteBuffer out;
        private final ByteBuffer in;
        private long sent;

        Client(DatagramChannel channel, int size) {
            this.channel = channel;
            out = ByteBuffer.allocateDirect(size);
            in = ByteBuffer.allocateDirect(size + 1);
        }

        /** With the time in it, by which its echo is told from one that comes too late. */
        void send(long now) throws IOException {
            sent = now;
            channel.write(out.clear().putLong(0, now));
        }

        boolean answered() throws IOException {
            int read = channel.read(in.clear());
            return read == out.capacity() && in.getLong(0) == sent;
        }
    }
}

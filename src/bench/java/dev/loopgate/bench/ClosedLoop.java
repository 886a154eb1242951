package dev.loopgate.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;

/** Each client sends its next request as soon as it has the answer to the last. */
record ClosedLoop(Workload workload, boolean tcp, boolean perGigabyte) implements Load {

    @Override
    public Outcome run(RunningPeer peer, Duration span) throws IOException {
        try (Selector selector = Selector.open()) {
            return new Run(selector, tcp ? peer.tcp() : peer.http()).go(span);
        }
    }

    /** One run's state; one thread's. */
    private final class Run {

        private static final int MOST_ERRORS = 100;

        private final Selector selector;
        private final InetSocketAddress address;
        private final ByteBuffer scratch = ByteBuffer.allocateDirect(256 * 1024);
        private final Latencies latencies = new Latencies();
        private final ByteBuffer request = workload.requests().get(0);
        private int errors;

        Run(Selector selector, InetSocketAddress address) {
            this.selector = selector;
            this.address = address;
        }

        Outcome go(Duration span) throws IOException {
            for (int i = 0; i < workload.connections(); i++) {
                next();
            }
            long begin = System.nanoTime();
            long end = begin + span.toNanos();
            long now = begin;
            while (now < end && errors < MOST_ERRORS) {
                selector.select(this::ready, 100);
                now = System.nanoTime();
            }
            for (SelectionKey key : selector.keys()) {
                if (key.attachment() instanceof LoadConnection connection) {
                    connection.close();
                }
            }
            double units = perGigabyte ? latencies.count() * workload.bytesEach() / 1e9 : latencies.count();
            return new Outcome(units, (now - begin) / 1e9, errors, 0, latencies);
        }

        private void next() throws IOException {
            long due = System.nanoTime();
            LoadConnection.open(address, selector, workload).send(request, due);
        }

        private void ready(SelectionKey key) {
            if (!(key.attachment() instanceof LoadConnection connection)) {
                return;
            }
            try {
                if (connection.ready(scratch)) {
                    long now = System.nanoTime();
                    latencies.add(now - connection.due());
                    if (workload.fresh()) {
                        connection.close();
                        next();
                    } else {
                        connection.send(request, now);
                    }
                }
            } catch (IOException failed) {
                errors++;
                connection.close();
                replace();
            }
        }

        private void replace() {
            try {
                next();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

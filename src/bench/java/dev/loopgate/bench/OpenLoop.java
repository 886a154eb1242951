package dev.loopgate.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests are due at a fixed rate, whatever became of those before; a latency counts from when its request was due, so
 * that a proxy that stalls is not spared the requests it kept from being sent.
 */
record OpenLoop(Workload workload, int rate) implements Load {

    /** By so much, and what the system adds, a request is sent late. */
    private static final long NAP_NANOS = 20_000;

    /** What could not be sent by then counts as failed: the proxy has stalled. */
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    @Override
    public Outcome run(RunningPeer peer, Duration span) throws IOException {
        try (Selector selector = Selector.open()) {
            return new Run(selector, peer).go(span);
        }
    }

    /** At this rate a compiler would take minutes to have seen enough. */
    @Override
    public Load warmUp() {
        return new ClosedLoop(workload, false, false);
    }

    /** One run's state; one thread's. */
    private final class Run {

        private final Selector selector;
        private final RunningPeer peer;
        private final ByteBuffer scratch = ByteBuffer.allocateDirect(64 * 1024);
        private final Latencies latencies = new Latencies();
        private final ArrayDeque<LoadConnection> idle = new ArrayDeque<>();
        private int errors;
        private int closed;

        Run(Selector selector, RunningPeer peer) {
            this.selector = selector;
            this.peer = peer;
        }

        Outcome go(Duration span) throws IOException {
            for (int i = 0; i < workload.connections(); i++) {
                idle.add(LoadConnection.open(peer.http(), selector, workload));
            }
            long gap = 1_000_000_000L / rate;
            long total = span.toNanos() / gap;
            long begin = System.nanoTime();
            long sent = 0;
            long end = begin + span.toNanos() + PATIENCE_NANOS;
            long now = begin;
            // What is due but finds no connection free waits here; its clock runs.
            while (sent < total && now < end) {
                now = System.nanoTime();
                while (sent < total && begin + sent * gap <= now) {
                    LoadConnection free = idle.poll();
                    if (free == null) {
                        break;
                    }
                    send(free, (int) (sent % workload.requests().size()), begin + sent * gap);
                    sent++;
                }
                if (selector.selectNow(this::ready) == 0) {
                    // Not to the next millisecond, as a selector waits; and not at all would take a core from the
                    // proxy.
                    LockSupport.parkNanos(NAP_NANOS);
                }
            }
            errors += (int) (total - sent);
            awaitAnswers();
            double seconds = (System.nanoTime() - begin) / 1e9;
            for (SelectionKey key : selector.keys()) {
                if (key.attachment() instanceof LoadConnection connection) {
                    errors += connection.busy() ? 1 : 0;
                    connection.close();
                }
            }
            return new Outcome(latencies.count(), seconds, errors, closed, latencies);
        }

        private void awaitAnswers() throws IOException {
            long deadline = System.nanoTime() + 2_000_000_000L;
            while (idle.size() < workload.connections() && System.nanoTime() < deadline) {
                selector.select(this::ready, 10);
            }
        }

        private void send(LoadConnection connection, int request, long due) {
            try {
                connection.send(workload.requests().get(request), due);
            } catch (IOException failed) {
                lost(connection);
            }
        }

        private void ready(SelectionKey key) {
            if (!(key.attachment() instanceof LoadConnection connection)) {
                return;
            }
            try {
                if (connection.ready(scratch)) {
                    latencies.add(System.nanoTime() - connection.due());
                    idle.push(connection);
                }
            } catch (IOException failed) {
                idle.remove(connection);
                lost(connection);
            }
        }

        private void lost(LoadConnection connection) {
            if (connection.busy()) {
                errors++;
            } else {
                closed++;
            }
            connection.close();
            if (errors + closed > workload.connections() * 10) {
                throw new IllegalStateException("the proxy answers nothing");
            }
            try {
                idle.add(LoadConnection.open(peer.http(), selector, workload));
            } catch (IOException refused) {
                throw new IllegalStateException("the proxy takes no connection", refused);
            }
        }
    }
}

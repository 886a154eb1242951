package dev.loopgate.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One connection through a forward, full in one direction. */
record Bulk(boolean down) implements Load {

    @Override
    public Outcome run(RunningPeer peer, Duration span) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(256 * 1024);
        try (SocketChannel channel = SocketChannel.open(peer.tcp())) {
            ByteBuffer what = ByteBuffer.allocate(1).put(down ? OriginConnection.SEND : OriginConnection.SWALLOW);
            channel.write(what.flip());
            // One that stalls is not waited for.
            CompletableFuture.delayedExecutor(span.toSeconds() + 10, TimeUnit.SECONDS)
                    .execute(() -> close(channel));
            long moved = 0;
            long begin = System.nanoTime();
            long end = begin + span.toNanos();
            long now = begin;
            while (now < end) {
                buffer.clear();
                int n = down ? channel.read(buffer) : channel.write(buffer);
                if (n < 0) {
                    throw new IOException("closed in the middle");
                }
                moved += n;
                now = System.nanoTime();
            }
            return new Outcome(moved / 1e9, (now - begin) / 1e9, 0, 0, new Latencies());
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

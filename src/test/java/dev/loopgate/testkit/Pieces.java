package dev.loopgate.testkit;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Bulk that comes and is taken in pieces of all sizes, with pauses. */
public final class Pieces {

    private Pieces() {}

    public static void send(Wire wire, byte[] all, Random random) {
        for (int at = 0; at < all.length; ) {
            int size = Math.min(all.length - at, 1 + random.nextInt(random.nextBoolean() ? 200 : 300_000));
            wire.send(Arrays.copyOfRange(all, at, at + size));
            at += size;
        }
    }

    /** So many bytes, or fewer where the stream ends first. */
    public static byte[] read(Wire wire, int size, Random random) {
        byte[] all = new byte[size];
        for (int at = 0; at < size; ) {
            byte[] piece = wire.readSome(Math.min(size - at, 1 + random.nextInt(200_000)), Duration.ofSeconds(30));
            if (piece.length == 0) {
                return Arrays.copyOf(all, at);
            }
            System.arraycopy(piece, 0, all, at, piece.length);
            at += piece.length;
            if (random.nextInt(40) == 0) {
                // Long enough for the other side to fill what there is to fill.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(30));
            }
        }
        return all;
    }
}

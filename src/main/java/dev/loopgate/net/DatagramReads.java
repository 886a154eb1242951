package dev.loopgate.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One receive buffer for all datagram sockets of an event loop, with a place for each of many datagrams of the largest size:
 * one system call takes as many as are there, and what several sockets got may wait to be sent together. What was read is
 * passed on soon; should no place be free all the same, the next read gets a buffer of its own.
 */
final class DatagramReads implements RecvByteBufAllocator {

    /** No payload is larger, over IPv4 (65,507 bytes) or IPv6 (65,527). */
    static final int LARGEST = 65_535;

    private static final int PLACES = 32;
    private static final int MOST_AT_ONCE = 16;
    /** For one alone netty has another way, on which an empty datagram gets lost. */
    private static final int LEAST_AT_ONCE = 2;

    private @Nullable ByteBuf buffer;
    private int taken;
    private int sockets;

    /** For as long as the socket is open. On its event loop. */
    void serve(Channel socket) {
        sockets++;
        socket.config().setRecvByteBufAllocator(this);
        socket.closeFuture().addListener(closed -> left());
    }

    private void left() {
        sockets--;
        if (sockets == 0 && buffer != null) {
            buffer.release();
            buffer = null;
            taken = 0;
        }
    }

    private ByteBuf places(int count, ByteBufAllocator allocator) {
        ByteBuf shared = buffer;
        if (shared == null) {
            shared = allocator.directBuffer(PLACES * LARGEST, PLACES * LARGEST);
            buffer = shared;
        }
        if (shared.refCnt() == 1) {
            taken = 0;
        }
        if (taken + count > PLACES) {
            return allocator.directBuffer(count * LARGEST, count * LARGEST);
        }
        return shared.retainedSlice(taken * LARGEST, count * LARGEST).clear();
    }

    @Override
    @SuppressWarnings("deprecation") // part of the interface that netty asks for
    public Handle newHandle() {
        return new Batch();
    }

    /** Preparing a read costs the more the more it could take: as many as the socket had last. */
    @SuppressWarnings("deprecation") // as above
    private final class Batch implements ExtendedHandle {

        private int most = LEAST_AT_ONCE;
        private int received;
        private int lastBytes;
        private int attemptedBytes;

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return places(most, allocator);
        }

        @Override
        public int guess() {
            return most * LARGEST;
        }

        @Override
        public void reset(ChannelConfig config) {
            received = 0;
        }

        @Override
        public void incMessagesRead(int count) {
            received += count;
            taken = Math.min(PLACES, taken + count);
        }

        @Override
        public void lastBytesRead(int bytes) {
            lastBytes = bytes;
        }

        @Override
        public int lastBytesRead() {
            return lastBytes;
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            attemptedBytes = bytes;
        }

        @Override
        public int attemptedBytesRead() {
            return attemptedBytes;
        }

        /** A batch that was not full was the last: epoll tells of what comes later. */
        @Override
        public boolean continueReading() {
            return false;
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return false;
        }

        @Override
        public void readComplete() {
            if (received == most) {
                most = Math.min(MOST_AT_ONCE, 2 * most);
            } else if (received <= most / 4) {
                most = Math.max(LEAST_AT_ONCE, most / 2);
            }
        }
    }
}

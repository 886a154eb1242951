package dev.loopgate.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.UncheckedBooleanSupplier;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One receive buffer for all datagram sockets of an event loop, with a place for each of many datagrams of the largest size:
 * one system call takes as many as are there, and what several sockets got may wait to be sent together. What was read is
 * passed on soon; should no place be free all the same, the next read gets a buffer of its own.
 */
final class DatagramReads {

    /** No payload is larger, over IPv4 (65,507 bytes) or IPv6 (65,527). */
    static final int LARGEST = 65_535;

    private static final int PLACES = 32;
    private static final int MOST_AT_ONCE = 16;
    /** Of a socket that many send to. */
    private static final int LEAST_AT_ONCE = 2;

    /** A socket that reads one at a time looks for a second one each so many times. */
    private static final int LOOK_FOR_MORE = 8;

    private @Nullable ByteBuf buffer;
    private int taken;
    private int sockets;

    /**
     * For as long as the socket is open. On the event loop that it is about to be registered with.
     *
     * @param connected whether it will be, to one address
     */
    void serve(Channel socket, boolean connected) {
        sockets++;
        socket.config().setRecvByteBufAllocator(() -> connected ? new Connected(socket) : new Batch(LEAST_AT_ONCE));
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

    /** Preparing a read costs the more the more it could take: as many as the socket had last. */
    @SuppressWarnings("deprecation") // part of the interface that netty asks for
    private class Batch implements RecvByteBufAllocator.ExtendedHandle {

        private final int least;
        private int most;
        private int received;
        private int lastBytes;
        private int attemptedBytes;

        Batch(int least) {
            this.least = least;
            this.most = least;
        }

        final boolean single() {
            return most == 1;
        }

        final int received() {
            return received;
        }

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
        public final boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return continueReading();
        }

        @Override
        public void readComplete() {
            int full = single() ? 2 : most;
            if (received >= full) {
                most = Math.min(MOST_AT_ONCE, 2 * most);
            } else if (received <= Math.max(1, most / 4)) {
                most = Math.max(least, most / 2);
            }
        }
    }

    /**
     * Reads one at a time until a second one is found waiting, since netty's read of one from a connected socket is the
     * cheapest. For an empty datagram it only gives the number that means the end of a stream, so that one is made up here.
     */
    private final class Connected extends Batch {

        private final Channel socket;
        private int turn;
        private boolean empty;

        Connected(Channel socket) {
            super(1);
            this.socket = socket;
        }

        @Override
        public void reset(ChannelConfig config) {
            super.reset(config);
            turn = (turn + 1) % LOOK_FOR_MORE;
            empty = false;
        }

        @Override
        public void lastBytesRead(int bytes) {
            super.lastBytesRead(bytes);
            empty = single() && bytes < 0;
        }

        @Override
        public boolean continueReading() {
            return single() && turn == 0 && received() == 1;
        }

        @Override
        public void readComplete() {
            super.readComplete();
            if (empty) {
                socket.pipeline()
                        .fireChannelRead(new DatagramPacket(
                                Unpooled.EMPTY_BUFFER, (InetSocketAddress) socket.localAddress(), (InetSocketAddress)
                                        socket.remoteAddress()));
            }
        }
    }
}

package dev.loopgate.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One receive buffer for all datagram sockets of an event loop: room for several of the largest datagrams, so that one
 * system call takes as many as are there. What was read is passed on before the next read; should some of it wait after
 * all, the next read gets a buffer of its own.
 */
final class DatagramReads extends DefaultMaxMessagesRecvByteBufAllocator {

    /** No payload is larger, over IPv4 (65,507 bytes) or IPv6 (65,527). */
    static final int LARGEST = 65_535;

    private static final int AT_ONCE = 16;

    private @Nullable ByteBuf buffer;
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
        }
    }

    private ByteBuf next(ByteBufAllocator allocator) {
        ByteBuf shared = buffer;
        if (shared == null) {
            shared = allocator.directBuffer(AT_ONCE * LARGEST, AT_ONCE * LARGEST);
            buffer = shared;
        } else if (shared.refCnt() > 1) {
            return allocator.directBuffer(LARGEST, LARGEST);
        }
        return shared.clear().retain();
    }

    @Override
    @SuppressWarnings("deprecation") // part of the interface that netty asks for
    public Handle newHandle() {
        return new OneBatch();
    }

    @SuppressWarnings("deprecation") // as above
    private final class OneBatch extends MaxMessageHandle {

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return next(allocator);
        }

        @Override
        public int guess() {
            return LARGEST;
        }

        /** A batch that was not full was the last: epoll tells of what comes later. */
        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return false;
        }
    }
}

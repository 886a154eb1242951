package dev.loopgate.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.UncheckedBooleanSupplier;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Receive buffers for connections that are paused by switching auto-read off.
 *
 * <p>netty's native transports read a connection to its end once the peer has sent FIN, paused or not: up to 6 MiB of
 * kernel buffer each, which a thousand stalled readers turn into an exhausted heap. Here such a read is refused, by a
 * {@link ReadPaused} that arrives as {@code exceptionCaught}; what is unread stays in the kernel until auto-read is on
 * again. Not for channels that call {@code read()} themselves.
 *
 * <p>It also keeps what is queued towards stalled readers within bounds: while the process has much queued, buffers
 * become small.
 */
public final class PausableReads implements RecvByteBufAllocator {

    /** Above this, all connections together, buffers are small. */
    private static final long PLENTY = 16 << 20;

    private static final int SMALL = 4096;

    private final AdaptiveRecvByteBufAllocator sizes = new AdaptiveRecvByteBufAllocator(512, 2048, 131_072);
    private final AtomicLong queued = new AtomicLong();

    PausableReads() {
        sizes.maxMessagesPerRead(4);
    }

    /** Thrown and caught as one shared instance. */
    public static final class ReadPaused extends RuntimeException {

        private static final long serialVersionUID = 1;

        @SuppressWarnings("StaticAssignmentOfThrowable") // has neither trace nor cause, and is never kept
        private static final ReadPaused INSTANCE = new ReadPaused();

        private ReadPaused() {
            super("the peer has ended and reading is paused", null, false, false);
        }
    }

    /** Tells of bytes that wait for a stalled reader, or, negative, that they do no more. */
    void queued(long bytes) {
        queued.addAndGet(bytes);
    }

    /** Bytes that wait for stalled readers, in the whole process. */
    public long queued() {
        return queued.get();
    }

    /**
     * Whether the connection has failed, which a paused one is not told otherwise. Asking consumes the error.
     */
    public static boolean hasFailed(Channel channel) {
        if (!(channel instanceof UnixChannel unix) || !(unix.fd() instanceof Socket socket)) {
            return false;
        }
        try {
            return channel.isOpen() && socket.getSoError() != 0;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    @SuppressWarnings("deprecation") // part of the interface that netty asks for
    public Handle newHandle() {
        return new PausableHandle((ExtendedHandle) sizes.newHandle());
    }

    @SuppressWarnings("deprecation") // as above
    private final class PausableHandle extends DelegatingHandle implements ExtendedHandle {

        private @Nullable ChannelConfig config;

        PausableHandle(ExtendedHandle sizes) {
            super(sizes);
        }

        @Override
        public void reset(ChannelConfig config) {
            this.config = config;
            super.reset(config);
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            if (config != null && !config.isAutoRead()) {
                throw ReadPaused.INSTANCE;
            }
            if (queued.get() > PLENTY) {
                return allocator.ioBuffer(Math.min(SMALL, guess()));
            }
            return delegate().allocate(allocator);
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return ((ExtendedHandle) delegate()).continueReading(maybeMoreData);
        }
    }
}

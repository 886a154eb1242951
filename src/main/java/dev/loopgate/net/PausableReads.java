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
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Receive buffers for connections that are paused by switching auto-read off.
 *
 * <p>netty's native transports read a connection to its end once the peer has sent FIN, paused or not: up to 6 MiB of
 * kernel buffer each, which a thousand stalled readers turn into an exhausted heap. Here such a read is refused, by a
 * {@link ReadPaused} that arrives as {@code exceptionCaught}; what is unread stays in the kernel until auto-read is on
 * again. Not for channels that call {@code read()} themselves.
 *
 * <p>While the process has spent its {@link QueueBudget}, buffers become small. They can leave room in front of what is
 * read, for a head that grows on its way through.
 */
public final class PausableReads implements RecvByteBufAllocator {

    /** Large enough that bulk comes in few reads: half of it took 1.2 to 1.3 times the CPU for bodies of 1 MiB. */
    private static final int LARGEST = 262_144;

    private final AdaptiveRecvByteBufAllocator sizes;
    private final QueueBudget budget;
    private final int headroom;
    private final @Nullable Diversion diversion;

    PausableReads(QueueBudget budget, int headroom) {
        this(budget, headroom, LARGEST);
    }

    /** @param largest how much is read at once, in bytes; no more than {@link #LARGEST} is */
    PausableReads(QueueBudget budget, int headroom, int largest) {
        this(sizes(Math.min(largest, LARGEST)), budget, headroom, null);
        sizes.maxMessagesPerRead(4);
    }

    private static AdaptiveRecvByteBufAllocator sizes(int largest) {
        return new AdaptiveRecvByteBufAllocator(Math.min(512, largest), Math.min(2048, largest), largest);
    }

    private PausableReads(
            AdaptiveRecvByteBufAllocator sizes, QueueBudget budget, int headroom, @Nullable Diversion diversion) {
        this.sizes = sizes;
        this.budget = budget;
        this.headroom = headroom;
        this.diversion = diversion;
    }

    /** Takes what it wants of a connection's input before each read. */
    @FunctionalInterface
    public interface Diversion {

        /** @throws IOException where the connection has failed; netty is told as if its own read had found out */
        void take() throws IOException;
    }

    /**
     * From now on, on the channel's event loop; null ends it.
     *
     * @return false where the channel reads otherwise
     */
    public static boolean divert(Channel channel, @Nullable Diversion to) {
        if (!(channel.config().getRecvByteBufAllocator() instanceof PausableReads reads)) {
            return false;
        }
        // netty keeps the handle it was given first: it asks the configuration for what is in force.
        channel.config().setRecvByteBufAllocator(new PausableReads(reads.sizes, reads.budget, reads.headroom, to));
        return true;
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
            boolean small = budget.spent();
            Diversion before = config != null && config.getRecvByteBufAllocator() instanceof PausableReads now
                    ? now.diversion
                    : null;
            if (before != null && config != null) {
                try {
                    before.take();
                } catch (IOException failed) {
                    PlatformDependent.throwException(failed);
                }
                // What it could not place will be paused for, after this read.
                small |= !config.isAutoRead();
            }
            int size = small ? Math.min(QueueBudget.SMALL_READ, guess()) : guess();
            return allocator.directBuffer(headroom + size).setIndex(headroom, headroom);
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return ((ExtendedHandle) delegate()).continueReading(maybeMoreData);
        }
    }
}

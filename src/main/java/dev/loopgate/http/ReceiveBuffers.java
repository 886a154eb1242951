package dev.loopgate.http;

import dev.loopgate.net.QueueBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Buffers that bytes are read into: as large as the flow deserves, small while the process has too much queued. Those of
 * upstreams leave room in front: a response head that grows by a field still goes out in one piece with its body.
 */
final class ReceiveBuffers implements RecvByteBufAllocator {

    static final int HEADROOM = 128;

    private final AdaptiveRecvByteBufAllocator sizes = new AdaptiveRecvByteBufAllocator(512, 2048, 65_536);
    private final QueueBudget budget;
    private final int headroom;

    private ReceiveBuffers(QueueBudget budget, int headroom) {
        this.budget = budget;
        this.headroom = headroom;
    }

    static ReceiveBuffers ofClients(QueueBudget budget) {
        return new ReceiveBuffers(budget, 0);
    }

    static ReceiveBuffers ofUpstreams(QueueBudget budget) {
        return new ReceiveBuffers(budget, HEADROOM);
    }

    @Override
    @SuppressWarnings("deprecation") // the interface still asks for the old type
    public Handle newHandle() {
        return new Sized((ExtendedHandle) sizes.newHandle());
    }

    private final class Sized implements ExtendedHandle {

        private final ExtendedHandle sizes;

        Sized(ExtendedHandle sizes) {
            this.sizes = sizes;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return allocator.directBuffer(headroom + guess()).setIndex(headroom, headroom);
        }

        @Override
        public int guess() {
            int guess = sizes.guess();
            return guess > QueueBudget.SMALL_READ && budget.spent() ? QueueBudget.SMALL_READ : guess;
        }

        @Override
        public void reset(ChannelConfig config) {
            sizes.reset(config);
        }

        @Override
        public void incMessagesRead(int messages) {
            sizes.incMessagesRead(messages);
        }

        @Override
        public void lastBytesRead(int bytes) {
            sizes.lastBytesRead(bytes);
        }

        @Override
        public int lastBytesRead() {
            return sizes.lastBytesRead();
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            sizes.attemptedBytesRead(bytes);
        }

        @Override
        public int attemptedBytesRead() {
            return sizes.attemptedBytesRead();
        }

        @Override
        public boolean continueReading() {
            return sizes.continueReading();
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return sizes.continueReading(maybeMoreData);
        }

        @Override
        public void readComplete() {
            sizes.readComplete();
        }
    }
}

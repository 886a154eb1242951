package dev.loopgate.forward;

import dev.loopgate.net.QueueBudget;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/** What a client has sent before its target is connected. Lives on the client's event loop. */
final class EarlyBytes {

    /** More stays in the kernel. */
    private static final int MOST = 64 << 10;

    private final QueueBudget budget;
    private final Queue<ByteBuf> kept = new ArrayDeque<>(2);
    private long size;

    EarlyBytes(QueueBudget budget) {
        this.budget = budget;
    }

    /** @return whether there is room for more */
    boolean add(ByteBuf bytes) {
        kept.add(bytes);
        count(bytes.readableBytes());
        return size < (budget.spent() ? QueueBudget.SMALL_READ : MOST);
    }

    /** What is kept now, in bytes. */
    long size() {
        return size;
    }

    void passTo(Consumer<ByteBuf> next) {
        for (ByteBuf bytes = kept.poll(); bytes != null; bytes = kept.poll()) {
            count(-bytes.readableBytes());
            next.accept(bytes);
        }
    }

    void release() {
        passTo(ByteBuf::release);
    }

    private void count(int bytes) {
        size += bytes;
        budget.add(bytes);
    }
}

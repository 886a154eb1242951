package dev.loopgate.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.internal.PlatformDependent;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One budget for the bytes that wait in this process for slow readers. While it is spent, everybody reads in small pieces
 * and only into an empty queue, so that thousands of stalled readers leave memory for those that read on. Counted where a
 * relay pauses and resumes, never on the way of a byte that flows. May be used from any thread.
 */
public final class QueueBudget {

    /** How much is read at once while the budget is spent, in bytes. */
    public static final int SMALL_READ = 4 * 1024;

    private final long limit;
    private final AtomicLong waiting = new AtomicLong();

    /** 16 MiB, or a quarter of what netty may take outside the heap where that is less. */
    public QueueBudget() {
        this(Math.min(16 << 20, PlatformDependent.maxDirectMemory() / 4));
    }

    /** @param limit in bytes */
    public QueueBudget(long limit) {
        this.limit = limit;
    }

    /** Whether more waits than the budget allows. */
    public boolean spent() {
        return waiting.get() > limit;
    }

    /** Bytes that wait behind relays that have paused. */
    public long waiting() {
        return waiting.get();
    }

    /** Counts bytes that a paused relay leaves in a queue, or, negative, that have left it. */
    public void add(long bytes) {
        waiting.addAndGet(bytes);
    }

    /** What waits in a channel's own queue; called on its event loop. */
    public static long queuedIn(Channel channel) {
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        return queue == null ? 0 : queue.totalPendingWriteBytes();
    }
}

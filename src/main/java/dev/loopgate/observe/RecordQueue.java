package dev.loopgate.observe;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue from many event loops to one writer. Neither side ever waits for the other: what finds no room is
 * counted and dropped. Bounded by number, and by the size of those few records that are large, so that hostile targets
 * cannot fill the heap.
 */
final class RecordQueue {

    /** Records up to this many characters are not weighed. */
    static final int LIGHT = 1024;

    private final AtomicReferenceArray<@Nullable ExchangeRecord> slots;
    private final int mask;
    private final long heavyLimit;
    private final AtomicLong tail = new AtomicLong();
    private final AtomicLong head = new AtomicLong();
    private final AtomicLong heavy = new AtomicLong();
    private final LongAdder dropped = new LongAdder();

    /**
     * @param capacity how many records, a power of two
     * @param heavyLimit how many characters the large ones may have together
     */
    RecordQueue(int capacity, long heavyLimit) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity must be a power of two, not " + capacity);
        }
        this.slots = new AtomicReferenceArray<>(capacity);
        this.mask = capacity - 1;
        this.heavyLimit = heavyLimit;
    }

    /** Any thread. False where there was no room: the record is dropped and counted. */
    boolean offer(ExchangeRecord record) {
        int weight = record.weight();
        if (weight > LIGHT && heavy.addAndGet(weight) > heavyLimit) {
            heavy.addAndGet(-weight);
            dropped.increment();
            return false;
        }
        long at;
        do {
            at = tail.get();
            if (at - head.get() > mask) {
                if (weight > LIGHT) {
                    heavy.addAndGet(-weight);
                }
                dropped.increment();
                return false;
            }
        } while (!tail.compareAndSet(at, at + 1));
        slots.set((int) at & mask, record);
        return true;
    }

    /** The writer's thread only. Null where nothing is ready. */
    @Nullable
    ExchangeRecord poll() {
        long at = head.get();
        int slot = (int) at & mask;
        ExchangeRecord record = slots.get(slot);
        if (record == null) {
            return null;
        }
        slots.lazySet(slot, null);
        head.set(at + 1);
        int weight = record.weight();
        if (weight > LIGHT) {
            heavy.addAndGet(-weight);
        }
        return record;
    }

    boolean isEmpty() {
        return tail.get() == head.get();
    }

    /** How many were dropped since the last call. */
    long takeDropped() {
        return dropped.sumThenReset();
    }
}

package dev.loopgate.http;

import dev.loopgate.net.QueueBudget;
import org.jspecify.annotations.Nullable;

/** What one stream of a shared connection has queued for the peer. Belongs to the connection's event loop. */
abstract class StreamOutlet implements Outlet {

    /** How much may wait before the source is not read any more, in bytes, and how little when it is again. */
    private static final int HIGH = 64 * 1024;

    private static final int LOW = 32 * 1024;

    private long queued;
    private boolean full;
    private @Nullable QueueBudget budget;
    private long left;
    private long lastWritten;
    private @Nullable Runnable whenTaken;

    /** The queue has room again after it was full. */
    abstract void hasRoom();

    final void adding(int bytes) {
        queued += bytes;
    }

    /** So much has left the queue: it is on its way to the peer, or will never be. */
    final void written(int bytes) {
        queued -= bytes;
        if (left > 0) {
            long less = Math.min(left, bytes);
            left -= less;
            lastWritten = System.nanoTime();
            if (budget != null) {
                budget.add(-less);
            }
        }
        if (full && queued <= LOW) {
            full = false;
            hasRoom();
        }
        Runnable then = whenTaken;
        if (queued == 0 && then != null) {
            whenTaken = null;
            then.run();
        }
    }

    /** Nobody waits for the queue any more, and it is still there. */
    final void leaveBehind(QueueBudget of, long now) {
        budget = of;
        left = queued;
        lastWritten = now;
        of.add(left);
    }

    /** When the peer last took some of what was {@link #leaveBehind left behind}. */
    final long lastWritten() {
        return lastWritten;
    }

    @Override
    public final boolean isWritable() {
        if (queued >= HIGH) {
            full = true;
        }
        return !full;
    }

    @Override
    public final long queued() {
        return queued;
    }

    @Override
    public final void whenTaken(Runnable then) {
        whenTaken = then;
    }
}

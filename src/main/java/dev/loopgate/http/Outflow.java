package dev.loopgate.http;

import dev.loopgate.net.QueueBudget;
import org.jspecify.annotations.Nullable;

/**
 * One direction of an exchange as its source sees it: when to stop reading because the other side does not keep up, and
 * when to go on. Belongs to the event loop of both sides.
 */
final class Outflow {

    private final QueueBudget budget;
    private long counted;
    private boolean waiting;

    Outflow(QueueBudget budget) {
        this.budget = budget;
    }

    /**
     * Called after each write: whether the source has to pause.
     *
     * @param resume run once the queue is empty, where its going down to the low mark would not be told
     */
    boolean mustWait(Outlet to, @Nullable Runnable resume) {
        if (waiting) {
            return true;
        }
        if (to.isWritable() && !budget.spent()) {
            return false;
        }
        to.flush();
        long queued = to.queued();
        if (queued == 0 || !to.isActive()) {
            return false;
        }
        waiting = true;
        counted = queued;
        budget.add(queued);
        if (to.isWritable() && resume != null) {
            to.whenTaken(resume);
        }
        return true;
    }

    /** The queue went down, or nobody waits for it any more. */
    void release() {
        waiting = false;
        budget.add(-counted);
        counted = 0;
    }
}

package dev.loopgate.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a connection sends to a {@link Pace}: what was read too soon is held back, and meanwhile nothing more is to be
 * read. Belongs to one event loop.
 */
final class Brake {

    /** How soon another limit is felt by those who wait already. */
    private static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Pace pace;
    private final QueueBudget budget;
    private final EventLoop loop;
    private final Consumer<ByteBuf> released;

    private @Nullable ByteBuf held;
    /** When it may pass, as {@link System#nanoTime()} counts, and under which limit. */
    private long due;

    private int limit;

    /** @param released gets what was held back once it may pass */
    Brake(Pace pace, QueueBudget budget, EventLoop loop, Consumer<ByteBuf> released) {
        this.pace = pace;
        this.budget = budget;
        this.loop = loop;
        this.released = released;
    }

    boolean limited() {
        return pace.limited();
    }

    /** Whether something is held back. */
    boolean on() {
        return held != null;
    }

    /** @return whether it is held back, with what is so already; if not, it may pass now */
    boolean holds(ByteBuf data) {
        int size = data.readableBytes();
        long now = System.nanoTime();
        long wait = pace.passed(size, now);
        if (held == null && wait <= 0) {
            return false;
        }
        budget.add(size);
        limit = pace.limit();
        due = now + wait;
        if (held == null) {
            held = data;
            // Never at once, however short the wait: the caller stops reading then, which letting go resumes.
            loop.schedule(this::check, Math.min(wait, STEP_NANOS), TimeUnit.NANOSECONDS);
        } else {
            held = Unpooled.wrappedBuffer(held, data);
        }
        return true;
    }

    private void check() {
        long wait = due - System.nanoTime();
        if (held == null) {
            return;
        }
        if (wait > 0 && limit == pace.limit()) {
            loop.schedule(this::check, Math.min(wait, STEP_NANOS), TimeUnit.NANOSECONDS);
        } else {
            letGo();
        }
    }

    /** What is held back passes at once. */
    void letGo() {
        ByteBuf data = take();
        if (data != null) {
            released.accept(data);
        }
    }

    /** What is held back will not pass. */
    void end() {
        ByteBuf data = take();
        if (data != null) {
            pace.passed(-data.readableBytes(), System.nanoTime());
            data.release();
        }
    }

    private @Nullable ByteBuf take() {
        ByteBuf data = held;
        if (data != null) {
            held = null;
            budget.add(-data.readableBytes());
        }
        return data;
    }
}

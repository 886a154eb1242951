package dev.loopgate.net;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;

/** Keeps who reads to a {@link Pace}: on while more has passed than it allows so far. Belongs to one event loop. */
final class Brake {

    private final Pace pace;
    private final EventLoop loop;
    private final Runnable released;
    private boolean on;

    Brake(Pace pace, EventLoop loop, Runnable released) {
        this.pace = pace;
        this.loop = loop;
        this.released = released;
    }

    boolean limited() {
        return pace.limited();
    }

    boolean on() {
        return on;
    }

    /** @return whether nothing more may be read, until told */
    boolean passed(long bytes) {
        long wait = pace.passed(bytes, System.nanoTime());
        if (wait > 0 && !on) {
            on = true;
            loop.schedule(this::release, wait, TimeUnit.NANOSECONDS);
        }
        return on;
    }

    private void release() {
        on = false;
        released.run();
    }
}

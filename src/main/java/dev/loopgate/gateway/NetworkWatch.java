package dev.loopgate.gateway;

import dev.loopgate.net.MachineAddresses;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.SocketException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Looks at the addresses of this machine, once for all that listen on whichever there are. Safe for use by any thread. */
final class NetworkWatch {

    /** Between two looks. */
    static final Duration PAUSE = Duration.ofSeconds(5);

    /** For so long, in nanoseconds, one look serves all that begin to listen. */
    private static final long FRESH = TimeUnit.MILLISECONDS.toNanos(200);

    private final Vertx vertx;
    private final Source source;
    private final Duration pause;
    private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
    private boolean watching;
    private @Nullable Future<MachineAddresses> look;
    private long lookedAt;

    /** Asked on a worker. */
    interface Source {
        MachineAddresses now() throws SocketException;
    }

    /** Is told after each look, on an event loop. */
    interface Follower {
        void look(MachineAddresses now);
    }

    NetworkWatch(Vertx vertx, Source source, Duration pause) {
        this.vertx = vertx;
        this.source = source;
        this.pause = pause;
    }

    /** @return fails where the system does not tell */
    synchronized Future<MachineAddresses> now() {
        Future<MachineAddresses> recent = look;
        if (recent != null && !recent.failed() && System.nanoTime() - lookedAt < FRESH) {
            return recent;
        }
        Future<MachineAddresses> fresh = look();
        look = fresh;
        lookedAt = System.nanoTime();
        return fresh;
    }

    private Future<MachineAddresses> look() {
        return vertx.executeBlocking(source::now, false);
    }

    synchronized void add(Follower follower) {
        followers.add(follower);
        if (!watching) {
            watching = true;
            later();
        }
    }

    void remove(Follower follower) {
        followers.remove(follower);
    }

    private void later() {
        vertx.setTimer(pause.toMillis(), now -> next());
    }

    private synchronized void next() {
        if (followers.isEmpty()) {
            watching = false;
            return;
        }
        // What the system does not tell now it may tell next time.
        look().onSuccess(machine -> followers.forEach(follower -> follower.look(machine)))
                .onComplete(told -> later());
    }
}

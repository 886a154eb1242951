package dev.loopgate.gateway;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Set;

/** The end: nothing more is accepted, what is open may finish, what has not finished in time is closed. */
final class Shutdown {

    private static final long LOOK_MILLIS = 20;

    /** A connection that is closed by force is gone within one turn of its event loop. */
    private static final Duration LAST_TURN = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final HttpFront http;
    private final HttpListeners listeners;
    private final Http3Listeners http3;
    private final Forwards forwards;
    private volatile boolean hurried;

    Shutdown(Vertx vertx, HttpFront http, HttpListeners listeners, Http3Listeners http3, Forwards forwards) {
        this.vertx = vertx;
        this.http = http;
        this.listeners = listeners;
        this.http3 = http3;
        this.forwards = forwards;
    }

    /** Cuts short one that is under way. */
    void hurry() {
        hurried = true;
        http.close();
        forwards.retireAll(Duration.ZERO);
    }

    Future<Void> run(Duration drain) {
        Duration patience = hurried ? Duration.ZERO : drain;
        Future<Void> accepting = listeners.retain(Set.of());
        Future<Void> quic = http3.close(patience);
        Future<Void> tcp = forwards.retireAll(patience);
        http.drain();
        Future<Void> exchanges = idle(patience).compose(over -> {
            http.close();
            return idle(LAST_TURN);
        });
        return Future.join(accepting, quic, tcp, exchanges).mapEmpty();
    }

    /** Completes once no HTTP connection is open, or the time is over. */
    private Future<Void> idle(Duration limit) {
        Promise<Void> idle = Promise.promise();
        look(idle, System.nanoTime() + limit.toNanos(), hurried);
        return idle.future();
    }

    private void look(Promise<Void> idle, long end, boolean alreadyHurried) {
        if (http.connections() == 0 || System.nanoTime() - end >= 0 || (hurried && !alreadyHurried)) {
            idle.complete();
        } else {
            vertx.setTimer(LOOK_MILLIS, again -> look(idle, end, alreadyHurried));
        }
    }
}

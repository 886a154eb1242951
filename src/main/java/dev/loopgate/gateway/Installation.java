package dev.loopgate.gateway;

import dev.loopgate.model.Configuration;
import dev.loopgate.observe.AccessLog;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Puts what listens for HTTP, and whatever goes along with a configuration, in force: all of it or nothing. */
final class Installation {

    private final Vertx vertx;
    private final AccessLog log;
    private final List<Part> parts;
    private final HttpListeners listeners;
    private final Forwards forwards;

    /** Something that goes along with a configuration. */
    @FunctionalInterface
    interface Part {

        /**
         * Does whatever can fail. Blocks.
         *
         * @return puts it in force, at once and for good
         */
        Runnable prepare(Configuration configuration);
    }

    /** @param forwards make way for listeners */
    Installation(Vertx vertx, AccessLog log, List<Part> parts, HttpListeners listeners, Forwards forwards) {
        this.vertx = vertx;
        this.log = log;
        this.parts = List.copyOf(parts);
        this.listeners = listeners;
        this.forwards = forwards;
    }

    /** The parts of a configuration that is in force already: what the machine adds to them may be another than before. */
    Future<Void> renew(Configuration same) {
        return vertx.executeBlocking(() -> prepared(same)).map(install -> {
            install.forEach(Runnable::run);
            return null;
        });
    }

    private List<Runnable> prepared(Configuration next) {
        return parts.stream().map(part -> part.prepare(next)).toList();
    }

    /**
     * Routes and listeners of a configuration, or nothing of it.
     *
     * @return warnings
     */
    Future<List<String>> install(Configuration next) {
        List<String> warnings = new ArrayList<>();
        return vertx.executeBlocking(() -> new Prepared(prepared(next), HttpListeners.wanted(next.listen(), warnings)))
                .compose(prepared -> {
                    Set<InetSocketAddress> before = new LinkedHashSet<>(listeners.asked());
                    return forwards.makeWay(listeners.fresh(prepared.listen), next.forwards())
                            .compose(moved -> listeners
                                    .open(prepared.listen)
                                    .compose(opened -> vertx.executeBlocking(() -> {
                                        log.use(next.accessLog());
                                        return prepared;
                                    }))
                                    .recover(failure -> listeners
                                            .open(before)
                                            .transform(reopened -> listeners.retain(before))
                                            .onComplete(reopened -> listeners.accept())
                                            .compose(undone -> forwards.restore(moved))
                                            .transform(undone -> Future.failedFuture(failure))));
                })
                .compose(prepared -> {
                    prepared.install.forEach(Runnable::run);
                    // Whoever came to a new socket before this waited, and is not served by the routes of before.
                    listeners.accept();
                    return listeners.retain(prepared.listen).map(warnings);
                });
    }

    /** @param install puts the parts in force */
    private record Prepared(List<Runnable> install, Set<InetSocketAddress> listen) {}
}

package dev.loopgate.gateway;

import dev.loopgate.http.BuiltinUpstreams;
import dev.loopgate.model.Configuration;
import dev.loopgate.net.PortHolders;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The running gateway: its listeners, its forwards and the routes in force. Safe for use by any thread. */
public final class Gateway {

    private final Vertx vertx;
    private final String version;
    private final Optional<Path> file;

    /**
     * @param version of Loopgate, for {@link #status()}
     * @param file the configuration's main file, for {@link #status()}; empty where there is none
     */
    public Gateway(
            Vertx vertx,
            BuiltinUpstreams builtin,
            PortHolders holders,
            GatewayEvents events,
            String version,
            Optional<Path> file) {
        this.vertx = vertx;
        this.version = version;
        this.file = file;
    }

    /**
     * Listens and serves. Completes once everything that can be bound is; a forward that cannot is told to
     * {@link GatewayEvents} and tried again.
     *
     * @return fails with {@link StartFailure} where an address of the gateway itself cannot be bound; nothing is left
     *     open then
     */
    public Future<GatewayStatus> start(Configuration configuration) {
        vertx.getOrCreateContext();
        return Future.failedFuture("not started");
    }

    /**
     * Puts a configuration in force, wholly or not at all. Reloads run one after the other.
     *
     * @param warnings of its reader, passed on in the report
     * @return never fails for what the configuration says: see {@link ReloadReport#outcome()}
     */
    public Future<ReloadReport> reload(Configuration configuration, List<String> warnings) {
        vertx.getOrCreateContext();
        return Future.failedFuture("not started");
    }

    /** Notes that the file has problems, which {@link #status()} then tells; what is in force stays. */
    public ReloadReport invalid(List<String> problems) {
        return new ReloadReport(Instant.now(), ReloadReport.Outcome.INVALID, 0, 0, 0, 0, List.of(), problems);
    }

    /**
     * Stops accepting, lets exchanges and connections finish, and closes what is left.
     *
     * @param drain how long they may take
     */
    public Future<Void> stop(Duration drain) {
        return Future.succeededFuture();
    }

    /** Closes everything at once. */
    public Future<Void> stopNow() {
        return stop(Duration.ZERO);
    }

    public GatewayStatus status() {
        return new GatewayStatus(
                version,
                ProcessHandle.current().pid(),
                file,
                Instant.now(),
                List.of(),
                List.of(),
                List.of(),
                0,
                0,
                Optional.empty(),
                List.of());
    }
}

package dev.loopgate.builtin;

import dev.loopgate.http.BuiltinUpstreams;
import dev.loopgate.model.Target;
import dev.loopgate.model.UpstreamAddress;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Static files, as upstreams: one HTTP server for each folder and fallback, on a Unix socket in a folder that only this
 * user can enter. Nothing is opened before the first of them is asked for. Safe for use by any thread.
 */
public final class FilesService implements BuiltinUpstreams {

    private static final Logger LOG = LoggerFactory.getLogger(FilesService.class);
    private static final long LISTEN_SECONDS = 5;

    /** Requests that began under the plan before may still be on their way to a folder that the new one lacks. */
    private static final Duration UNUSED = Duration.ofSeconds(30);

    private static final Duration DOWNLOADS = Duration.ofHours(1);

    private final Vertx vertx;
    private final UnaryOperator<@Nullable String> environment;
    private final AtomicInteger sending = new AtomicInteger();
    private final Map<Target.Files, FolderServer> servers = new HashMap<>();
    private final Map<Target.Files, Long> unused = new HashMap<>();
    private @Nullable SocketFolder sockets;
    private int opened;

    /** @param environment the value of a variable, or null: {@code XDG_RUNTIME_DIR} is asked for */
    public FilesService(Vertx vertx, UnaryOperator<@Nullable String> environment) {
        this.vertx = vertx;
        this.environment = environment;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Blocks until the server listens, so it must not be called on an event loop.
     */
    @Override
    public synchronized UpstreamAddress files(Target.Files files) {
        if (Context.isOnEventLoopThread()) {
            throw new IllegalStateException("waits for a server, so not on an event loop");
        }
        Long timer = unused.remove(files);
        if (timer != null) {
            vertx.cancelTimer(timer);
        }
        FolderServer server = servers.get(files);
        if (server == null) {
            server = open(files);
            servers.put(files, server);
        }
        return new UpstreamAddress.UnixSocket(server.socket().toString());
    }

    /**
     * Lets go of the servers of all other folders, a while later and without touching an answer that is under way. One
     * that is asked for again before stays.
     */
    @Override
    public synchronized void keepOnly(Set<Target.Files> inUse) {
        for (Target.Files files : servers.keySet()) {
            if (!inUse.contains(files) && !unused.containsKey(files)) {
                unused.put(files, vertx.setTimer(UNUSED.toMillis(), fired -> release(files)));
            }
        }
    }

    /** Closes every server at once and removes their sockets. */
    public synchronized Future<Void> close() {
        unused.values().forEach(vertx::cancelTimer);
        unused.clear();
        List<Future<Void>> all = new ArrayList<>();
        servers.values().forEach(server -> all.add(server.shutdown(Duration.ZERO)));
        servers.clear();
        SocketFolder folder = sockets;
        sockets = null;
        return Future.join(all)
                .mapEmpty()
                .eventually(() -> vertx.executeBlocking(() -> {
                    if (folder != null) {
                        folder.delete();
                    }
                    return null;
                }))
                .mapEmpty();
    }

    /** How many folders have a server. */
    synchronized int size() {
        return servers.size();
    }

    private FolderServer open(Target.Files files) {
        try {
            SocketFolder folder = sockets;
            if (folder == null) {
                folder = SocketFolder.create(environment);
                sockets = folder;
            }
            FolderServer server = new FolderServer(vertx, files, folder.socket(opened++), sending);
            server.listen().toCompletionStage().toCompletableFuture().get(LISTEN_SECONDS, TimeUnit.SECONDS);
            return server;
        } catch (IOException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the files in " + files.root() + " cannot be served: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private synchronized void release(Target.Files files) {
        unused.remove(files);
        FolderServer server = servers.remove(files);
        if (server != null) {
            server.shutdown(DOWNLOADS)
                    .eventually(() -> vertx.executeBlocking(() -> Files.deleteIfExists(server.socket())))
                    .onFailure(e -> LOG.warn("a server of files did not close: {}", e.toString()));
        }
    }
}

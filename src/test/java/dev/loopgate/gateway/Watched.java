package dev.loopgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.config.ConfigurationReader;
import dev.loopgate.config.ReadResult;
import dev.loopgate.model.VirtualHost;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** A watch under test, and what it had taken. */
final class Watched implements AutoCloseable {

    /** So long that only an event can be what was noticed. */
    static final Duration NEVER = Duration.ofHours(1);

    private static final Duration LIMIT = Duration.ofSeconds(15);

    final BlockingQueue<ReadResult> taken = new LinkedBlockingQueue<>();
    final List<String> notices = new CopyOnWriteArrayList<>();
    final ConfigurationWatch watch;
    private final Vertx vertx;

    private Watched(Vertx vertx, Path file, FileEvents.Opener opener, Duration scan) {
        this.vertx = vertx;
        this.watch = new ConfigurationWatch(
                vertx, file, new ConfigurationReader(name -> null)::read, opener, scan, notices::add);
    }

    /** Only events can tell it anything. */
    static Watched byEvents(Path file) {
        return new Watched(Vertx.vertx(), file, FileSystems.getDefault()::newWatchService, NEVER);
    }

    /** There are no events. */
    static Watched byScan(Path file) {
        return new Watched(
                Vertx.vertx(),
                file,
                () -> {
                    throw new IOException("User limit of inotify instances reached");
                },
                Duration.ofMillis(50));
    }

    /** As it runs in earnest. */
    static Watched asShipped(Path file) {
        return new Watched(Vertx.vertx(), file, FileSystems.getDefault()::newWatchService, ConfigurationWatch.SCAN);
    }

    Watched following() {
        await(watch.read());
        await(watch.follow(result -> {
            taken.add(result);
            return Future.succeededFuture(report());
        }));
        return this;
    }

    private static ReloadReport report() {
        return ReloadReport.withoutChange(ReloadReport.Outcome.UNCHANGED, 0, List.of(), List.of());
    }

    /** Waits until a configuration of just these hosts is taken; what comes before it may be anything. */
    void expectHosts(String... names) throws InterruptedException {
        Set<String> last = Set.of();
        while (!last.equals(Set.of(names))) {
            last = hosts(next());
        }
    }

    /** The next that is taken. */
    ReadResult next() throws InterruptedException {
        ReadResult result = taken.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(result).as("a configuration that was taken").isNotNull();
        return Objects.requireNonNull(result);
    }

    /** Waits until a problem is told. */
    ReadResult.Invalid expectProblem() throws InterruptedException {
        while (true) {
            if (next() instanceof ReadResult.Invalid invalid) {
                return invalid;
            }
        }
    }

    static Set<String> hosts(ReadResult result) {
        return result instanceof ReadResult.Valid valid
                ? valid.configuration().hosts().stream()
                        .map(VirtualHost::pattern)
                        .map(Object::toString)
                        .collect(Collectors.toSet())
                : Set.of();
    }

    static <T> T await(Future<T> future) {
        try {
            return future.await(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new AssertionError("not within " + LIMIT, late);
        }
    }

    @Override
    public void close() {
        await(watch.close());
        await(vertx.close());
    }
}

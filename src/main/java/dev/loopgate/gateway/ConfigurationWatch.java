package dev.loopgate.gateway;

import dev.loopgate.config.ConfigurationReader;
import dev.loopgate.config.DiskTexts;
import dev.loopgate.config.ReadResult;
import dev.loopgate.config.SourceTexts;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Follows a configuration on disk: its main file and all that it includes, through symbolic links, whichever way they are
 * replaced. Events of the file system tell when to look, a scan makes up for events that do not come. A text is taken
 * once two looks {@link #SETTLE} apart agree, so that a half-written file is not; a single file that events tell was renamed
 * over the one before is taken at once. Works on worker threads; safe for use by any thread.
 */
public final class ConfigurationWatch {

    /** Between two looks where no event comes. */
    public static final Duration SCAN = Duration.ofMillis(500);

    /** How long a text must have stayed the same to be taken. */
    public static final Duration SETTLE = Duration.ofMillis(40);

    private final Vertx vertx;
    private final BiFunction<Path, SourceTexts, ReadResult> reader;
    private final FileEvents.Opener opener;
    private final Duration scan;
    private final Consumer<String> notice;
    private final Path file;
    private final Promise<SourceFollower> deployed = Promise.promise();
    private @Nullable Future<String> deployment;
    private boolean closed;

    /**
     * @param file the main file, absolute; it need not exist
     * @param notice told, in one sentence, what a person should know about the watch itself
     */
    public ConfigurationWatch(Vertx vertx, Path file, ConfigurationReader reader, Consumer<String> notice) {
        this(vertx, file, reader::read, FileSystems.getDefault()::newWatchService, SCAN, notice);
    }

    ConfigurationWatch(
            Vertx vertx,
            Path file,
            BiFunction<Path, SourceTexts, ReadResult> reader,
            FileEvents.Opener opener,
            Duration scan,
            Consumer<String> notice) {
        this.vertx = vertx;
        this.file = file.toAbsolutePath();
        this.reader = reader;
        this.opener = opener;
        this.scan = scan;
        this.notice = notice;
    }

    /** Reads the configuration as it is now; what {@link #follow} tells later are changes since. */
    public Future<ReadResult> read() {
        return follower().compose(SourceFollower::read);
    }

    /**
     * From now on has each change taken, one after the other; changes during a take are taken together afterwards. Where
     * {@link #read} was not called before, what is on disk now is taken first, unless the file does not exist.
     *
     * @param taker called on a worker thread
     */
    public Future<Void> follow(Function<ReadResult, Future<ReloadReport>> taker) {
        return follower().compose(follower -> follower.follow(taker));
    }

    /**
     * Reads again now, and has it taken even where nothing has changed. Triggers that come while another is at work are
     * answered together.
     *
     * @return what the taker made of it; fails where nobody follows
     */
    public Future<ReloadReport> trigger() {
        return follower().compose(SourceFollower::trigger);
    }

    /** Ends it; a take that has begun goes on. */
    public synchronized Future<Void> close() {
        closed = true;
        return deployment == null
                ? Future.succeededFuture()
                : deployment.transform(
                        done -> done.succeeded() ? vertx.undeploy(done.result()) : Future.succeededFuture());
    }

    private synchronized Future<SourceFollower> follower() {
        if (closed) {
            return Future.failedFuture("the watch is closed");
        }
        if (deployment == null) {
            // A thread of its own: the shared pool starts a new one for each task until it has all of its twenty.
            deployment = vertx.deployVerticle(
                    new Worker(),
                    new DeploymentOptions()
                            .setThreadingModel(ThreadingModel.WORKER)
                            .setWorkerPoolName("loopgate-configuration of " + file)
                            .setWorkerPoolSize(1));
            deployment.onFailure(deployed::tryFail);
        }
        return deployed.future();
    }

    /** Gives the follower a context of worker threads. */
    private final class Worker implements Deployable {
        @Override
        public Future<?> deploy(Context context) {
            deployed.complete(new SourceFollower(
                    vertx, context, file, reader, new DiskTexts(), new FileEvents(opener, scan, notice), scan, notice));
            return Future.succeededFuture();
        }

        @Override
        public Future<?> undeploy(Context context) {
            return deployed.future().compose(SourceFollower::close);
        }
    }
}

package dev.loopgate.gateway;

import dev.loopgate.config.ReadResult;
import dev.loopgate.config.SourceTexts;
import dev.loopgate.gateway.FileEvents.Sign;
import io.vertx.config.ConfigRetriever;
import io.vertx.config.ConfigRetrieverOptions;
import io.vertx.config.ConfigStoreOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One round after the other: look, let it settle, read, hand over. All of it runs on one worker context, which may block;
 * whatever happens during a round leads to one more.
 */
final class SourceFollower {

    /**
     * A file that is gone or empty is mostly about to be written: that much later it is believed. Nothing is lost
     * meanwhile, as what it would lead to is a complaint.
     */
    private static final Duration BARE = Duration.ofMillis(300);

    /** Within this time the system has told of a write that came before a look. */
    private static final Duration NEWS = Duration.ofMillis(5);

    /** A reading can ask for files that were not looked at yet; these can name more. */
    private static final int MAX_ROUNDS = 16;

    private static final String TEXT = "text";

    private final Vertx vertx;
    private final Context context;
    private final Path file;
    private final BiFunction<Path, SourceTexts, ReadResult> reader;
    private final SourceTexts disk;
    private final Consumer<String> notice;
    private final SourceFiles files;
    private final FileEvents events;
    private final ConfigRetriever retriever;
    private final AtomicBoolean hinted = new AtomicBoolean();
    /** What events told since the last round began. */
    private final AtomicReference<@Nullable Sign> signs = new AtomicReference<>();

    // Touched on the context only.
    private @Nullable Function<ReadResult, Future<ReloadReport>> taker;
    private @Nullable String taken;
    private List<Promise<ReloadReport>> askers = new ArrayList<>();
    private boolean busy;
    private boolean again;
    private boolean closed;

    SourceFollower(
            Vertx vertx,
            Context context,
            Path file,
            BiFunction<Path, SourceTexts, ReadResult> reader,
            SourceTexts disk,
            FileEvents events,
            Duration scan,
            Consumer<String> notice) {
        this.vertx = vertx;
        this.context = context;
        this.file = file;
        this.reader = reader;
        this.disk = disk;
        this.notice = notice;
        this.files = new SourceFiles(disk, WatchSet.of(file));
        this.events = events;
        events.onChange(this::hint);
        this.retriever = ConfigRetriever.create(
                vertx,
                new ConfigRetrieverOptions()
                        .setScanPeriod(scan.toMillis())
                        .addStore(new ConfigStoreOptions()
                                .setType(FileSetStoreFactory.NAME)
                                .setFormat("raw")
                                .setConfig(
                                        new JsonObject().put("raw.key", TEXT).put(FileSetStoreFactory.FILES, files))));
    }

    /** At the start a file that has not changed lately is taken at once. */
    Future<ReadResult> read() {
        return onContext(() -> fetch().compose(text -> files.calm() ? Future.succeededFuture(text) : settle(text, true))
                .compose(text -> interpret(text, MAX_ROUNDS)));
    }

    Future<Void> follow(Function<ReadResult, Future<ReloadReport>> how) {
        return onContext(() -> {
            taker = how;
            retriever.listen(change -> check());
            return fetch().map(text -> {
                SourceSnapshot now = SourceSnapshot.decode(text);
                watchPlaces(now);
                if (taken == null && now.missing()) {
                    // An absent file is no news to who has not read it.
                    taken = text;
                }
                check();
                return null;
            });
        });
    }

    Future<ReloadReport> trigger() {
        return onContext(() -> {
            if (taker == null || closed) {
                return Future.failedFuture("nobody follows the configuration");
            }
            Promise<ReloadReport> promise = Promise.promise();
            askers.add(promise);
            check();
            return promise.future();
        });
    }

    Future<Void> close() {
        return onContext(() -> {
            closed = true;
            events.close();
            askers.forEach(asker -> asker.tryFail("the watch is closed"));
            // A look may be under way, and its thread goes with the watch. This comes after it, in the same line.
            return retriever.close().compose(done -> vertx.executeBlocking(() -> null));
        });
    }

    /** An event: on a thread of the file system's. */
    private void hint(Sign sign) {
        signs.accumulateAndGet(sign, (before, now) -> before == Sign.TOUCHED ? before : now);
        if (!hinted.getAndSet(true)) {
            context.runOnContext(next -> {
                hinted.set(false);
                check();
            });
        }
    }

    private void check() {
        Function<ReadResult, Future<ReloadReport>> take = taker;
        if (take == null || closed) {
            return;
        }
        if (busy) {
            again = true;
            return;
        }
        busy = true;
        List<Promise<ReloadReport>> answered = askers;
        askers = new ArrayList<>();
        boolean asked = !answered.isEmpty();
        if (asked) {
            files.forget();
        }
        round(take, asked).onComplete(done -> {
            busy = false;
            if (done.failed() && answered.isEmpty() && !closed) {
                notice.accept("the configuration could not be taken: " + Trouble.words(done.cause()));
            }
            for (Promise<ReloadReport> asker : answered) {
                asker.handle(done);
            }
            if (again || !askers.isEmpty()) {
                again = false;
                check();
            }
        });
    }

    /** @return null where nothing has changed and nobody asked */
    private Future<@Nullable ReloadReport> round(Function<ReadResult, Future<ReloadReport>> take, boolean asked) {
        Sign sign = signs.getAndSet(null);
        return fetch().compose(text -> {
                    if (text.equals(taken)) {
                        return Future.succeededFuture(text);
                    }
                    return sign == Sign.PLACED && replaced(text) ? confirm(text, asked) : settle(text, asked);
                })
                .compose(text -> {
                    if (text.equals(taken) && !asked) {
                        // The event may have been of a new folder, whose files are still to come.
                        watchPlaces(SourceSnapshot.decode(text));
                        return Future.succeededFuture();
                    }
                    return interpret(text, MAX_ROUNDS).compose(take);
                });
    }

    /**
     * Whether the one file there is was there before. Where its name was given away without being taken away first, it
     * was renamed over the old one, and whoever does so has written it to its end. Of several files others may be about
     * to follow, or the name that was given is not of the one that differs.
     */
    private boolean replaced(String text) {
        return taken != null && SourceSnapshot.decode(text).replaces(SourceSnapshot.decode(taken));
    }

    /** Whoever writes to a file that was just renamed is about to be told of, if he has begun. */
    private Future<String> confirm(String text, boolean asked) {
        return vertx.timer(NEWS.toMillis(), TimeUnit.MILLISECONDS)
                .compose(later -> fetch())
                .compose(next ->
                        next.equals(text) && signs.get() == null ? Future.succeededFuture(next) : settle(next, asked));
    }

    private Future<String> fetch() {
        return retriever.getConfig().map(found -> found.getString(TEXT));
    }

    private Future<String> settle(String text, boolean asked) {
        return settle(text, asked ? Duration.ZERO : BARE);
    }

    /** @param patience how much longer a file that is gone or empty is not believed */
    private Future<String> settle(String text, Duration patience) {
        return vertx.timer(ConfigurationWatch.SETTLE.toMillis(), TimeUnit.MILLISECONDS)
                .compose(later -> fetch())
                .compose(next -> {
                    boolean same = next.equals(text);
                    if (same
                            && (next.equals(taken)
                                    || patience.isNegative()
                                    || patience.isZero()
                                    || !SourceSnapshot.decode(next).bare())) {
                        return Future.succeededFuture(next);
                    }
                    return settle(next, patience.minus(ConfigurationWatch.SETTLE));
                });
    }

    private Future<ReadResult> interpret(String text, int rounds) {
        SourceSnapshot snapshot = SourceSnapshot.decode(text);
        RecordedTexts texts = new RecordedTexts(snapshot, disk);
        ReadResult result = reader.apply(file, texts);
        WatchSet wanted = texts.watched();
        files.watch(wanted);
        if (texts.surprised() && rounds > 0) {
            return fetch().compose(next -> files.calm() ? Future.succeededFuture(next) : settle(next, true))
                    .compose(next -> interpret(next, rounds - 1));
        }
        SourceSnapshot rest = snapshot.within(wanted);
        taken = rest.encode();
        if (taker != null) {
            watchPlaces(rest);
        }
        return Future.succeededFuture(result);
    }

    private void watchPlaces(SourceSnapshot of) {
        Set<Path> paths = new HashSet<>(of.files().keySet());
        paths.add(file);
        again |= events.watch(WatchPlaces.of(paths, of.globs().keySet()));
    }

    private <T> Future<T> onContext(Supplier<Future<T>> work) {
        Promise<T> promise = Promise.promise();
        context.runOnContext(
                now -> Future.succeededFuture().compose(begun -> work.get()).onComplete(promise));
        return promise.future();
    }
}

package dev.loopgate.gateway;

import dev.loopgate.config.ConfigurationReader;
import dev.loopgate.config.Problem;
import dev.loopgate.config.ReadResult;
import dev.loopgate.gateway.ReloadReport.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A project that a running gateway serves beside its own configuration, until whoever attached it leaves. Its file is
 * followed like the gateway's; a text is replaced when its owner sends another. Safe for use by any thread.
 */
public final class AttachedProject {

    private final Vertx vertx;
    private final Attachments attachments;
    private final Function<ReadResult.Valid, ConfigurationPart> view;
    private final Listener listener;
    private final ConfigurationReader reader;
    private @Nullable ConfigurationWatch watch;
    private volatile AttachRequest request;
    private volatile boolean closed;

    /** Who attached it. Called on any thread; must return at once. */
    public interface Listener {

        /** A change of it is in force, or is not taken. */
        void changed(ReloadReport report);

        /** Something about the watch of its file, in one sentence. */
        void notice(String sentence);
    }

    private AttachedProject(
            Vertx vertx,
            Attachments attachments,
            AttachRequest request,
            Function<ReadResult.Valid, ConfigurationPart> view,
            Listener listener) {
        this.vertx = vertx;
        this.attachments = attachments;
        this.request = request;
        this.view = view;
        this.listener = listener;
        this.reader = new ConfigurationReader(name -> this.request.environment().get(name));
    }

    /**
     * Reads a project and serves it.
     *
     * @param view what of it is to be in force
     * @return fails with {@link AttachFailure}; nothing of it is left then
     */
    public static Future<AttachedProject> attach(
            Vertx vertx,
            Attachments attachments,
            AttachRequest request,
            Function<ReadResult.Valid, ConfigurationPart> view,
            Listener listener) {
        AttachedProject project = new AttachedProject(vertx, attachments, request, view, listener);
        return project.begin()
                .compose(report -> report.inForce()
                        ? project.follow().map(project)
                        : Future.failedFuture(new AttachFailure(report.outcome(), report.problems())))
                .recover(failure -> project.close().transform(closed -> Future.failedFuture(failure)));
    }

    /** Puts another text in the place of the one before; {@link Listener} is told nothing of it. */
    public Future<ReloadReport> replace(String text) {
        AttachRequest next = request.with(text);
        return vertx.executeBlocking(next::read).compose(this::take).onSuccess(report -> {
            if (report.inForce()) {
                request = next;
            }
        });
    }

    /** Reads its file again with other variables; {@link Listener} is told what came of it. */
    public void use(Map<String, String> variables) {
        request = request.with(variables);
        ConfigurationWatch following;
        synchronized (this) {
            following = watch;
        }
        if (following != null) {
            following.trigger();
        }
    }

    /** Ends it; completes once nothing of it is in force. */
    public Future<Void> close() {
        closed = true;
        return stopWatch().transform(stopped -> attachments.remove(this));
    }

    /** Whether nothing of it may come in force any more. */
    boolean closed() {
        return closed;
    }

    /** What it is read from now. */
    AttachRequest source() {
        return request;
    }

    public String name() {
        return request.name();
    }

    public Optional<Path> file() {
        return request.file();
    }

    /** Of who attached it. */
    public long pid() {
        return request.pid();
    }

    /** The gateway with nothing but what this project brings. */
    public GatewayStatus status() {
        return attachments.statusOf(this);
    }

    /** What a person should know of it, a sentence each. */
    public List<String> warnings() {
        return attachments.warnings(this);
    }

    /** Keys of its file that have no effect, since they are the gateway's own to say. */
    public List<String> ignored() {
        return attachments.ignored(this);
    }

    /** What people know it by. */
    String words() {
        return request.file().map(Path::toString).orElse(request.name()) + " (process " + request.pid() + ")";
    }

    private Future<ReloadReport> begin() {
        Optional<String> text = request.text();
        if (text.isPresent()) {
            return replace(text.get());
        }
        return openWatch().read().compose(this::take);
    }

    private Future<Void> follow() {
        ConfigurationWatch following;
        synchronized (this) {
            following = watch;
        }
        return following == null
                ? Future.succeededFuture()
                : following.follow(result -> take(result).onSuccess(report -> {
                    if (report.outcome() != Outcome.UNCHANGED) {
                        listener.changed(report);
                    }
                }));
    }

    private Future<ReloadReport> take(ReadResult result) {
        if (result instanceof ReadResult.Invalid invalid) {
            return Future.succeededFuture(ReloadReport.withoutChange(
                    Outcome.INVALID,
                    0,
                    List.of(),
                    invalid.problems().stream().map(Problem::toString).toList()));
        }
        return attachments.put(this, view.apply((ReadResult.Valid) result));
    }

    private synchronized ConfigurationWatch openWatch() {
        ConfigurationWatch opened = new ConfigurationWatch(vertx, request.source(), reader, listener::notice);
        watch = opened;
        return opened;
    }

    private synchronized Future<Void> stopWatch() {
        return watch == null ? Future.succeededFuture() : watch.close();
    }
}

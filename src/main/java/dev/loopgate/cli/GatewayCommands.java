package dev.loopgate.cli;

import dev.loopgate.admin.ControlCommands;
import dev.loopgate.config.Problem;
import dev.loopgate.config.ReadResult;
import dev.loopgate.gateway.AttachRequest;
import dev.loopgate.gateway.AttachedProject;
import dev.loopgate.gateway.Attachments;
import dev.loopgate.gateway.ConfigurationPart;
import dev.loopgate.gateway.ConfigurationWatch;
import dev.loopgate.gateway.GatewayStatus;
import dev.loopgate.gateway.ReloadReport;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What other commands ask of a gateway of this process. */
final class GatewayCommands implements ControlCommands {

    private final Vertx vertx;
    private final Attachments attachments;
    private final ConfigurationWatch watch;

    GatewayCommands(Vertx vertx, Attachments attachments, ConfigurationWatch watch) {
        this.vertx = vertx;
        this.attachments = attachments;
        this.watch = watch;
    }

    @Override
    public GatewayStatus status() {
        return attachments.status();
    }

    @Override
    public List<AttachRequest> attached() {
        return attachments.sources();
    }

    @Override
    public CompletionStage<ReloadReport> reload() {
        return watch.trigger().toCompletionStage();
    }

    @Override
    public CompletionStage<AttachedProject> attach(AttachRequest request, AttachedProject.Listener listener) {
        return AttachedProject.attach(vertx, attachments, request, read -> part(request, read), listener)
                .toCompletionStage();
    }

    /** What of a project is to be in force. */
    static ConfigurationPart part(AttachRequest request, ReadResult.Valid read) {
        ConfigurationView view = request.loopbackOnly()
                ? LoopbackOnly.ofAttached(read.configuration(), request.source().toString())
                : ConfigurationView.whole(read.configuration());
        List<String> warnings =
                new ArrayList<>(read.warnings().stream().map(Problem::toString).toList());
        warnings.addAll(view.warnings());
        return new ConfigurationPart(request.name(), request.file(), view.configuration(), warnings, read);
    }
}

package dev.loopgate.admin;

import dev.loopgate.gateway.AttachRequest;
import dev.loopgate.gateway.AttachedProject;
import dev.loopgate.gateway.GatewayStatus;
import dev.loopgate.gateway.ReloadReport;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What a running gateway does when asked through its control socket. Called on threads of the control socket. */
public interface ControlCommands {

    /** The gateway now. */
    GatewayStatus status();

    /** What the projects that are attached are read from, in the order in which they came. */
    List<AttachRequest> attached();

    /** Reads the configuration again and puts it in force if it is good. */
    CompletionStage<ReloadReport> reload();

    /**
     * Serves a project beside its own configuration.
     *
     * @param listener told what becomes of its changes
     * @return to be closed when who attached it leaves; fails with {@link dev.loopgate.gateway.AttachFailure}
     */
    CompletionStage<AttachedProject> attach(AttachRequest request, AttachedProject.Listener listener);
}

package dev.loopgate.admin;

import dev.loopgate.gateway.GatewayStatus;
import dev.loopgate.gateway.ReloadReport;
import java.util.concurrent.CompletionStage;

/** What a running gateway does when asked through its control socket. Called on threads of the control socket. */
public interface ControlCommands {

    /** The gateway now. */
    GatewayStatus status();

    /** Reads the configuration again and puts it in force if it is good. */
    CompletionStage<ReloadReport> reload();
}

package dev.loopgate.gateway;

import dev.loopgate.forward.ForwardEvents;
import dev.loopgate.model.Forward;
import java.util.List;

/** What the gateway tells while it runs. Called on an event loop or a worker: must return at once. */
public interface GatewayEvents extends ForwardEvents {

    /** Tells nobody. */
    GatewayEvents NONE = new GatewayEvents() {};

    /**
     * A configuration that was read again is in force now, or is not taken. Not called for one that changes nothing,
     * unless the one before it was not taken.
     */
    default void reloaded(ReloadReport report) {}

    /**
     * A project is attached, or what it says has changed.
     *
     * @param project its file or name, and who attached it
     */
    default void attached(String project, ReloadReport report) {}

    /** A project that was attached is so no more. */
    default void detached(String project, ReloadReport report) {}

    /** A forward cannot listen; it is tried again until it can. Told once, and again when the cause changes. */
    default void forwardBlocked(Forward rule, BindProblem problem) {}

    /** A forward that could not listen does now. */
    default void forwardListens(Forward rule) {}

    /** A forward follows the addresses of this machine, and these have changed or become free. */
    default void forwardMoved(Forward rule, List<String> addresses) {}

    /** A forward was open for as long as its rule says, and has closed. */
    default void forwardExpired(Forward rule) {}

    /** HTTP/3 is served on these addresses now, and was not before. */
    default void http3Listens(List<String> addresses) {}

    /** Something that a person should know, in one sentence. */
    default void notice(String sentence) {}
}

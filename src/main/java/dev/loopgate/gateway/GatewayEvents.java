package dev.loopgate.gateway;

import dev.loopgate.model.Forward;

/** What the gateway tells while it runs. Called on an event loop: must return at once. */
public interface GatewayEvents {

    /** Tells nobody. */
    GatewayEvents NONE = new GatewayEvents() {};

    /** A configuration was read again; not called where it was unchanged and nobody asked for it. */
    default void reloaded(ReloadReport report) {}

    /** A forward cannot listen; it is tried again until it can. Told once, and again when the cause changes. */
    default void forwardBlocked(Forward forward, BindProblem problem) {}

    /** A forward that could not listen does now. */
    default void forwardListens(Forward forward) {}

    /** Something that a person should know, in one sentence. */
    default void notice(String sentence) {}
}

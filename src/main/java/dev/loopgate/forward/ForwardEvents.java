package dev.loopgate.forward;

import dev.loopgate.model.Forward;
import dev.loopgate.model.UpstreamAddress;
import java.net.InetAddress;
import java.util.Optional;

/** What a forward tells while it runs, mostly at most once every few seconds. Called on an event loop: must return at once. */
public interface ForwardEvents {

    /** Tells nobody. */
    ForwardEvents NONE = new ForwardEvents() {};

    /** A connection was accepted, or a session begun. */
    default void accepted(Forward rule, InetAddress client) {}

    /**
     * Connections were turned away at accept.
     *
     * @param reason a few words about the last of them: {@code 192.168.1.7 is not allowed}
     * @param count how many since this was last told; at least one
     */
    default void refused(Forward rule, String reason, long count) {}

    /**
     * Connections were closed because no target could be reached, or there is no certificate for their clients.
     *
     * @param cause of the last of them: {@code nothing listens on 127.0.0.1:5432 or [::1]:5432 (connection refused)}
     * @param count how many since this was last told; at least one
     */
    default void unreachable(Forward rule, String cause, long count) {}

    /**
     * A target that has others beside it cannot be reached any more, or is again.
     *
     * @param cause why it cannot; empty where it can
     */
    default void targetChanged(Forward rule, UpstreamAddress target, Optional<String> cause) {}
}

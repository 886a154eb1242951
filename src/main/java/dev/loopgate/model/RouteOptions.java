package dev.loopgate.model;

import java.time.Duration;
import java.util.Optional;

/**
 * The rules of one route.
 *
 * @param host the Host field that the upstream gets
 * @param request changes to the fields sent upstream
 * @param response changes to the fields sent to the client
 * @param waitLimit {@code wait}: how long a request is held while the upstream refuses connections; empty: 5 s, and only for an upstream
 *     that answered within the last minute
 * @param connect how long one connection attempt may take
 * @param firstByte how long the upstream may take to begin its answer; zero: for ever
 * @param bodyIdle how long a client may pause within a request body
 * @param idle how long both directions may be silent within an exchange or tunnel; zero: for ever
 * @param keepAlive whether upstream connections are kept for later requests
 * @param access which clients are served
 * @param verify whether an upstream that is spoken to over TLS has to prove who it is
 */
public record RouteOptions(
        HostHeader host,
        FieldEdits request,
        FieldEdits response,
        Optional<Duration> waitLimit,
        Duration connect,
        Duration firstByte,
        Duration bodyIdle,
        Duration idle,
        boolean keepAlive,
        Access access,
        boolean verify) {

    public static final RouteOptions DEFAULT = new RouteOptions(
            new HostHeader.Preserve(),
            FieldEdits.NONE,
            FieldEdits.NONE,
            Optional.empty(),
            Duration.ofSeconds(3),
            Duration.ZERO,
            Duration.ofSeconds(30),
            Duration.ZERO,
            true,
            Access.ALL,
            true);

    /** The Host field that the upstream gets. */
    public sealed interface HostHeader {
        /** As the client sent it. */
        record Preserve() implements HostHeader {}

        /** The upstream's own authority; {@code localhost} for a Unix socket. */
        record Rewrite() implements HostHeader {}

        /** This value. */
        record Literal(String value) implements HostHeader {}
    }
}

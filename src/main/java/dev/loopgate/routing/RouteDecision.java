package dev.loopgate.routing;

import dev.loopgate.model.Route;
import dev.loopgate.model.VirtualHost;

/** Where a request goes, or why it goes nowhere. */
public sealed interface RouteDecision<T> {

    /**
     * A route serves the request.
     *
     * @param handler what the route was compiled to
     * @param prefixLength how many bytes of the request's path the route's prefix takes; zero for {@code /}
     */
    record Matched<T>(VirtualHost host, Route route, T handler, int prefixLength) implements RouteDecision<T> {}

    /** No host has the name. */
    record UnknownHost<T>() implements RouteDecision<T> {}

    /** The host is there, but none of its routes has the path. */
    record UnknownPath<T>(VirtualHost host) implements RouteDecision<T> {}

    /**
     * A server that normalises the path would see one that belongs to another route, or to none.
     *
     * @param normalised that other reading of the path; decoded, so it can hold any character
     */
    record AmbiguousPath<T>(String normalised) implements RouteDecision<T> {}
}

package dev.loopgate.model;

import java.util.List;

/**
 * One name, or pattern of names, and what it serves.
 *
 * @param routes at least one; each prefix once, in the order of the file
 */
public record VirtualHost(HostPattern pattern, List<Route> routes) {

    public VirtualHost {
        routes = List.copyOf(routes);
    }
}

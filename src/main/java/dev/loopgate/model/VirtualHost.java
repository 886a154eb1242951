package dev.loopgate.model;

import java.util.List;
import java.util.Optional;

/**
 * One name, or pattern of names, and what it serves.
 *
 * @param routes at least one; each prefix once, in the order of the file
 * @param tls for connections that ask for it; empty: as for the whole gateway
 * @param redirectToHttps whether plain requests are sent to the same address over TLS
 */
public record VirtualHost(HostPattern pattern, List<Route> routes, Optional<TlsSettings> tls, boolean redirectToHttps) {

    public VirtualHost {
        routes = List.copyOf(routes);
    }

    /** As secure as the whole gateway. */
    public VirtualHost(HostPattern pattern, List<Route> routes) {
        this(pattern, routes, Optional.empty(), false);
    }
}

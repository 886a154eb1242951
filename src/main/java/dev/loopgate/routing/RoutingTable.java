package dev.loopgate.routing;

import dev.loopgate.model.HostPattern;
import dev.loopgate.model.Route;
import dev.loopgate.model.VirtualHost;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Host and path to a {@link RouteDecision}. An exact name beats a wildcard, the longest wildcard beats the others, and
 * {@code *} takes what is left; within the host the longest path prefix on a segment border wins. Immutable, so any thread
 * may use it; a lookup takes the same time with ten hosts and with ten thousand, and allocates nothing unless the path
 * has escapes, dot segments or the like.
 *
 * @param <T> what a route is compiled to
 */
public final class RoutingTable<T> {

    private final HostIndex index;
    private final List<HostPattern> patterns;
    private final List<PathTable<T>> paths;
    private final RouteDecision<T> unknownHost = new RouteDecision.UnknownHost<>();

    private RoutingTable(List<HostPattern> patterns, List<PathTable<T>> paths) {
        this.index = new HostIndex(patterns);
        this.patterns = patterns;
        this.paths = paths;
    }

    /**
     * @param hosts each pattern once, names without a trailing dot, IPv6 literals in brackets
     * @param compile called once for each route; what it throws is passed on
     */
    public static <T> RoutingTable<T> of(List<VirtualHost> hosts, BiFunction<VirtualHost, Route, T> compile) {
        List<PathTable<T>> paths = new ArrayList<>(hosts.size());
        for (VirtualHost host : hosts) {
            paths.add(new PathTable<>(host, compile));
        }
        return new RoutingTable<>(hosts.stream().map(VirtualHost::pattern).toList(), paths);
    }

    /**
     * Decides by ranges of a request's head.
     *
     * @param bytes both ranges are of this array, which is only read
     * @param hostStart the host as sent, without its port; empty where the request named none, which matches nothing
     * @param pathStart the path as sent, without the query
     */
    public RouteDecision<T> decide(byte[] bytes, int hostStart, int hostEnd, int pathStart, int pathEnd) {
        int found = index.find(bytes, hostStart, hostEnd);
        return found == ByteIndex.ABSENT ? unknownHost : paths.get(found).decide(bytes, pathStart, pathEnd);
    }

    /** The same by text. */
    public RouteDecision<T> decide(String host, String path) {
        byte[] hostBytes = host.getBytes(StandardCharsets.UTF_8);
        byte[] pathBytes = path.getBytes(StandardCharsets.UTF_8);
        byte[] both = Arrays.copyOf(hostBytes, hostBytes.length + pathBytes.length);
        System.arraycopy(pathBytes, 0, both, hostBytes.length, pathBytes.length);
        return decide(both, 0, hostBytes.length, hostBytes.length, both.length);
    }

    /** Up to {@code max} exact names that somebody who asked for {@code host} may have meant, the closest first. */
    public List<String> nearest(String host, int max) {
        return NearestNames.of(patterns, host, max);
    }

    /** Every pattern, in the order of the configuration. */
    public List<HostPattern> hosts() {
        return patterns;
    }
}

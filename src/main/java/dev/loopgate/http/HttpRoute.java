package dev.loopgate.http;

import dev.loopgate.model.Access;
import dev.loopgate.model.FieldEdits;
import dev.loopgate.model.Route;
import dev.loopgate.model.RouteOptions;
import dev.loopgate.model.RouteOptions.HostHeader;
import dev.loopgate.model.Target;
import dev.loopgate.model.Target.PathRewrite;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A route, ready for the data path: texts as bytes, durations as nanoseconds, upstreams as pools. */
final class HttpRoute {

    private static final byte[] NOTHING = new byte[0];

    private final Target target;
    private final RouteOptions options;
    private final List<Hop> hops;
    private final AtomicInteger turn = new AtomicInteger();
    private final @Nullable FieldChanges requestChanges;
    private final @Nullable FieldChanges responseChanges;
    private final byte @Nullable [] prefixReplacement;
    private final boolean servesTls;
    private final boolean redirectsToHttps;
    private final long waitNanos;
    private final long firstByteNanos;
    private final long bodyIdleNanos;
    private final long idleNanos;

    /**
     * @param hops where a proxy or files route sends requests; empty for a redirect or a fixed answer
     * @param servesTls whether its host is served over TLS
     * @param redirectsToHttps whether it is served over nothing else
     */
    HttpRoute(Route route, List<Hop> hops, boolean servesTls, boolean redirectsToHttps) {
        this.redirectsToHttps = redirectsToHttps;
        this.servesTls = servesTls;
        this.target = route.target();
        this.options = route.options();
        this.hops = List.copyOf(hops);
        this.requestChanges = changes(options.request());
        this.responseChanges = changes(options.response());
        this.prefixReplacement = replacement(route.target());
        this.waitNanos = options.waitLimit().map(java.time.Duration::toNanos).orElse(-1L);
        this.firstByteNanos = options.firstByte().toNanos();
        this.bodyIdleNanos = options.bodyIdle().toNanos();
        this.idleNanos = options.idle().toNanos();
    }

    private static @Nullable FieldChanges changes(FieldEdits edits) {
        return edits.isEmpty() ? null : new FieldChanges(edits);
    }

    private static byte @Nullable [] replacement(Target target) {
        if (target instanceof Target.Files) {
            return NOTHING;
        }
        if (target instanceof Target.Proxy proxy) {
            if (proxy.rewrite() instanceof PathRewrite.Strip) {
                return NOTHING;
            }
            if (proxy.rewrite() instanceof PathRewrite.Replace replace) {
                return replace.prefix().getBytes(StandardCharsets.UTF_8);
            }
        }
        return null;
    }

    Target target() {
        return target;
    }

    Access access() {
        return options.access();
    }

    HostHeader host() {
        return options.host();
    }

    java.time.Duration connect() {
        return options.connect();
    }

    boolean keepAlive() {
        return options.keepAlive();
    }

    boolean servesTls() {
        return servesTls;
    }

    boolean redirectsToHttps() {
        return redirectsToHttps;
    }

    /** How many upstreams there are to try. */
    int hopCount() {
        return hops.size();
    }

    /** Where in the list the next exchange begins; by turns. */
    int nextTurn() {
        return hops.size() == 1 ? 0 : Math.floorMod(turn.getAndIncrement(), hops.size());
    }

    Hop hop(int index) {
        return hops.get(index < hops.size() ? index : index % hops.size());
    }

    @Nullable
    FieldChanges requestChanges() {
        return requestChanges;
    }

    @Nullable
    FieldChanges responseChanges() {
        return responseChanges;
    }

    /** What the matched prefix becomes; null where the path goes on as it came. */
    byte @Nullable [] prefixReplacement() {
        return prefixReplacement;
    }

    /** How long to hold a request while connections are refused, in nanoseconds; negative where nothing is set. */
    long waitNanos() {
        return waitNanos;
    }

    /** Nanoseconds; zero for ever. */
    long firstByteNanos() {
        return firstByteNanos;
    }

    /** Nanoseconds; zero for ever. */
    long bodyIdleNanos() {
        return bodyIdleNanos;
    }

    /** Nanoseconds; zero for ever. */
    long idleNanos() {
        return idleNanos;
    }
}

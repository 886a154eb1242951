package dev.loopgate.http;

import dev.loopgate.model.Target;
import dev.loopgate.model.UpstreamAddress;
import java.nio.charset.StandardCharsets;

/** One upstream as a route uses it. */
final class Hop {

    private final Upstream upstream;
    private final byte[] basePath;
    private final String authority;
    private final String text;

    Hop(Target.Upstream target, Upstream upstream) {
        this(target, upstream, target.toString());
    }

    /** @param text for people: a service of the gateway's own is not known to them by its address */
    Hop(Target.Upstream target, Upstream upstream, String text) {
        this.upstream = upstream;
        this.basePath = target.basePath().getBytes(StandardCharsets.UTF_8);
        this.authority = target.address() instanceof UpstreamAddress.UnixSocket
                ? "localhost"
                : target.address().toString();
        this.text = text;
    }

    Upstream upstream() {
        return upstream;
    }

    /** Put before each path; empty for none. */
    byte[] basePath() {
        return basePath;
    }

    /** What a Host field of its own would say. */
    String authority() {
        return authority;
    }

    /** For people. */
    String text() {
        return text;
    }
}

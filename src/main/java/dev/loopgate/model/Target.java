package dev.loopgate.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a route leads to. */
public sealed interface Target {

    /**
     * Requests are sent on to an upstream, by turns where there are several.
     *
     * @param upstreams at least one
     */
    record Proxy(List<Upstream> upstreams, PathRewrite rewrite) implements Target {
        public Proxy {
            upstreams = List.copyOf(upstreams);
        }
    }

    /**
     * Static files.
     *
     * @param root an absolute, normalised folder; it may appear and disappear while the gateway runs
     * @param fallback a file below the root that answers where nothing else does (single-page applications)
     */
    record Files(Path root, Optional<String> fallback) implements Target {}

    /**
     * An answer that sends the client elsewhere.
     *
     * @param location an absolute URL, to which the request's path and query are appended where it has no path of its
     *     own; or a path, taken as it is
     * @param status 301, 302, 303, 307 or 308
     */
    record Redirect(String location, int status) implements Target {}

    /**
     * A fixed answer.
     *
     * @param status 200 to 599
     * @param headers fields in the order of the file; a Content-Type is guessed where there is none
     */
    record Respond(int status, String body, Map<String, String> headers) implements Target {
        public Respond {
            headers = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(headers));
        }
    }

    /**
     * One backend of a proxy route.
     *
     * @param basePath put before the request's path; begins with a slash and does not end in one; empty for none
     * @param scheme how it is spoken to
     */
    record Upstream(UpstreamAddress address, String basePath, Scheme scheme) {

        /** One that speaks plain HTTP. */
        public Upstream(UpstreamAddress address, String basePath) {
            this(address, basePath, Scheme.HTTP);
        }

        /** Whether it is spoken to over TLS. */
        public boolean secure() {
            return scheme == Scheme.HTTPS;
        }

        /** @param options of the route that leads to it */
        public Security security(RouteOptions options) {
            if (!secure()) {
                return Security.PLAIN;
            }
            return options.verify() ? Security.VERIFIED : Security.UNVERIFIED;
        }

        @Override
        public String toString() {
            return address instanceof UpstreamAddress.UnixSocket
                    ? address.toString()
                    : scheme.text() + "://" + address + basePath;
        }
    }

    /** Whether a backend is spoken to over TLS, and who has to answer then. */
    enum Security {
        /** In the clear. */
        PLAIN,
        /** Over TLS, once it has proved who it is. */
        VERIFIED,
        /** Over TLS with whoever answers. */
        UNVERIFIED
    }

    /** How a backend is spoken to. */
    enum Scheme {
        /** HTTP/1.1 in the clear. */
        HTTP("http", 80),
        /** Over TLS: HTTP/2 where the backend wants it, else HTTP/1.1. */
        HTTPS("https", 443),
        /** HTTP/2 in the clear, from the first byte on. */
        H2C("h2c", 80);

        private final String text;
        private final int port;

        Scheme(String text, int port) {
            this.text = text;
            this.port = port;
        }

        /** As a URL begins. */
        public String text() {
            return text;
        }

        /** The port where a URL names none. */
        public int port() {
            return port;
        }
    }

    /** What becomes of the matched prefix. */
    sealed interface PathRewrite {
        /** The path goes on as it came. */
        record Keep() implements PathRewrite {}

        /** The prefix is cut off. */
        record Strip() implements PathRewrite {}

        /**
         * The prefix is replaced.
         *
         * @param prefix begins with a slash and does not end in one; {@code /} alone is a {@link Strip}
         */
        record Replace(String prefix) implements PathRewrite {}
    }
}

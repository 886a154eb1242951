package dev.loopgate.model;

/** Where one backend listens. */
public sealed interface UpstreamAddress {

    /** What a connection is made to, whatever is spoken on it. */
    default UpstreamAddress socket() {
        return this;
    }

    /**
     * A port on this machine's loopback: 127.0.0.1 or [::1], whichever answers.
     *
     * @param port 1 to 65535
     */
    record LoopbackPort(int port) implements UpstreamAddress {
        @Override
        public String toString() {
            return "localhost:" + port;
        }
    }

    /**
     * A host name, resolved anew for each connection, or an IP literal without brackets.
     *
     * @param port 1 to 65535
     */
    record HostPort(String host, int port) implements UpstreamAddress {
        @Override
        public String toString() {
            return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /**
     * A Unix domain socket.
     *
     * @param path absolute, or an abstract name of Linux behind {@code @} (unix(7))
     */
    record UnixSocket(String path) implements UpstreamAddress {
        @Override
        public String toString() {
            return "unix://" + path;
        }
    }

    /**
     * A target of a forward that is spoken to over TLS.
     *
     * @param socket a port or host and port
     */
    record Tls(UpstreamAddress socket) implements UpstreamAddress {
        @Override
        public String toString() {
            return "tls://" + socket;
        }
    }
}

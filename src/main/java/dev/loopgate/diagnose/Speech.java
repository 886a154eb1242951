package dev.loopgate.diagnose;

import dev.loopgate.tls.TrustLists;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;

/** What a service that takes connections says. */
public sealed interface Speech {

    /** What its client means it to speak. */
    enum Wanted {
        ANY,
        PLAIN,
        TLS;

        /** @param scheme of a URL, in lower case; any other, or none, wants nothing in particular */
        public static Wanted by(String scheme) {
            return switch (scheme) {
                case "http", "ws" -> PLAIN;
                case "https", "wss" -> TLS;
                default -> ANY;
            };
        }
    }

    /**
     * It speaks first, or what it says is none of the others.
     *
     * @param line the first one, as it may be shown on a terminal
     */
    record Banner(String line, Duration took) implements Speech {}

    /**
     * It answers requests of HTTP/1.
     *
     * @param status the status line
     * @param server as it calls itself
     * @param location where it sends whoever asks for its first page
     * @param took from the request to the head of the answer
     */
    record Http(String status, Optional<String> server, Optional<String> location, Duration took) implements Speech {}

    /** It speaks HTTP/2 without TLS, and not HTTP/1: gRPC, mostly. */
    record H2c(Duration took) implements Speech {}

    /** It speaks TLS. */
    record Tls(TlsSession session) implements Speech {}

    /**
     * It speaks TLS, but not with us.
     *
     * @param why in the words of TLS
     */
    record TlsRefused(String why, Duration took) implements Speech {}

    /**
     * It says nothing that tells what it is.
     *
     * @param service what usually listens on the port
     * @param asked whether it was sent a request; those that would take one for an attack are not
     * @param closed whether it ended the connection
     */
    record Silent(Optional<String> service, boolean asked, boolean closed) implements Speech {}

    /**
     * Connects and asks. Blocks, for a few times the limit at most.
     *
     * @param host that is asked for, by name or address
     * @param wanted what is tried first, and told where it answers in the same way to both
     * @param lists by which its certificate is judged
     * @return empty where it takes no connection
     */
    static Optional<Speech> of(
            InetSocketAddress address, String host, Wanted wanted, TrustLists lists, Duration limit) {
        return new SpeechProbe(address, host, wanted, lists, limit).ask();
    }

    /**
     * The same, over a connection that was made to the address. Closes it.
     *
     * @param connection blocking
     */
    static Speech of(
            Socket connection,
            InetSocketAddress address,
            String host,
            Wanted wanted,
            TrustLists lists,
            Duration limit) {
        return new SpeechProbe(address, host, wanted, lists, limit).ask(connection);
    }
}

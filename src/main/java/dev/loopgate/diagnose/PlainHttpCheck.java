package dev.loopgate.diagnose;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether a server speaks plain HTTP. It is asked {@code OPTIONS *}, which concerns the server as a whole and does nothing
 * (RFC 9110 §9.3.7).
 *
 * @param detail the status line, or what came instead, as it may be shown on a terminal; empty where nothing came
 */
public record PlainHttpCheck(Outcome outcome, String detail) {

    /** What came of it. */
    public enum Outcome {
        /** HTTP/1. */
        HTTP,
        /** HTTP/2 without TLS, and nothing else. */
        HTTP2,
        /** TLS. */
        TLS,
        /** Something else. */
        OTHER,
        /** Nothing in time. */
        SILENT,
        /** The end of the connection. */
        CLOSED
    }

    /**
     * Blocks, for a few times the limit at most.
     *
     * @param authority for the Host field
     */
    public static PlainHttpCheck of(InetSocketAddress address, String authority, Duration limit) {
        PlainHttpCheck check;
        try (Socket socket = new Socket()) {
            socket.connect(address, SpeechProbe.millis(limit));
            check = judge(new HttpQuestion(new Connection.Tcp(socket), "OPTIONS *", authority).ask(limit));
        } catch (SocketTimeoutException silent) {
            return new PlainHttpCheck(Outcome.SILENT, "");
        } catch (IOException ended) {
            check = judge(Optional.empty());
        }
        // Servers of TLS tell who speaks plainly with a 400, or by ending the connection.
        boolean doubtful = check.outcome == Outcome.CLOSED || check.detail.contains(" 400");
        return doubtful && TlsGreeting.isAnsweredBy(address, limit) ? new PlainHttpCheck(Outcome.TLS, "") : check;
    }

    private static PlainHttpCheck judge(Optional<Speech> answer) {
        if (answer.isEmpty()) {
            return new PlainHttpCheck(Outcome.CLOSED, "");
        }
        if (answer.get() instanceof Speech.Http http) {
            return new PlainHttpCheck(Outcome.HTTP, http.status());
        }
        return answer.get() instanceof Speech.Banner banner
                ? new PlainHttpCheck(Outcome.OTHER, banner.line())
                : new PlainHttpCheck(Outcome.HTTP2, "");
    }
}

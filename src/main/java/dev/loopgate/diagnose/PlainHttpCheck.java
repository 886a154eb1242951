package dev.loopgate.diagnose;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

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

    private static final int ALERT = 0x15;
    private static final int HANDSHAKE = 0x16;
    private static final int SETTINGS = 4;

    /**
     * Blocks, for a few times the limit at most.
     *
     * @param authority for the Host field
     */
    public static PlainHttpCheck of(InetSocketAddress address, String authority, Duration limit) {
        byte[] answer;
        try (Socket socket = new Socket()) {
            socket.connect(address, (int) limit.toMillis());
            socket.setSoTimeout((int) limit.toMillis());
            socket.getOutputStream()
                    .write(("OPTIONS * HTTP/1.1\r\nHost: " + authority
                                    + "\r\nUser-Agent: loopgate\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            answer = firstLine(socket, System.nanoTime() + limit.toNanos());
        } catch (SocketTimeoutException silent) {
            return new PlainHttpCheck(Outcome.SILENT, "");
        } catch (IOException ended) {
            answer = new byte[0];
        }
        PlainHttpCheck check = judge(answer);
        // Servers of TLS tell who speaks plainly with a 400, or by ending the connection.
        boolean doubtful = check.outcome == Outcome.CLOSED || check.detail.contains(" 400");
        return doubtful && TlsGreeting.isAnsweredBy(address, limit) ? new PlainHttpCheck(Outcome.TLS, "") : check;
    }

    /** @param end of the patience with all of it */
    private static byte[] firstLine(Socket socket, long end) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] bytes = new byte[256];
        int size = 0;
        while (size < bytes.length && end - System.nanoTime() > 0) {
            socket.setSoTimeout(SpeechProbe.millis(Duration.ofNanos(Math.max(1, end - System.nanoTime()))));
            int next = in.read();
            if (next < 0 || next == '\n') {
                break;
            }
            bytes[size++] = (byte) next;
            if (size == 1 && (next == ALERT || next == HANDSHAKE)) {
                break;
            }
            if (size == SETTINGS && bytes[0] == 0) {
                break;
            }
        }
        return java.util.Arrays.copyOf(bytes, size);
    }

    private static PlainHttpCheck judge(byte[] answer) {
        if (answer.length == 0) {
            return new PlainHttpCheck(Outcome.CLOSED, "");
        }
        if (answer[0] == ALERT || answer[0] == HANDSHAKE) {
            return new PlainHttpCheck(Outcome.TLS, "");
        }
        if (answer.length >= SETTINGS && answer[0] == 0 && answer[SETTINGS - 1] == SETTINGS) {
            return new PlainHttpCheck(Outcome.HTTP2, "");
        }
        String line = Printable.of(new String(answer, StandardCharsets.UTF_8));
        return new PlainHttpCheck(line.startsWith("HTTP/1.") ? Outcome.HTTP : Outcome.OTHER, line);
    }
}

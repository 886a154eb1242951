package dev.loopgate.diagnose;

import dev.loopgate.diagnose.Speech.Banner;
import dev.loopgate.diagnose.Speech.H2c;
import dev.loopgate.diagnose.Speech.Http;
import dev.loopgate.net.Printable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks one question of HTTP over a connection, and sees what the answer is. */
final class HttpQuestion {

    private static final int MOST_BYTES = 8192;

    /** Of a frame's nine bytes (RFC 9113 §4.1), the one with its type. */
    private static final int FRAME_TYPE = 3;

    private static final int FRAME_HEAD = 9;
    private static final int SETTINGS = 4;
    private static final int GOAWAY = 7;
    private static final int TLS_ALERT = 21;
    private static final char ESCAPE = 0x1b;
    private static final int TLS_MAJOR = 3;

    private static final Pattern WORDS = Pattern.compile("[\\x20-\\x7e]{4,}");

    private final Connection connection;
    private final String request;
    private final String authority;
    private final byte[] bytes = new byte[MOST_BYTES];
    private int size;

    /**
     * @param request method and target, such as {@code GET /}
     * @param authority for the Host field
     */
    HttpQuestion(Connection connection, String request, String authority) {
        this.connection = connection;
        this.request = request;
        this.authority = authority;
    }

    /** For the first page. */
    static HttpQuestion forPage(Connection connection, String host, int port) {
        return new HttpQuestion(connection, "GET /", (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port);
    }

    /**
     * Sends the request and reads up to the end of the answer's head.
     *
     * @return empty where the connection ends without an answer, or with a complaint of TLS
     * @throws SocketTimeoutException where nothing comes for that long
     */
    Optional<Speech> ask(Duration limit) throws IOException {
        long start = System.nanoTime();
        connection.write((request + " HTTP/1.1\r\nHost: " + authority
                        + "\r\nUser-Agent: loopgate\r\nAccept: */*\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        long end = start + limit.toNanos();
        while (size < MOST_BYTES && !head().contains("\r\n\r\n") && isHttp()) {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            try {
                if (!read(left)) {
                    break;
                }
            } catch (SocketTimeoutException slow) {
                if (size == 0) {
                    throw slow;
                }
                break;
            }
        }
        if (size == 0 || (bytes[0] == TLS_ALERT && size > 1 && bytes[1] == TLS_MAJOR)) {
            return Optional.empty();
        }
        Duration took = Probe.since(start);
        if (isHttp2Frame()) {
            return Optional.of(new H2c(took));
        }
        return Optional.of(isHttp() ? http(took) : new Banner(banner(), took));
    }

    /**
     * Reads once.
     *
     * @return whether something came, false where the connection ended
     */
    boolean read(Duration limit) throws IOException {
        int count = connection.read(bytes, size, limit);
        size += Math.max(0, count);
        return count > 0;
    }

    /** Whether what came begins as HTTP/2 does: with SETTINGS, or with GOAWAY for who does not speak it. */
    boolean isHttp2Frame() {
        return size >= FRAME_HEAD
                && bytes[0] == 0
                && (bytes[FRAME_TYPE] == SETTINGS || bytes[FRAME_TYPE] == GOAWAY)
                && (bytes[5] | bytes[6] | bytes[7] | bytes[8]) == 0;
    }

    /** The first line of what came; of something binary the first words in it. */
    String banner() {
        String text = new String(bytes, 0, size, StandardCharsets.UTF_8);
        boolean binary = text.chars().anyMatch(c -> c < ' ' && c != '\r' && c != '\n' && c != '\t' && c != ESCAPE);
        if (!binary) {
            return Printable.of(text.lines().findFirst().orElse(""));
        }
        Matcher words = WORDS.matcher(text);
        return words.find() ? words.group().strip() : size + " bytes that are no text";
    }

    private boolean isHttp() {
        String wanted = "HTTP/";
        return head().startsWith(wanted.substring(0, Math.min(size, wanted.length())));
    }

    private String head() {
        return new String(bytes, 0, size, StandardCharsets.ISO_8859_1);
    }

    private Http http(Duration took) {
        String head = head();
        int end = head.indexOf("\r\n\r\n");
        String fields = end < 0 ? head : head.substring(0, end);
        return new Http(
                Printable.of(fields.lines().findFirst().orElse("")),
                field(fields, "server"),
                field(fields, "location"),
                took);
    }

    private static Optional<String> field(String head, String name) {
        return head.lines()
                .skip(1)
                .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> Printable.of(line.substring(name.length() + 1)))
                .filter(value -> !value.isEmpty())
                .findFirst();
    }
}

package dev.loopgate.diagnose;

import dev.loopgate.net.Printable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The title of the first page of a port, or of the one that it sends its visitors to. */
final class PageTitle {

    private static final int MOST_BYTES = 64 << 10;
    private static final int LONGEST = 60;

    private static final Pattern TITLE =
            Pattern.compile("<title[^>]*>(.*?)</title", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final Pattern FAILURE = Pattern.compile("HTTP/1\\.. [45]");

    private static final Pattern NUMBERED = Pattern.compile("&#([xX]?)([0-9a-fA-F]{1,6});");

    private static final Pattern ELSEWHERE = Pattern.compile(
            "HTTP/1\\.. 30[12378].*?\r\nLocation: *(?:http://localhost:(\\d+))?(/[\\x21-\\x7e]*) *\r\n.*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private final InetSocketAddress address;
    private final long end;

    /** @param end when it is given up, as {@link System#nanoTime()} counts */
    PageTitle(OpenPort port, long end) {
        this.address = new InetSocketAddress(OpenPort.reached(port.addresses().get(0)), port.port());
        this.end = end;
    }

    /** Blocks. */
    Optional<String> ask() {
        try {
            String page = page("/");
            Matcher elsewhere = ELSEWHERE.matcher(page);
            if (elsewhere.matches() && isHere(elsewhere.group(1))) {
                page = page(elsewhere.group(2));
            }
            if (FAILURE.matcher(page).lookingAt()) {
                // Its title is that of an error, and says nothing of the service.
                return Optional.empty();
            }
            Matcher title = TITLE.matcher(page);
            return title.find()
                    ? Optional.of(plain(title.group(1))).filter(found -> !found.isEmpty())
                    : Optional.empty();
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    private boolean isHere(@Nullable String port) {
        return port == null || port.equals(Integer.toString(address.getPort()));
    }

    /** What comes of it up to the end of its title; empty where it is no answer of HTTP. */
    private String page(String path) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(address, left());
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost:" + address.getPort()
                                    + "\r\nAccept: text/html\r\nUser-Agent: loopgate\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            ByteArrayOutputStream page = new ByteArrayOutputStream();
            byte[] buffer = new byte[8192];
            String text = "";
            while (page.size() < MOST_BYTES && !text.contains("</title")) {
                socket.setSoTimeout(left());
                int count = in.read(buffer);
                if (count < 0) {
                    break;
                }
                page.write(buffer, 0, count);
                text = page.toString(StandardCharsets.UTF_8);
                if (!text.startsWith("HTTP/1")) {
                    return "";
                }
            }
            return text;
        }
    }

    /** Milliseconds, at least one: 0 is without end. */
    private int left() {
        return SpeechProbe.millis(Duration.ofNanos(end - System.nanoTime()));
    }

    private static String plain(String html) {
        String text = NUMBERED.matcher(html.replaceAll("\\s+", " "))
                .replaceAll(found -> Matcher.quoteReplacement(numbered(found.group(1), found.group(2))))
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&nbsp;", " ")
                .replace("&amp;", "&");
        text = Printable.of(text);
        int points = text.codePointCount(0, text.length());
        return points <= LONGEST ? text : text.substring(0, text.offsetByCodePoints(0, LONGEST - 1)) + "…";
    }

    private static String numbered(String mark, String digits) {
        if (mark.isEmpty() && !digits.matches("[0-9]+")) {
            return "?";
        }
        int point = Integer.parseInt(digits, mark.isEmpty() ? 10 : 16);
        return Character.isValidCodePoint(point) ? Character.toString(point) : "?";
    }
}

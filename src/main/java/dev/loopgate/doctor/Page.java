package dev.loopgate.doctor;

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

/**
 * The answer to a request for a page, as far as it came within the limit.
 *
 * @param head status line and fields
 * @param body its beginning, in chunks where it came in chunks
 */
record Page(int status, String head, String body) {

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})[^\r\n]*\r?\n.*", Pattern.DOTALL);
    private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *([0-9]{1,9})\\s*$");
    private static final int MOST = 128 << 10;
    private static final int CHUNK = 8 << 10;

    /**
     * Asks by GET. Blocks for the limit at most.
     *
     * @param host the Host field
     * @param fields further lines of the head, each with its line end
     * @return empty where no answer of HTTP comes
     */
    static Optional<Page> get(InetSocketAddress address, String host, String path, String fields, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (Socket socket = new Socket()) {
            socket.connect(address, left(end));
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: " + host
                                    + "\r\nUser-Agent: loopgate doctor\r\nAccept: text/html,*/*\r\nConnection: close\r\n"
                                    + fields + "\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            byte[] chunk = new byte[CHUNK];
            for (int count = 0; count >= 0 && goesOn(answer); ) {
                socket.setSoTimeout(left(end));
                count = in.read(chunk);
                answer.write(chunk, 0, Math.max(0, count));
            }
        } catch (IOException late) {
            // What has come by now may be enough.
        }
        return of(answer.toString(StandardCharsets.UTF_8));
    }

    /** Not every server ends the connection as it is asked to, and who speaks first has said enough. */
    private static boolean goesOn(ByteArrayOutputStream answer) {
        String text = answer.toString(StandardCharsets.ISO_8859_1);
        if (answer.size() >= MOST || !text.startsWith("HTTP/".substring(0, Math.min(5, text.length())))) {
            return false;
        }
        int blank = text.indexOf("\r\n\r\n");
        Matcher length = LENGTH.matcher(blank < 0 ? "" : text.substring(0, blank));
        return !length.find() || text.length() - blank - 4 < Integer.parseInt(length.group(1));
    }

    static Optional<Page> of(String answer) {
        Matcher status = STATUS.matcher(answer);
        if (!status.matches()) {
            return Optional.empty();
        }
        int blank = answer.indexOf("\r\n\r\n");
        return Optional.of(new Page(
                Integer.parseInt(status.group(1)),
                blank < 0 ? answer : answer.substring(0, blank),
                blank < 0 ? "" : answer.substring(blank + 4)));
    }

    /** Whether a field of the head begins so, whatever its case. */
    boolean says(String field) {
        return ("\r\n" + head)
                .toLowerCase(java.util.Locale.ROOT)
                .contains("\r\n" + field.toLowerCase(java.util.Locale.ROOT));
    }

    private static int left(long end) throws IOException {
        long millis = (end - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new IOException("late");
        }
        return (int) millis;
    }
}

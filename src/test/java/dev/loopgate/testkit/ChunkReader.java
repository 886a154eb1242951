package dev.loopgate.testkit;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a chunked body (RFC 9112 §7.1) and notes all that is not its one canonical form. */
final class ChunkReader {

    /** What is kept of a body; the rest is only counted and digested. */
    static final int KEEP = 4 << 20;

    private static final Pattern SIZE = Pattern.compile("[0-9a-fA-F]{1,15}");
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    private final Wire wire;
    private final Duration limit;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final MessageDigest digest = sha256();
    private final List<Field> trailers = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private long length;

    ChunkReader(Wire wire, Duration limit) {
        this.wire = wire;
        this.limit = limit;
    }

    /** Whether the body was complete. */
    boolean readAll() {
        while (true) {
            String line = wire.until("\r\n", limit);
            if (line == null) {
                return false;
            }
            String content = line.substring(0, line.length() - 2);
            if (content.indexOf('\r') >= 0 || content.indexOf('\n') >= 0 || content.indexOf(0) >= 0) {
                faults.add("control characters in the chunk line " + content);
            }
            String size = content.split(";", 2)[0];
            if (!SIZE.matcher(size).matches()) {
                faults.add("chunk size " + content);
                return false;
            }
            long left = Long.parseLong(size, 16);
            if (left == 0) {
                return readTrailers();
            }
            if (!data(left)) {
                return false;
            }
            byte[] end = wire.read(2, limit);
            if (!Wire.text(end).equals("\r\n")) {
                if (end.length == 2) {
                    faults.add("chunk data is followed by " + Wire.text(end));
                }
                return false;
            }
        }
    }

    /** Counts and keeps so many bytes of a body. */
    boolean data(long count) {
        long left = count;
        while (left > 0) {
            byte[] piece = wire.readSome((int) Math.min(left, 1 << 20), limit);
            if (piece.length == 0) {
                return false;
            }
            digest.update(piece);
            length += piece.length;
            left -= piece.length;
            if (kept.size() < KEEP) {
                kept.writeBytes(piece);
            }
        }
        return true;
    }

    private boolean readTrailers() {
        while (true) {
            String line = wire.until("\r\n", limit);
            if (line == null) {
                return false;
            }
            if (line.equals("\r\n")) {
                return true;
            }
            String content = line.substring(0, line.length() - 2);
            int colon = content.indexOf(':');
            String name = colon < 0 ? "" : content.substring(0, colon);
            if (!TOKEN.matcher(name).matches() || controls(content)) {
                faults.add("trailer line " + content);
            }
            trailers.add(new Field(name, content.substring(colon + 1).strip()));
        }
    }

    static boolean controls(String line) {
        return line.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7f);
    }

    static boolean token(@Nullable String text) {
        return text != null && TOKEN.matcher(text).matches();
    }

    byte[] body() {
        return kept.toByteArray();
    }

    long length() {
        return length;
    }

    String sha256Hex() {
        return java.util.HexFormat.of().formatHex(digest.digest());
    }

    List<Field> trailers() {
        return trailers;
    }

    List<String> faults() {
        return faults;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}

package dev.loopgate.builtin;

import java.nio.charset.StandardCharsets;

/** Names as they are written in a URL. */
final class PathText {

    private static final String PLAIN = "-._~!$&'()*+,;=:@";

    private PathText() {}

    /** One path segment, whatever is not allowed in it escaped (RFC 3986 §3.3). */
    static String encode(String name) {
        StringBuilder text = new StringBuilder(name.length());
        for (byte each : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (each & 0xff);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (letter || PLAIN.indexOf(c) >= 0) {
                text.append(c);
            } else {
                text.append(String.format("%%%02X", (int) c));
            }
        }
        return text.toString();
    }
}

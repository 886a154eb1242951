package dev.loopgate.http;

import java.io.ByteArrayOutputStream;
import java.util.Set;

/** Which trailer fields pass on: none that frames, routes, authenticates or describes the message (RFC 9110 §6.5.1). */
final class TrailerSection {

    /** What a trailer section ends with, and one without fields is, in bytes. */
    static final int EMPTY_LINE = 2;

    private static final Set<String> BARRED = Set.of(
            "authorization",
            "cookie",
            "set-cookie",
            "trailer",
            "content-type",
            "content-encoding",
            "content-range",
            "cache-control",
            "age",
            "expires",
            "location",
            "vary",
            "range",
            "www-authenticate",
            "proxy-authenticate");

    private TrailerSection() {}

    /**
     * The section as it goes on.
     *
     * @param section field lines and the empty line, each ending in CRLF
     * @param length how much of the array they take
     * @param faultCode what a fault is reported as
     * @throws MalformedMessage where a line is no field line
     */
    static byte[] filter(byte[] section, int length, FailureCode faultCode) throws MalformedMessage {
        ByteArrayOutputStream out = new ByteArrayOutputStream(length);
        int i = 0;
        while (i < length - 2) {
            int from = i;
            while (i < length && Grammar.isToken(section[i])) {
                i++;
            }
            int colon = i;
            if (colon == from || section[colon] != ':') {
                throw new MalformedMessage(faultCode, "a trailer line without a name");
            }
            i++;
            while (i < length && Grammar.isFieldContent(section[i])) {
                i++;
            }
            if (section[i] != Grammar.CR || section[i + 1] != Grammar.LF) {
                throw new MalformedMessage(faultCode, "a control character in a trailer line");
            }
            i += 2;
            if (passes(section, from, colon)) {
                out.write(section, from, i - from);
            }
        }
        out.write(Grammar.CR);
        out.write(Grammar.LF);
        return out.toByteArray();
    }

    private static boolean passes(byte[] b, int start, int end) {
        if (FieldKind.of(b, start, end) != FieldKind.OTHER) {
            return false;
        }
        StringBuilder name = new StringBuilder(end - start);
        for (int i = start; i < end; i++) {
            name.append((char) Grammar.lower(b[i]));
        }
        return !BARRED.contains(name.toString());
    }
}

package dev.loopgate.http;

import io.netty.util.AsciiString;
import java.util.Map;

/** The names and values of a field section, on their way into a head of HTTP/1.1. */
final class SectionText {

    private static final int FIELD_OVERHEAD = 32;

    private SectionText() {}

    /** @throws MalformedMessage where a section is larger than a client is told that it may be, counted as RFC 9113 §6.5.2 does */
    static void checkSize(Iterable<? extends Map.Entry<CharSequence, CharSequence>> section) throws MalformedMessage {
        long size = 0;
        for (Map.Entry<CharSequence, CharSequence> field : section) {
            size += field.getKey().length() + field.getValue().length() + FIELD_OVERHEAD;
        }
        if (size > Head.MAX_BYTES) {
            throw new MalformedMessage(FailureCode.FIELDS_TOO_LARGE, "the header section takes more than 64 KiB");
        }
    }

    /** Appends a value, unless it has what no value may have (RFC 9113 §8.2.1). */
    static void checked(HeadBuilder to, CharSequence value) throws MalformedMessage {
        int n = value.length();
        if (n > 0 && (isSpace(value.charAt(0)) || isSpace(value.charAt(n - 1)))) {
            throw SectionReader.malformed("white space around a field's value");
        }
        int start = to.length;
        append(to, value);
        for (int i = start; i < to.length; i++) {
            if (!Grammar.isFieldContent(to.bytes[i])) {
                throw SectionReader.malformed("a control character in a field's value");
            }
        }
    }

    static void append(HeadBuilder to, CharSequence text) throws MalformedMessage {
        if (text instanceof AsciiString bytes) {
            to.append(bytes.array(), bytes.arrayOffset(), bytes.arrayOffset() + bytes.length());
            return;
        }
        for (int i = 0; i < text.length(); i++) {
            to.append((char) (latin1(text.charAt(i)) & 0xff));
        }
    }

    static byte latin1(char c) throws MalformedMessage {
        if (c > 0xff) {
            throw SectionReader.malformed("a character that is no byte");
        }
        return (byte) c;
    }

    static boolean isToken(CharSequence text) throws MalformedMessage {
        for (int i = 0; i < text.length(); i++) {
            if (!Grammar.isToken(latin1(text.charAt(i)))) {
                return false;
            }
        }
        return text.length() > 0;
    }

    static boolean is(CharSequence text, String expected) {
        return AsciiString.contentEquals(text, expected);
    }

    static boolean sameHost(CharSequence a, CharSequence b) {
        return AsciiString.contentEqualsIgnoreCase(a, b);
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }
}

package dev.loopgate.observe;

/**
 * Characters that must not reach a terminal as they are: they would move its cursor, change its settings or turn the
 * reading direction of what follows.
 */
final class Unprintable {

    private Unprintable() {}

    static boolean is(char c) {
        return c < 0x20
                || (c >= 0x7f && c < 0xa0)
                || (c >= 0x200b && c <= 0x200f)
                || (c >= 0x2028 && c <= 0x202e)
                || (c >= 0x2060 && c <= 0x206f)
                || c == 0xfeff
                || Character.isSurrogate(c);
    }

    /** Appends {@code c} as four hexadecimal digits behind a backslash and a u. */
    static void escape(StringBuilder out, char c) {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.append(Character.forDigit(c >> shift & 0xf, 16));
        }
    }
}

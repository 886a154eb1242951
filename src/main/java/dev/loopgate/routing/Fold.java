package dev.loopgate.routing;

/** Tables that say which byte each byte counts as; never written to. */
final class Fold {

    /** Each byte is itself. */
    static final byte[] NONE = table(false);

    /** ASCII capitals count as small letters (RFC 3986 §3.2.2). */
    static final byte[] LOWER = table(true);

    private Fold() {}

    private static byte[] table(boolean lower) {
        byte[] table = new byte[256];
        for (int i = 0; i < table.length; i++) {
            table[i] = (byte) (lower && i >= 'A' && i <= 'Z' ? i + ('a' - 'A') : i);
        }
        return table;
    }
}

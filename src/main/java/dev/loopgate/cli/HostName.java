package dev.loopgate.cli;

import dev.loopgate.net.Printable;
import java.util.Locale;

/** Names of hosts as they are typed: {@code app} is short for {@code app.localhost}. */
final class HostName {

    private static final String SUFFIX = ".localhost";

    private HostName() {}

    /** The name in full; anything with a dot, a colon or a star in it is that already. */
    static String full(String word) {
        String name = word.toLowerCase(Locale.ROOT);
        boolean single = name.matches("[^.:*\\[\\]/]+") && !name.equals("localhost");
        return single ? name + SUFFIX : word;
    }

    /** What somebody typed, for a message. */
    static String printable(String text) {
        return Printable.kept(text);
    }
}

package dev.loopgate.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many files and sockets this process may have open. */
final class DescriptorLimit {

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern SOFT = Pattern.compile("^Max open files +(\\d+)", Pattern.MULTILINE);

    private DescriptorLimit() {}

    /** As Linux tells it; elsewhere it is not known: {@link Long#MAX_VALUE}. Java's own bean costs a start milliseconds. */
    static long soft() {
        try {
            Matcher soft = SOFT.matcher(Files.readString(LIMITS));
            return soft.find() ? Long.parseLong(soft.group(1)) : Long.MAX_VALUE;
        } catch (IOException elsewhere) {
            return Long.MAX_VALUE;
        }
    }
}

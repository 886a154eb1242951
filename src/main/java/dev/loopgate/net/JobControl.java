package dev.loopgate.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a shell does with its jobs (job control, as by Ctrl-Z and {@code fg}). */
public final class JobControl {

    private JobControl() {}

    /** Whether a process does nothing until it is continued; false where the system does not tell. Blocks for a moment. */
    public static boolean isStopped(long pid) {
        try {
            String stat = new String(
                    Files.readAllBytes(Path.of("/proc", Long.toString(pid), "stat")), StandardCharsets.ISO_8859_1);
            // The name, in parentheses, may hold anything: the state follows the last of them (proc(5)).
            int end = stat.lastIndexOf(')');
            return end >= 0 && stat.regionMatches(true, end + 1, " T", 0, 2);
        } catch (IOException notLinuxOrGone) {
            return false;
        }
    }
}

package dev.loopgate.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** What the system itself holds of a stream, which nobody's back-pressure can keep out. */
public final class SocketBuffers {

    private static final long MIB = 1 << 20;

    /** Where the system does not say: more than any takes by itself. */
    private static final long UNTOLD = 16 * MIB;

    /** So much more would have to be moved to prove anything that the test would take minutes. */
    private static final long MOST = 256 * MIB;

    private SocketBuffers() {}

    /**
     * The most bytes that can be between a sender and a receiver with a connection to and one from a relay between them,
     * while the relay holds none. Skips the test where that is so much that no test can exceed it.
     */
    public static long acrossRelay() {
        long bytes = 2 * (largest("tcp_wmem") + largest("tcp_rmem"));
        Assumptions.assumeTrue(bytes <= MOST, "the system's own buffers hold " + bytes + " bytes of a stream");
        return bytes;
    }

    /** The last of three numbers: the size up to which the system enlarges a buffer. */
    private static long largest(String setting) {
        try {
            // By lines: of such a file the system tells only what is read at once, and readString begins with one byte.
            String sizes =
                    Files.readAllLines(Path.of("/proc/sys/net/ipv4", setting)).get(0);
            return Long.parseLong(sizes.strip().replaceFirst(".*\\s", ""));
        } catch (IOException notLinux) {
            return UNTOLD;
        }
    }
}

package dev.loopgate.testkit;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import org.junit.jupiter.api.Assumptions;

/** How many files and sockets the process of the tests may have open. */
public final class Descriptors {

    /** For what a JVM opens of its own, and an application with it. */
    private static final int ELSE = 500;

    private static final OperatingSystemMXBean SYSTEM = ManagementFactory.getOperatingSystemMXBean();

    private Descriptors() {}

    /**
     * Skips the test where the limit is too low for it; processes that it starts have the same one.
     *
     * @param sockets that one process has open at once
     */
    public static void assume(int sockets) {
        int needed = sockets + ELSE;
        if (SYSTEM instanceof UnixOperatingSystemMXBean system) {
            long limit = system.getMaxFileDescriptorCount();
            Assumptions.assumeTrue(
                    limit >= needed, "needs " + needed + " open files, and ulimit -n allows only " + limit);
        }
    }

    /** How many are open now; zero where the system does not tell. */
    public static long open() {
        return SYSTEM instanceof UnixOperatingSystemMXBean system ? system.getOpenFileDescriptorCount() : 0;
    }
}

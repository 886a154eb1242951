package dev.loopgate.testkit;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** Programs that some tests need and not every machine has. */
public final class Programs {

    private Programs() {}

    /**
     * The program's path. Where it is missing, the test is skipped with that reason; with {@code LOOPGATE_REQUIRE_ALL_TESTS=1}
     * in the environment it fails instead.
     */
    public static Path require(String name) {
        Optional<Path> found = find(name);
        if (found.isEmpty()) {
            missing(name + " is not installed");
        }
        return found.orElseThrow();
    }

    /** Skips the test, or fails it where every test is required. */
    public static void missing(String reason) {
        if ("1".equals(System.getenv("LOOPGATE_REQUIRE_ALL_TESTS"))) {
            throw new AssertionError(reason + ", and every test is required here");
        }
        Assumptions.abort(reason);
    }

    /** Looks in the PATH and where servers are installed for root. */
    public static Optional<Path> find(String name) {
        String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin" + File.pathSeparator
                + "/usr/local/bin" + File.pathSeparator + "/sbin";
        for (String folder : path.split(File.pathSeparator, -1)) {
            Path candidate = Path.of(folder.isEmpty() ? "." : folder, name);
            if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }
}

package dev.loopgate.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The pipes of this process, as Linux tells them. */
public final class Pipes {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private Pipes() {}

    /** How many ends are open. */
    public static long ends() {
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            return all.filter(Pipes::isPipe).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isPipe(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("pipe:");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }
}

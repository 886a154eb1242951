package dev.loopgate.e2e;

import dev.loopgate.testkit.PackagedGateway.Outcome;
import dev.loopgate.testkit.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Flask, which belongs to one Python among perhaps several. */
final class Flask {

    private static final Path SYSTEM = Path.of("/usr/bin/python3");

    private Flask() {}

    /**
     * Makes sure that {@code python3} knows Flask. Skips the test where none does.
     *
     * @param programs a folder at the front of the PATH, where the system's Python is put if that is the one
     */
    static void require(Path programs) throws IOException {
        if (knows(programs, SYSTEM)) {
            Files.createSymbolicLink(programs.resolve("python3"), SYSTEM);
        } else if (!knows(programs, Programs.require("python3"))) {
            Programs.missing("Flask is not installed");
        }
    }

    private static boolean knows(Path directory, Path python) {
        if (!Files.isExecutable(python)) {
            return false;
        }
        Outcome outcome = Rig.attempt(directory, Map.of(), python.toString(), "-c", "import flask");
        return outcome.status() == 0;
    }
}

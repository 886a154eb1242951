package dev.loopgate.e2e;

import dev.loopgate.testkit.PackagedGateway.Outcome;
import dev.loopgate.testkit.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Flask, Django and the like, which belong to one Python among perhaps several. */
final class PythonModules {

    private static final Path SYSTEM = Path.of("/usr/bin/python3");

    private PythonModules() {}

    /**
     * Makes sure that {@code python3} knows these. Skips the test where none does.
     *
     * @param programs a folder at the front of the PATH, where the system's Python is put if that is the one
     */
    static void require(Path programs, String... modules) throws IOException {
        String names = String.join(", ", modules);
        if (knows(programs, SYSTEM, names)) {
            Files.createSymbolicLink(programs.resolve("python3"), SYSTEM);
        } else if (!knows(programs, Programs.require("python3"), names)) {
            Programs.missing("no Python here has " + names);
        }
    }

    private static boolean knows(Path directory, Path python, String modules) {
        if (!Files.isExecutable(python)) {
            return false;
        }
        Outcome outcome = Rig.attempt(directory, Map.of(), python.toString(), "-c", "import " + modules);
        return outcome.status() == 0;
    }
}

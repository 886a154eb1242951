package dev.loopgate.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The files in which a system tells of itself, below a root. What is missing or may not be read is empty. */
record SystemFiles(Path root) {

    static final SystemFiles HERE = new SystemFiles(Path.of("/"));

    boolean has(String file) {
        return Files.exists(root.resolve(file));
    }

    /** @param file relative to the root */
    List<String> lines(String file) {
        try {
            // Not readString: files of /proc do not tell how long they are.
            return Files.readAllLines(root.resolve(file), StandardCharsets.ISO_8859_1);
        } catch (IOException none) {
            return List.of();
        }
    }

    String text(String file) {
        return String.join("\n", lines(file));
    }
}

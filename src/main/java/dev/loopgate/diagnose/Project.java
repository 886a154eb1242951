package dev.loopgate.diagnose;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where a project begins: the folder with the file that its tools look for. */
final class Project {

    private static final List<String> MARKS = List.of(
            "package.json",
            "pom.xml",
            "build.gradle",
            "build.gradle.kts",
            "Cargo.toml",
            "go.mod",
            "pyproject.toml",
            "manage.py",
            "composer.json",
            "Gemfile",
            "mix.exs",
            "deno.json",
            "loopgate.yaml",
            ".git");

    private Project() {}

    /** Of a folder, or the nearest around it. */
    static Optional<Path> rootOf(Path folder) {
        for (Path at = folder; at != null && at.getParent() != null; at = at.getParent()) {
            for (String mark : MARKS) {
                if (Files.exists(at.resolve(mark))) {
                    return Optional.of(at);
                }
            }
        }
        return Optional.empty();
    }
}

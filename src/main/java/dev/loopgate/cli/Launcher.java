package dev.loopgate.cli;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;

/** How this Loopgate is started, from anywhere and with any environment. */
final class Launcher {

    private Launcher() {}

    /** The words before the command; all of them absolute. */
    static List<String> words() {
        Path code = code();
        Path folder = code.getParent();
        Path home = folder == null ? null : folder.getParent();
        // Both the jar and, while it is developed, the classes are in the target folder beside the launcher.
        if (home != null && Files.isExecutable(home.resolve("loopgate"))) {
            return List.of(home.resolve("loopgate").toString());
        }
        boolean windows = System.getProperty("os.name", "").startsWith("Windows");
        Path java = Path.of(System.getProperty("java.home", ""), "bin", windows ? "javaw.exe" : "java");
        return List.of(java.toString(), "-jar", code.toString());
    }

    private static Path code() {
        CodeSource source = Launcher.class.getProtectionDomain().getCodeSource();
        try {
            return Path.of(source.getLocation().toURI()).toAbsolutePath();
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}

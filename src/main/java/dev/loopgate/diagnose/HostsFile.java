package dev.loopgate.diagnose;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The names that a machine's own file gives to addresses (hosts(5)), as it is whenever it is asked. */
public record HostsFile(Path path) {

    /**
     * A line that has names.
     *
     * @param line counted from 1
     * @param address as it is written there, which may be anything
     * @param names in lower case
     */
    public record Entry(int line, String address, List<String> names) {
        public Entry {
            names = List.copyOf(names);
        }
    }

    /** That of this system. */
    public static HostsFile ofSystem(UnaryOperator<@Nullable String> environment) {
        String root = environment.apply("SystemRoot");
        boolean windows = System.getProperty("os.name", "").startsWith("Windows");
        return new HostsFile(
                windows
                        ? Path.of(root == null ? "C:\\Windows" : root, "System32", "drivers", "etc", "hosts")
                        : Path.of("/etc/hosts"));
    }

    /** Those of a name, in the order of the file; none where it cannot be read. */
    public List<Entry> of(String name) {
        try {
            // One character for each byte, whatever the encoding: names have none but ASCII's.
            return of(name, Files.readString(path, StandardCharsets.ISO_8859_1));
        } catch (IOException none) {
            return List.of();
        }
    }

    /** Those of a name in a text, in its order. */
    public static List<Entry> of(String name, String text) {
        String wanted = name.toLowerCase(Locale.ROOT);
        List<Entry> entries = new ArrayList<>();
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String[] words =
                    lines[i].split("#", 2)[0].strip().toLowerCase(Locale.ROOT).split("\\s+", -1);
            List<String> names = List.of(words).subList(1, words.length);
            if (names.contains(wanted)) {
                entries.add(new Entry(i + 1, words[0], names));
            }
        }
        return entries;
    }
}

package dev.loopgate.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One case of a corpus file: {@code === name}, the text of a configuration, {@code >>> …}, what is to be made of it.
 *
 * @param name of the case
 * @param text of the configuration
 * @param expected lines, without indentation
 */
record CorpusCase(String name, String text, List<String> expected) {

    static final String UNSEEN = "(not for the schema)";

    /** Whether the schema cannot see what is wrong. */
    boolean unseenBySchema() {
        return name.endsWith(UNSEEN);
    }

    @Override
    public String toString() {
        return name;
    }

    /** The cases of a resource below {@code config/}. */
    static List<CorpusCase> of(String resource) {
        List<CorpusCase> cases = new ArrayList<>();
        for (String part : read(resource).split("(?m)^=== ", -1)) {
            int end = part.indexOf('\n');
            if (end < 0 || part.startsWith("#")) {
                continue;
            }
            String[] halves = part.substring(end + 1).split("(?m)^>>> \\w+\n", -1);
            List<String> expected = halves.length < 2
                    ? List.of()
                    : halves[1].lines().filter(line -> !line.isBlank()).toList();
            cases.add(new CorpusCase(part.substring(0, end), halves[0], expected));
        }
        return cases;
    }

    private static String read(String resource) {
        try (InputStream in = CorpusCase.class.getResourceAsStream("/config/" + resource)) {
            if (in == null) {
                throw new IllegalStateException("no corpus " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }
}

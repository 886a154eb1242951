package dev.loopgate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Files that can be read in one go. */
class SourceSizeTest {

    private static final int ARGUED = 350;
    private static final int LONGEST = 500;

    /** Files over {@value #ARGUED} lines, and why each is one thing. */
    private static final Map<String, String> ARGUMENTS = Map.of(
            "Exchange.java", "the life of one exchange; its steps share every field and are read as one list",
            "ClientConnection.java", "one channel handler; what may happen on a connection is decided in one place",
            "Answer.java", "one answer on its way back; its states would be spread over files that know each other",
            "ExamplesIT.java", "one test for each example, and nothing else",
            "Http2Peer.java", "one side of a connection; what is read decides what may be sent",
            "Http2Test.java", "what HTTP/2 does to a request and its answer, sentence by sentence",
            "FilesServiceTest.java", "one service, sentence by sentence; each test is a few lines",
            "TlsTest.java", "the gateway over TLS, sentence by sentence, on one stage");

    @Test
    void no_file_is_longer_than_500_lines_and_one_over_350_says_why() throws IOException {
        Map<String, Integer> tooLong = new TreeMap<>();
        Map<String, Integer> unargued = new TreeMap<>();
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(file -> {
                int lines = lines(file);
                String name = String.valueOf(file.getFileName());
                if (lines > LONGEST) {
                    tooLong.put(name, lines);
                } else if (lines > ARGUED && !ARGUMENTS.containsKey(name)) {
                    unargued.put(name, lines);
                }
            });
        }
        assertThat(tooLong).as("split by responsibility").isEmpty();
        assertThat(unargued).as("split, or argue in ARGUMENTS").isEmpty();
    }

    private static int lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return (int) lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

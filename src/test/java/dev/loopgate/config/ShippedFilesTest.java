package dev.loopgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The files that come with the gateway: what people copy must be right. */
class ShippedFilesTest {

    private static final SchemaCheck SCHEMA = new SchemaCheck();
    private static final Path DEFAULT = Path.of("conf/loopgate.yaml");

    static Stream<Path> shipped() throws IOException {
        List<Path> files = new ArrayList<>(List.of(DEFAULT));
        try (Stream<Path> all = Files.walk(Path.of("examples"))) {
            all.filter(file -> file.getFileName().toString().matches("loopgate\\.(yaml|json)|.*\\.loopgate\\.yaml"))
                    .forEach(files::add);
        }
        return files.stream();
    }

    /** Each example of the default file: the line with its number sign gone, and those below it that belong to it. */
    static List<String> commentedExamples() throws IOException {
        List<String> blocks = new ArrayList<>();
        String section = "";
        for (String line : Files.readAllLines(DEFAULT)) {
            if (line.matches("\\w+:.*")) {
                section = line.matches("\\w+:") ? line + "\n" : "";
            } else if (line.matches("#[^ #-].*")) {
                blocks.add(line.substring(1) + "\n");
            } else if (line.matches("  #[^ ].*")) {
                blocks.add(section + "  " + line.substring(3) + "\n");
            } else if (line.matches("  # .*")) {
                blocks.set(blocks.size() - 1, blocks.get(blocks.size() - 1) + "  " + line.substring(3) + "\n");
            }
        }
        return blocks;
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void is_valid_by_reader_and_schema_without_a_warning(Path file) throws IOException {
        ReadResult result = new ConfigurationReader(name -> null).read(file, new DiskTexts());

        assertThat(Texts.problems(result)).isEmpty();
        assertThat(((ReadResult.Valid) result).warnings()).isEmpty();
        assertThat(SCHEMA.faults(Files.readString(file))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("commentedExamples")
    void is_valid_too_once_an_example_is_no_comment_any_more(String text) {
        assertThat(Texts.problems(Texts.read(text))).isEmpty();
        assertThat(SCHEMA.faults(text)).isEmpty();
    }

    @Test
    void is_valid_with_all_its_hosts_and_forwards_at_once() throws IOException {
        String text = Files.readString(DEFAULT).replaceAll("(?m)^  #", "  ");

        ReadResult.Valid valid = (ReadResult.Valid) Texts.read(text);

        assertThat(valid.configuration().hosts()).hasSizeGreaterThan(12);
        assertThat(valid.configuration().forwards()).hasSizeGreaterThan(14);
        assertThat(commentedExamples()).hasSizeGreaterThan(25);
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void has_a_page_that_says_what_it_shows(Path file) {
        assertThat(file.equals(DEFAULT) || Files.isRegularFile(file.resolveSibling("README.md")))
                .isTrue();
    }
}

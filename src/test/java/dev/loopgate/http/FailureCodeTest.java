package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The one table of failures, and its documentation. */
class FailureCodeTest {

    @Test
    void the_documented_table_is_the_table_of_the_code() throws IOException {
        List<String> expected = Arrays.stream(FailureCode.values())
                .map(code ->
                        "| %d | `%s` | %s | %s |".formatted(code.status(), code.text(), code.title(), code.meaning()))
                .toList();

        List<String> documented = Files.readAllLines(Path.of("docs/errors.md")).stream()
                .filter(line -> line.matches("\\| \\d+ \\|.*"))
                .toList();

        assertThat(documented).containsExactlyElementsOf(expected);
    }

    @Test
    void every_code_has_a_text_of_its_own_and_a_reason_phrase() {
        assertThat(FailureCode.values()).extracting(FailureCode::text).doesNotHaveDuplicates();
        for (FailureCode code : FailureCode.values()) {
            assertThat(code.text()).matches("[a-z]+(-[a-z]+)*");
            assertThat(code.reason()).isNotBlank();
            assertThat(code.meaning()).endsWith(".");
        }
    }
}

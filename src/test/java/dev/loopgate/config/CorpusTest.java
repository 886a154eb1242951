package dev.loopgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The reader and the schema, held together over one corpus. */
class CorpusTest {

    private static final SchemaCheck SCHEMA = new SchemaCheck();

    static Stream<CorpusCase> good() {
        return CorpusCase.of("good.cases").stream();
    }

    static Stream<CorpusCase> bad() {
        return CorpusCase.of("bad.cases").stream();
    }

    @ParameterizedTest
    @MethodSource("good")
    void makes_the_expected_configuration_of_a_good_file(CorpusCase example) {
        ReadResult result = Texts.read(example.text());

        assertThat(Texts.problems(result)).isEmpty();
        assertThat(ModelText.of(((ReadResult.Valid) result).configuration())).isEqualTo(example.expected());
    }

    @ParameterizedTest
    @MethodSource("good")
    void accepts_a_good_file_by_the_schema_too(CorpusCase example) {
        assertThat(SCHEMA.faults(example.text())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("bad")
    void reports_every_problem_of_a_bad_file_with_its_place(CorpusCase example) {
        List<String> problems = Texts.problems(Texts.read(example.text()));

        assertThat(problems).isNotEmpty().isEqualTo(example.expected());
    }

    @ParameterizedTest
    @MethodSource("bad")
    void refuses_a_bad_file_by_the_schema_too_where_a_schema_can_see_it(CorpusCase example) {
        assertThat(SCHEMA.faults(example.text()).isEmpty()).isEqualTo(example.unseenBySchema());
    }
}

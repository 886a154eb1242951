package dev.loopgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Gen;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever becomes of a file: a configuration or problems with places, never an exception. */
class MutationTest {

    private static final SchemaCheck SCHEMA = new SchemaCheck();

    private static final List<String> TEXTS = Stream.of("good.cases", "bad.cases")
            .flatMap(corpus -> CorpusCase.of(corpus).stream())
            .map(CorpusCase::text)
            .toList();

    private static final List<String> TOKENS = List.of(
            "~",
            "no",
            "22:22",
            "0x1f",
            "0o17",
            "1_000",
            "1e3",
            ".inf",
            "2026-11-01",
            "true",
            "\"\"",
            "''",
            "-",
            "- ",
            "[]",
            "{}",
            "[",
            "]",
            "{",
            "}",
            ",",
            ": ",
            ":",
            "*a",
            "&a ",
            "*",
            "&",
            "!!str ",
            "!",
            "|",
            ">",
            "%",
            "@",
            "`",
            "<<: *a",
            "# ",
            "---",
            "...",
            "\t",
            "\r",
            "\n",
            "\n\n",
            "  ",
            "?",
            "? ",
            "\\",
            "\"",
            "'",
            "\u0000",
            "\u0007",
            "\u0085",
            "\u2028",
            "\ufeff",
            "ä",
            "\uD83D\uDE00",
            "${",
            "${}",
            "${PORT}",
            "${PORT:-x}",
            "${NESTED}",
            "$${",
            "0",
            "1",
            "65535",
            "65536",
            "99999999999999999999",
            "-1",
            "localhost:",
            "[::1]:80",
            "0.0.0.0:",
            "lan:",
            "127.0.0.1",
            "http://",
            "https://x",
            "unix:///",
            "/..",
            "//",
            "%2f",
            "/",
            "to: ",
            "routes: ",
            "hosts: ",
            "forwards: ",
            "headers: ",
            "allow: ",
            "0s",
            "5",
            "5s",
            "9999999h",
            "1-65535",
            "10.0.0.0/8");

    static LongStream seeds() {
        return Gen.seeds(200);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void finds_a_place_for_every_problem_of_a_mutated_file_and_never_throws(long seed) {
        Gen gen = new Gen(seed);
        for (int round = 0; round < 40; round++) {
            String text = mutated(gen, gen.oneOf(TEXTS));
            check(text, Texts.read(text));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void finds_a_place_for_every_problem_of_mutated_bytes_and_never_throws(long seed) {
        Gen gen = new Gen(seed);
        for (int round = 0; round < 20; round++) {
            byte[] bytes = gen.oneOf(TEXTS).getBytes(StandardCharsets.UTF_8);
            for (int i = gen.between(1, 4); i > 0 && bytes.length > 0; i--) {
                bytes[gen.between(0, bytes.length - 1)] = (byte) gen.between(0, 255);
            }
            check(new String(bytes, StandardCharsets.ISO_8859_1), Texts.read(bytes));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void accepts_nothing_that_the_schema_refuses(long seed) {
        Gen gen = new Gen(seed);
        for (int round = 0; round < 20; round++) {
            String text = mutated(gen, gen.oneOf(TEXTS));
            if (Texts.read(text) instanceof ReadResult.Valid) {
                assertThat(SCHEMA.faults(text)).as(text).isEmpty();
            }
        }
    }

    private static void check(String text, ReadResult result) {
        if (result instanceof ReadResult.Invalid invalid) {
            assertThat(invalid.problems()).as(text).isNotEmpty();
            for (Problem problem : invalid.problems()) {
                assertThat(problem.file()).as(text).isEqualTo(Texts.MAIN);
                assertThat(problem.line())
                        .as(text)
                        .isBetween(
                                1,
                                (int) text.chars()
                                                .filter(c -> c < ' ' || c > 126)
                                                .count()
                                        + 1);
                assertThat(problem.column()).as(text).isBetween(1, text.length() + 1);
                assertThat(problem.toString()).as(text).doesNotContainPattern("\\p{Cntrl}");
            }
        }
    }

    private static String mutated(Gen gen, String original) {
        String text = original;
        for (int i = gen.between(1, 4); i > 0; i--) {
            int from = gen.between(0, text.length());
            int to = Math.min(text.length(), from + gen.between(0, 6));
            text = switch (gen.between(0, 5)) {
                case 0 -> text.substring(0, from) + text.substring(to);
                case 1 -> text.substring(0, from) + gen.oneOf(TOKENS) + text.substring(from);
                case 2 -> text.substring(0, from) + gen.oneOf(TOKENS) + text.substring(to);
                case 3 -> text.substring(0, from);
                case 4 -> text + gen.oneOf(TEXTS);
                default -> text.substring(0, to) + text.substring(from, to) + text.substring(to);
            };
        }
        return text;
    }
}

package dev.loopgate.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Files in memory, and the reading of them, with a few environment variables set. */
final class Texts {

    static final Path MAIN = Path.of("loopgate.yaml");

    private static final Map<String, String> ENVIRONMENT = Map.of(
            "PORT", "8080",
            "HOST", "backend.example",
            "TARGET", "http://127.0.0.1:9000/v1",
            "FLAG", "false",
            "EMPTY", "",
            "NOT_A_PORT", "eighty",
            "NESTED", "${PORT}");

    private Texts() {}

    static ReadResult read(String text) {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    static ReadResult read(byte[] content) {
        SourceTexts one = new SourceTexts() {
            @Override
            public byte[] content(Path file) throws NoSuchFileException {
                if (!file.equals(MAIN)) {
                    throw new NoSuchFileException(file.toString());
                }
                return content;
            }

            @Override
            public List<Path> glob(Path base, String pattern) {
                return List.of();
            }
        };
        return new ConfigurationReader(name -> ENVIRONMENT.get(name)).read(MAIN, one);
    }

    static List<String> problems(ReadResult result) {
        return result instanceof ReadResult.Invalid invalid
                ? invalid.problems().stream().map(Texts::line).toList()
                : List.of();
    }

    private static String line(Problem problem) {
        return problem.line() + ":" + problem.column() + ": " + problem.message()
                + Optional.of(problem.hint())
                        .filter(Optional::isPresent)
                        .map(hint -> " (" + hint.get() + ")")
                        .orElse("");
    }
}

package dev.loopgate.config;

import dev.loopgate.config.Item.Mapping;
import dev.loopgate.config.Item.Scalar;
import dev.loopgate.model.AccessLogSettings;
import dev.loopgate.model.AccessLogSettings.Format;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The value of {@code access-log}. */
final class AccessLogReader {

    private static final String FORMATS = "off, short or json";
    private static final Keys KEYS = new Keys("access-log", List.of("format", "file"));

    private final Problems problems;
    private final Scalars scalars;

    AccessLogReader(Problems problems) {
        this.problems = problems;
        scalars = new Scalars(problems);
    }

    AccessLogSettings read(Item item) {
        if (!(item instanceof Mapping mapping)) {
            Optional<Format> format = scalars.scalar(item, FORMATS + ", or a map of format and file")
                    .flatMap(scalar -> format(scalar, Optional.of(inFile(scalar))));
            return new AccessLogSettings(format.orElse(Format.SHORT), Optional.empty());
        }
        Fields fields = new Fields(mapping, KEYS, problems);
        if (mapping.entries().isEmpty()) {
            problems.error(mapping.place(), "expected format and file, found an empty map", "write " + FORMATS);
        }
        Format format = fields.value("format")
                .flatMap(value -> scalars.scalar(value, FORMATS))
                .flatMap(scalar -> format(scalar, Optional.empty()))
                .orElse(Format.SHORT);
        if (format == Format.OFF && fields.has("file")) {
            problems.error(
                    fields.placeOf("file"), "nothing is written to this file, as the format is off", "leave it out");
        }
        return new AccessLogSettings(format, fields.value("file").flatMap(value -> scalars.path(value, "a file")));
    }

    /** What whoever names a file has in mind. */
    private static String inFile(Scalar scalar) {
        String text = scalar.text();
        boolean name = text.matches("[\\w./~-]*[./][\\w./~-]*");
        return "to write to a file: {format: short, file: " + (name ? text : "access.log") + "}";
    }

    /** @param otherwise the advice where the word is like none of the formats */
    private Optional<Format> format(Scalar scalar, Optional<String> otherwise) {
        switch (scalar.text()) {
            case "off":
                return Optional.of(Format.OFF);
            case "short":
                return Optional.of(Format.SHORT);
            case "json":
                return Optional.of(Format.JSON);
            default:
                String message = "expected " + FORMATS + ", found " + scalar.shown();
                String lower = scalar.text().toLowerCase(Locale.ROOT);
                Optional<String> meant = switch (lower) {
                    case "false", "no", "none", "null", "disabled" -> Optional.of("off");
                    case "true", "yes", "on", "text", "common", "combined", "stdout" -> Optional.of("short");
                    default -> Spelling.nearest(lower, List.of("off", "short", "json"));
                };
                meant.map(word -> "write " + word)
                        .or(() -> otherwise)
                        .ifPresentOrElse(
                                hint -> problems.error(scalar.place(), message, hint),
                                () -> problems.error(scalar.place(), message));
                return Optional.empty();
        }
    }
}

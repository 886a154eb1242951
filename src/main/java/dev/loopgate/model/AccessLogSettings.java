package dev.loopgate.model;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether and where each exchange is recorded.
 *
 * @param file an absolute path; empty: standard output
 */
public record AccessLogSettings(Format format, Optional<Path> file) {

    public static final AccessLogSettings DEFAULT = new AccessLogSettings(Format.SHORT, Optional.empty());

    /** How a line looks. */
    public enum Format {
        /** Nothing is written. */
        OFF,
        /** One line for people. */
        SHORT,
        /** One JSON object a line. */
        JSON
    }
}

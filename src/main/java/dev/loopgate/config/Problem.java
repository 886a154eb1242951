package dev.loopgate.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Something that is wrong with a configuration, or, as a warning, something its author should know.
 *
 * @param file as the file was named to the reader
 * @param line from 1
 * @param column from 1, in characters
 * @param message what is wrong, in one line without control characters
 * @param hint what to do about it
 */
public record Problem(Path file, int line, int column, String message, Optional<String> hint) {

    /** {@code FILE:LINE:COLUMN: message (hint)}. */
    @Override
    public String toString() {
        return file + ":" + line + ":" + column + ": " + message
                + hint.map(text -> " (" + text + ")").orElse("");
    }
}

package dev.loopgate.config;

import java.nio.file.Path;

/**
 * Where something stands in a file.
 *
 * @param file as the file was named to the reader
 * @param line from 1
 * @param column from 1, in characters
 */
public record Place(Path file, int line, int column) {

    @Override
    public String toString() {
        return file + ":" + line + ":" + column;
    }
}

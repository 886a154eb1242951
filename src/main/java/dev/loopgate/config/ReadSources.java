package dev.loopgate.config;

import java.nio.file.Path;
import java.util.List;

/**
 * What a configuration was read from. A change to one of the files, or a different answer to one of the globs, may
 * change the configuration.
 *
 * @param files the main file first, then what it includes; named as the reader was given them; a file that was asked for
 *     and could not be read is among them
 * @param globs the patterns of {@code include}
 */
public record ReadSources(List<Path> files, List<Glob> globs) {

    public ReadSources {
        files = List.copyOf(files);
        globs = List.copyOf(globs);
    }

    /**
     * A pattern of file names.
     *
     * @param base the folder where the search begins: the longest part of the pattern without a wildcard
     * @param pattern below the base, with slashes; empty segments and dot segments do not occur
     */
    public record Glob(Path base, String pattern) {}
}

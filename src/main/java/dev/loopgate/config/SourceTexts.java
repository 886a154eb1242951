package dev.loopgate.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Where the reader gets the text of its files from: the disk, or what something else has fetched. */
public interface SourceTexts {

    /**
     * The bytes of a file as they are; the reader decodes them, so that it can name the place of a bad one.
     *
     * @throws IOException where there is no such file, or it cannot be read; {@link java.nio.file.NoSuchFileException},
     *     {@link java.nio.file.AccessDeniedException} and {@link java.nio.file.FileSystemException} get messages of their own
     */
    byte[] content(Path file) throws IOException;

    /**
     * The files that match a pattern, sorted; none where the base does not exist.
     *
     * @param base a folder
     * @param pattern slashes between segments; {@code *}, {@code ?}, {@code [a-z]}, {@code {a,b}} within a segment,
     *     {@code **} for any number of folders; a leading dot is matched by a dot only
     * @throws IOException where a folder cannot be read
     */
    List<Path> glob(Path base, String pattern) throws IOException;
}

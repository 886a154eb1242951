package dev.loopgate.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * What a file held when it was looked at, or why it could not be read.
 *
 * @param text for {@link Kind#CONTENT} one character a byte, so that whoever reads it can find a byte that is wrong; for
 *     a failure what the system says, if anything
 */
record FileText(Kind kind, String text) {

    enum Kind {
        /** The file was read. */
        CONTENT('C'),
        /** There is no such file. */
        MISSING('M'),
        /** The system forbids to read it. */
        FORBIDDEN('D'),
        /** The file system says why not. */
        REFUSED('R'),
        /** Something else went wrong. */
        FAILED('F');

        final char letter;

        Kind(char letter) {
            this.letter = letter;
        }

        static Kind of(char letter) {
            for (Kind kind : values()) {
                if (kind.letter == letter) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("no kind of text is called " + letter);
        }
    }

    static FileText of(byte[] content) {
        return new FileText(Kind.CONTENT, new String(content, StandardCharsets.ISO_8859_1));
    }

    static FileText of(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return new FileText(Kind.MISSING, "");
        }
        if (failure instanceof AccessDeniedException) {
            return new FileText(Kind.FORBIDDEN, "");
        }
        if (failure instanceof FileSystemException system) {
            return new FileText(Kind.REFUSED, String.valueOf(system.getReason()));
        }
        return new FileText(Kind.FAILED, String.valueOf(failure.getMessage()));
    }

    /** Whether it may well be in the middle of being replaced: gone, or emptied. */
    boolean bare() {
        return kind == Kind.MISSING || (kind == Kind.CONTENT && text.isBlank());
    }

    /** The content, or the failure to read it as it was. */
    byte[] require(Path path) throws IOException {
        return switch (kind) {
            case CONTENT -> text.getBytes(StandardCharsets.ISO_8859_1);
            case MISSING -> throw new NoSuchFileException(path.toString());
            case FORBIDDEN -> throw new AccessDeniedException(path.toString());
            case REFUSED -> throw new FileSystemException(path.toString(), null, text);
            case FAILED -> throw new IOException(text);
        };
    }
}

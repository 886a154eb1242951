package dev.loopgate.builtin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;

/**
 * One file at one time, in one content coding.
 *
 * @param path real, without links
 * @param name of the file that was asked for, which a compressed one stands for
 * @param size bytes
 * @param modified as exact as the file system has it
 * @param identity tells a file that took this one's place
 * @param coding empty for the file as it is
 */
record StoredFile(
        Path path,
        String name,
        long size,
        Instant modified,
        String identity,
        Optional<EncodingChoice.Coding> coding,
        boolean hasCodings) {

    /** A file that was written this short a time ago may be written again within the same tick of its clock. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    /** @return empty where there is no regular file: of a pipe or a device nothing is served */
    static Optional<StoredFile> at(Path path, String name, Optional<EncodingChoice.Coding> coding, boolean hasCodings) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                return Optional.empty();
            }
            return Optional.of(new StoredFile(
                    path,
                    name,
                    attributes.size(),
                    attributes.lastModifiedTime().toInstant(),
                    Objects.toString(attributes.fileKey(), ""),
                    coding,
                    hasCodings));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Whether the file is still the same one, untouched. */
    boolean isCurrent() {
        return at(path, name, coding, hasCodings).filter(this::equals).isPresent();
    }

    /**
     * The entity tag (RFC 9110 §8.8.3): weak while the file is so young that its time stamp may not tell two versions
     * apart, strong from then on.
     */
    String entityTag(Instant now) {
        String version = Long.toString(modified.getEpochSecond(), 36)
                + '.'
                + Integer.toString(modified.getNano(), 36)
                + '-'
                + Long.toString(size, 36)
                + '-'
                + Integer.toHexString(identity.hashCode())
                + coding.map(it -> '-' + it.token()).orElse("");
        boolean young = Duration.between(modified, now).compareTo(SETTLED) < 0;
        return (young ? "W/\"" : "\"") + version + '"';
    }

    /** Whole seconds, and never ahead of the clock (RFC 9110 §8.8.2.1). */
    Instant lastModified(Instant now) {
        return (modified.isAfter(now) ? now : modified).truncatedTo(ChronoUnit.SECONDS);
    }
}

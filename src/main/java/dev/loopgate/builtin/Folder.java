package dev.loopgate.builtin;

import dev.loopgate.builtin.EncodingChoice.Coding;
import dev.loopgate.model.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A folder whose files are served: which file a path means. Nothing is remembered; every request looks anew. Blocks. */
final class Folder {

    private static final String INDEX = "index.html";

    /** A compressed file is taken for its original unless it is older than that by more than a build takes to write. */
    private static final Duration STALE = Duration.ofSeconds(2);

    /** What a path means. */
    sealed interface Found {
        /** A file to send. */
        record File(StoredFile file) implements Found {}

        /** A folder that was asked for without its slash, by its last name. */
        record Subfolder(String name) implements Found {}

        /** Nothing, and why. */
        record Nothing(String cause) implements Found {}

        /** Not even the folder itself. */
        record NoRoot() implements Found {}
    }

    private final Path root;
    private final Optional<String> fallback;

    Folder(Target.Files files) {
        root = files.root();
        fallback = files.fallback();
    }

    Path root() {
        return root;
    }

    boolean hasFallback() {
        return fallback.isPresent();
    }

    Found find(RequestPath path, EncodingChoice encodings) {
        Optional<Path> base = real(root);
        if (base.isEmpty() || !Files.isDirectory(base.get())) {
            return new Found.NoRoot();
        }
        Optional<Path> place = within(base.get(), String.join("/", path.names()));
        if (place.isEmpty()) {
            return new Found.Nothing("The folder of this route has no file for this path.");
        }
        if (Files.isDirectory(place.get())) {
            if (!path.asFolder()) {
                return new Found.Subfolder(path.names().get(path.names().size() - 1));
            }
            return within(base.get(), slashed(path) + INDEX)
                    .flatMap(index -> file(base.get(), index, encodings))
                    .<Found>map(Found.File::new)
                    .orElse(new Found.Nothing("This folder has no index.html, and folders are not listed."));
        }
        // A file is not a folder: with a slash behind its name, relative links in it would lead astray.
        Optional<StoredFile> file = path.asFolder() ? Optional.empty() : file(base.get(), place.get(), encodings);
        return file.<Found>map(Found.File::new)
                .orElse(new Found.Nothing("The folder of this route has no file for this path."));
    }

    /** The file that answers where no other does. */
    Optional<StoredFile> fallback(EncodingChoice encodings) {
        return real(root)
                .flatMap(base ->
                        fallback.flatMap(name -> within(base, name)).flatMap(place -> file(base, place, encodings)));
    }

    private static String slashed(RequestPath path) {
        return path.names().isEmpty() ? "" : String.join("/", path.names()) + "/";
    }

    /** The file, or the compressed form of it that suits the client. */
    private static Optional<StoredFile> file(Path base, Path place, EncodingChoice encodings) {
        String name = String.valueOf(place.getFileName());
        Optional<StoredFile> plain = StoredFile.at(place, name, Optional.empty(), false);
        if (plain.isEmpty()) {
            return plain;
        }
        List<StoredFile> compressed = new ArrayList<>();
        for (Coding coding : Coding.values()) {
            within(base, base.relativize(place) + coding.suffix())
                    .flatMap(sibling -> StoredFile.at(sibling, name, Optional.of(coding), true))
                    .filter(sibling ->
                            !sibling.modified().plus(STALE).isBefore(plain.get().modified()))
                    .ifPresent(compressed::add);
        }
        if (compressed.isEmpty()) {
            return plain;
        }
        Optional<Coding> choice = encodings.among(
                compressed.stream().flatMap(it -> it.coding().stream()).toList());
        return compressed.stream()
                .filter(it -> choice.isPresent() && it.coding().equals(choice))
                .findFirst()
                .or(() -> StoredFile.at(place, name, Optional.empty(), true));
    }

    /** The real place of a name below the folder; empty where there is none, and where a link leads out of it. */
    private static Optional<Path> within(Path base, String name) {
        try {
            return real(base.resolve(name)).filter(place -> place.startsWith(base));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static Optional<Path> real(Path path) {
        try {
            return Optional.of(path.toRealPath());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}

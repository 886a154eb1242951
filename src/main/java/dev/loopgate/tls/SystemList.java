package dev.loopgate.tls;

import dev.loopgate.tls.TrustStep.Copy;
import dev.loopgate.tls.TrustStep.Delete;
import dev.loopgate.tls.TrustStep.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The list of authorities of a Linux: a folder with a file for each that was added, and a program that makes of them
 * what other programs read.
 *
 * @param suffix of the files that the program looks at
 * @param update the program, and what it is told
 * @param links where Debian's program has a link to each file; elsewhere there are none of our names
 */
record SystemList(Path folder, String suffix, List<String> update, Path links) {

    /** Where Debian, Fedora, Arch and openSUSE, with all that come of them, look for the authorities of a machine. */
    private static final List<Place> PLACES = List.of(
            new Place("usr/local/share/ca-certificates", ".crt", List.of("update-ca-certificates")),
            new Place("etc/pki/ca-trust/source/anchors", ".pem", List.of("update-ca-trust", "extract")),
            new Place("etc/ca-certificates/trust-source/anchors", ".crt", List.of("trust", "extract-compat")),
            new Place("etc/pki/trust/anchors", ".pem", List.of("update-ca-certificates")));

    private record Place(String folder, String suffix, List<String> update) {}

    /**
     * Where this system looks, and the program that has it look, if it is one that we know.
     *
     * @param programs finds one by its name
     */
    static Optional<SystemList> in(Path root, Function<String, Optional<Path>> programs) {
        for (Place one : PLACES) {
            Path folder = root.resolve(one.folder);
            Optional<Path> program = programs.apply(one.update.get(0));
            if (Files.isDirectory(folder) && program.isPresent()) {
                List<String> update = new ArrayList<>(one.update);
                update.set(0, program.get().toString());
                return Optional.of(
                        new SystemList(folder, one.suffix, List.copyOf(update), root.resolve("etc/ssl/certs")));
            }
        }
        return Optional.empty();
    }

    /** As it stands to this certificate. */
    TrustStore of(X509Certificate certificate, Path source) {
        String alias = TrustStores.alias(certificate);
        Path target = file(alias);
        return new TrustStore(
                "the system (" + folder + ")",
                holds(target, certificate),
                List.of(new Copy(source, target), new Run(update)),
                removal(alias),
                closed(folder),
                Optional.empty());
    }

    /** Files of our kind, but for these. */
    List<TrustStore> remnants(List<String> known) {
        return ours(folder, suffix)
                .filter(alias -> !known.contains(alias))
                .map(alias -> TrustStore.remnant("the system (" + file(alias) + ")", removal(alias), closed(folder)))
                .toList();
    }

    /** Links of our kind whose files are gone. */
    List<TrustStore> orphans(Predicate<String> meant) {
        return ours(links, ".pem")
                .filter(meant)
                .filter(alias -> Files.isSymbolicLink(link(alias)) && !Files.exists(link(alias)))
                .map(alias ->
                        TrustStore.remnant("the system (" + link(alias) + ")", List.of(updated(alias)), closed(links)))
                .toList();
    }

    private Path file(String alias) {
        return folder.resolve(alias + suffix);
    }

    private Path link(String alias) {
        return links.resolve(alias + ".pem");
    }

    private List<TrustStep> removal(String alias) {
        return List.of(new Delete(file(alias)), updated(alias));
    }

    /**
     * Debian's program is not aware of files that are gone, unless it makes all links anew. Taking one away ourselves would be
     * a gap in what OpenSSL counts through: authorities of one subject have links by its hash, and a number.
     */
    private Run updated(String alias) {
        List<String> words = new ArrayList<>(update);
        if (Files.isSymbolicLink(link(alias))) {
            words.add("--fresh");
        }
        return new Run(words);
    }

    /** Names of files of our kind, without their suffix. */
    private static Stream<String> ours(Path folder, String suffix) {
        try (Stream<Path> files = Files.list(folder)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.matches(TrustStores.ALIAS + Pattern.quote(suffix)))
                    .map(name -> name.substring(0, name.length() - suffix.length()))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException unreadable) {
            // Nobody's programs find anything there either.
            return Stream.empty();
        }
    }

    private static Optional<Path> closed(Path folder) {
        return Optional.of(folder).filter(path -> !Files.isWritable(path));
    }

    private static boolean holds(Path target, X509Certificate certificate) {
        try {
            return Files.exists(target)
                    && GivenCertificate.chain(Files.readAllBytes(target)).contains(certificate);
        } catch (IOException | CredentialFault unreadable) {
            return false;
        }
    }
}

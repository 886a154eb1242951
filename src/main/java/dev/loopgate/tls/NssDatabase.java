package dev.loopgate.tls;

import dev.loopgate.tls.TrustStep.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A browser's own list of authorities, in the format of Mozilla's NSS.
 *
 * @param certutil the program that reads and writes it; empty where it is not there
 */
record NssDatabase(Path folder, String whose, Optional<Path> certutil) {

    /**
     * Of Chromium and its kin, which share one, and of each profile of Firefox.
     *
     * @param browser whether one of Chromium's kin is there, whose database need not be
     */
    static List<NssDatabase> in(Path home, boolean browser, Optional<Path> certutil) {
        List<NssDatabase> databases = new ArrayList<>();
        Path shared = home.resolve(".pki/nssdb");
        if (Files.isDirectory(shared) || browser) {
            databases.add(new NssDatabase(shared, "Chromium and its kin", certutil));
        }
        Path snap = home.resolve("snap/chromium/current/.pki/nssdb");
        if (Files.isDirectory(snap)) {
            databases.add(new NssDatabase(snap, "Chromium of snap", certutil));
        }
        for (String place : List.of(
                ".mozilla/firefox",
                "snap/firefox/common/.mozilla/firefox",
                "Library/Application Support/Firefox/Profiles")) {
            for (Path profile : profiles(home.resolve(place))) {
                databases.add(
                        new NssDatabase(profile, "the profile " + profile.getFileName() + " of Firefox", certutil));
            }
        }
        return databases;
    }

    private static List<Path> profiles(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> Files.isRegularFile(entry.resolve("cert9.db")))
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            return List.of();
        }
    }

    /** As it stands to this certificate. */
    TrustStore of(X509Certificate certificate, Path file) {
        String alias = TrustStores.alias(certificate);
        List<TrustStep> add = new ArrayList<>();
        if (!there()) {
            if (!Files.isDirectory(folder)) {
                add.add(new Run(List.of("mkdir", "-p", folder.toString())));
            }
            add.add(run("-N", "--empty-password"));
        }
        add.add(run("-A", "-t", "C,,", "-n", alias, "-i", file.toString()));
        return new TrustStore(
                whose + " (" + folder + ")",
                there() && certutil.isPresent() && Programs.succeeds(run("-L", "-n", alias)),
                add,
                List.of(run("-D", "-n", alias)),
                closed(),
                certutil.isPresent() ? Optional.empty() : Optional.of(nssTools()));
    }

    /** Entries of our kind, but for these. */
    List<TrustStore> remnants(List<String> known) {
        if (!there() || certutil.isEmpty()) {
            return List.of();
        }
        return Programs.output(run("-L").words())
                .lines()
                .map(line -> line.replaceFirst("\\s.*", ""))
                .filter(alias -> alias.matches(TrustStores.ALIAS) && !known.contains(alias))
                .map(alias -> TrustStore.remnant(
                        whose + " (" + folder + ", " + alias + ")", List.of(run("-D", "-n", alias)), closed()))
                .toList();
    }

    private Run run(String... words) {
        List<String> all =
                new ArrayList<>(List.of(certutil.map(Path::toString).orElse("certutil"), "-d", "sql:" + folder));
        all.addAll(List.of(words));
        return new Run(all);
    }

    private boolean there() {
        return Files.isRegularFile(folder.resolve("cert9.db"));
    }

    private Optional<Path> closed() {
        return Files.isDirectory(folder) && !Files.isWritable(folder) ? Optional.of(folder) : Optional.empty();
    }

    private static String nssTools() {
        return "certutil (Debian, Ubuntu: libnss3-tools; Fedora: nss-tools; Arch: nss; openSUSE: mozilla-nss-tools;"
                + " Homebrew: nss)";
    }
}

package dev.loopgate.tls;

import dev.loopgate.tls.TrustStep.Copy;
import dev.loopgate.tls.TrustStep.Delete;
import dev.loopgate.tls.TrustStep.Run;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The lists of authorities that there are on this machine: the system's, those of browsers, and Java's where it is named.
 * Finding them changes nothing. Blocks, each program of the system for ten seconds at most.
 */
public final class TrustStores {

    /** Where Debian, Fedora, Arch and openSUSE, with all that come of them, look for the authorities of a machine. */
    private static final List<Place> PLACES = List.of(
            new Place("usr/local/share/ca-certificates", ".crt", List.of("update-ca-certificates")),
            new Place("etc/pki/ca-trust/source/anchors", ".pem", List.of("update-ca-trust", "extract")),
            new Place("etc/ca-certificates/trust-source/anchors", ".crt", List.of("trust", "extract-compat")),
            new Place("etc/pki/trust/anchors", ".pem", List.of("update-ca-certificates")));

    private record Place(String folder, String suffix, List<String> update) {}

    private final Path root;
    private final String platform;
    private final UnaryOperator<@Nullable String> environment;

    /** @param environment the value of a variable, or null: where home is, and where programs are */
    public TrustStores(UnaryOperator<@Nullable String> environment) {
        this(Path.of("/"), System.getProperty("os.name", ""), environment);
    }

    /**
     * @param root the folder that the system's own files are in
     * @param platform as Java calls it
     */
    TrustStores(Path root, String platform, UnaryOperator<@Nullable String> environment) {
        this.root = root;
        this.platform = platform.toLowerCase(Locale.ROOT);
        this.environment = environment;
    }

    /**
     * All there are, as they stand to this certificate.
     *
     * @param file that holds it
     */
    public List<TrustStore> of(X509Certificate certificate, Path file) {
        List<TrustStore> stores = new ArrayList<>();
        if (platform.contains("mac")) {
            stores.add(keychain(certificate, file));
        } else if (platform.contains("windows")) {
            stores.add(windows(certificate, file));
        } else {
            system(certificate, file).ifPresent(stores::add);
        }
        stores.addAll(databases(certificate, file));
        return stores;
    }

    /** A Java truststore, which need not exist yet. */
    public TrustStore java(X509Certificate certificate, Path file, Path keystore, String password) {
        String keytool =
                Path.of(System.getProperty("java.home", ""), "bin", "keytool").toString();
        List<String> where = List.of("-keystore", keystore.toString(), "-storepass", password);
        String alias = alias(certificate);
        boolean trusts =
                Files.exists(keystore) && Programs.succeeds(words(List.of(keytool, "-list", "-alias", alias), where));
        Path written =
                Files.exists(keystore) ? keystore : keystore.toAbsolutePath().getParent();
        return new TrustStore(
                "the Java truststore " + keystore,
                trusts,
                List.of(new Run(words(
                        List.of(keytool, "-importcert", "-noprompt", "-alias", alias, "-file", file.toString()),
                        where))),
                List.of(new Run(words(List.of(keytool, "-delete", "-alias", alias), where))),
                Optional.ofNullable(written).filter(path -> !Files.isWritable(path)),
                Optional.empty());
    }

    private Optional<TrustStore> system(X509Certificate certificate, Path file) {
        for (Place one : PLACES) {
            Path folder = root.resolve(one.folder);
            Optional<Path> program = program(one.update.get(0));
            if (Files.isDirectory(folder) && program.isPresent()) {
                Path target = folder.resolve(alias(certificate) + one.suffix);
                List<String> update = new ArrayList<>(one.update);
                update.set(0, program.get().toString());
                return Optional.of(new TrustStore(
                        "the system (" + folder + ")",
                        holds(target, certificate),
                        List.of(new Copy(file, target), new Run(update)),
                        List.of(new Delete(target), new Run(update)),
                        Files.isWritable(folder) ? Optional.empty() : Optional.of(folder),
                        Optional.empty()));
            }
        }
        return Optional.empty();
    }

    private static boolean holds(Path target, X509Certificate certificate) {
        try {
            return Files.exists(target)
                    && GivenCertificate.chain(Files.readAllBytes(target)).contains(certificate);
        } catch (IOException | CredentialFault unreadable) {
            return false;
        }
    }

    private TrustStore keychain(X509Certificate certificate, Path file) {
        String keychain = home().map(home -> home.resolve("Library/Keychains/login.keychain-db"))
                .map(Path::toString)
                .orElse("login.keychain");
        return new TrustStore(
                "the login keychain",
                Programs.succeeds(List.of("security", "verify-cert", "-L", "-c", file.toString())),
                List.of(new Run(
                        List.of("security", "add-trusted-cert", "-r", "trustRoot", "-k", keychain, file.toString()))),
                List.of(
                        new Run(List.of("security", "remove-trusted-cert", file.toString())),
                        new Run(List.of(
                                "security", "delete-certificate", "-Z", fingerprint(certificate, "SHA-1"), keychain))),
                Optional.empty(),
                Optional.empty());
    }

    private static TrustStore windows(X509Certificate certificate, Path file) {
        String serial = certificate.getSerialNumber().toString(16);
        return new TrustStore(
                "this user's trusted root authorities",
                Programs.succeeds(List.of("certutil", "-user", "-verifystore", "Root", serial)),
                List.of(new Run(List.of("certutil", "-user", "-addstore", "Root", file.toString()))),
                List.of(new Run(List.of("certutil", "-user", "-delstore", "Root", serial))),
                Optional.empty(),
                Optional.empty());
    }

    /** Of Chromium and its kin, which share one, and of each profile of Firefox. */
    private List<TrustStore> databases(X509Certificate certificate, Path file) {
        Optional<Path> certutil = program("certutil").filter(found -> !platform.contains("windows"));
        List<TrustStore> stores = new ArrayList<>();
        Optional<Path> home = home();
        if (home.isEmpty()) {
            return stores;
        }
        Path shared = home.get().resolve(".pki/nssdb");
        boolean browser = Stream.of("chromium", "chromium-browser", "google-chrome", "microsoft-edge", "brave-browser")
                .anyMatch(name -> program(name).isPresent());
        if (Files.isDirectory(shared) || browser) {
            stores.add(database(certificate, file, shared, "Chromium and its kin", certutil));
        }
        Path snap = home.get().resolve("snap/chromium/current/.pki/nssdb");
        if (Files.isDirectory(snap)) {
            stores.add(database(certificate, file, snap, "Chromium of snap", certutil));
        }
        for (String place : List.of(
                ".mozilla/firefox",
                "snap/firefox/common/.mozilla/firefox",
                "Library/Application Support/Firefox/Profiles")) {
            for (Path profile : profiles(home.get().resolve(place))) {
                stores.add(database(
                        certificate, file, profile, "the profile " + profile.getFileName() + " of Firefox", certutil));
            }
        }
        return stores;
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

    private static TrustStore database(
            X509Certificate certificate, Path file, Path folder, String whose, Optional<Path> certutil) {
        String program = certutil.map(Path::toString).orElse("certutil");
        String database = "sql:" + folder;
        String alias = alias(certificate);
        List<TrustStep> add = new ArrayList<>();
        boolean there = Files.isRegularFile(folder.resolve("cert9.db"));
        if (!there) {
            if (!Files.isDirectory(folder)) {
                add.add(new Run(List.of("mkdir", "-p", folder.toString())));
            }
            add.add(new Run(List.of(program, "-d", database, "-N", "--empty-password")));
        }
        add.add(new Run(List.of(program, "-d", database, "-A", "-t", "C,,", "-n", alias, "-i", file.toString())));
        boolean trusts =
                there && certutil.isPresent() && Programs.succeeds(List.of(program, "-d", database, "-L", "-n", alias));
        return new TrustStore(
                whose + " (" + folder + ")",
                trusts,
                add,
                List.of(new Run(List.of(program, "-d", database, "-D", "-n", alias))),
                Files.isDirectory(folder) && !Files.isWritable(folder) ? Optional.of(folder) : Optional.empty(),
                certutil.isPresent() ? Optional.empty() : Optional.of(nssTools()));
    }

    private static String nssTools() {
        return "certutil (Debian, Ubuntu: libnss3-tools; Fedora: nss-tools; Arch: nss; openSUSE: mozilla-nss-tools;"
                + " Homebrew: nss)";
    }

    /** Of the files and entries that we make: {@code loopgate-} and what tells authorities apart. */
    public static String alias(X509Certificate certificate) {
        return "loopgate-" + certificate.getSerialNumber().toString(16).substring(0, 8);
    }

    /** As people compare them: pairs of hexadecimal digits. */
    public static String fingerprint(X509Certificate certificate) {
        return HexFormat.ofDelimiter(":")
                .withUpperCase()
                .formatHex(HexFormat.of().parseHex(fingerprint(certificate, "SHA-256")));
    }

    private static String fingerprint(X509Certificate certificate, String algorithm) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(certificate.getEncoded()));
        } catch (NoSuchAlgorithmException | CertificateEncodingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private Optional<Path> home() {
        String home = environment.apply(platform.contains("windows") ? "USERPROFILE" : "HOME");
        return home == null || home.isEmpty() ? Optional.empty() : Optional.of(Path.of(home));
    }

    /** Also where only root has it on the path. */
    private Optional<Path> program(String name) {
        List<String> folders = new ArrayList<>();
        String path = environment.apply("PATH");
        if (path != null) {
            folders.addAll(List.of(path.split(File.pathSeparator, -1)));
        }
        folders.add(root.resolve("usr/sbin").toString());
        folders.add(root.resolve("sbin").toString());
        return folders.stream()
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static List<String> words(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}

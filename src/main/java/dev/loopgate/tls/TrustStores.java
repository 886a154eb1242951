package dev.loopgate.tls;

import dev.loopgate.tls.TrustStep.Run;
import java.io.File;
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
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The lists of authorities that there are on this machine: the system's, those of browsers, and Java's where it is named.
 * Finding them changes nothing. Blocks, each program of the system for ten seconds at most.
 */
public final class TrustStores {

    /** @see #alias */
    static final String ALIAS = "loopgate-[0-9a-f]{8}";

    private static final Pattern HASH = Pattern.compile("SHA-1 hash: ([0-9A-Fa-f]{40})");

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
            system().ifPresent(list -> stores.add(list.of(certificate, file)));
        }
        databases().forEach(database -> stores.add(database.of(certificate, file)));
        return stores;
    }

    /**
     * Entries of our kind in lists of this user alone, whoever's certificate they are: of authorities whose files are gone.
     *
     * @param known certificates whose entries are not meant
     */
    public List<TrustStore> remnants(List<X509Certificate> known) {
        List<TrustStore> stores = new ArrayList<>();
        if (platform.contains("mac")) {
            List<String> ours = known.stream()
                    .map(certificate -> fingerprint(certificate, "SHA-1"))
                    .toList();
            HASH.matcher(Programs.output(
                            List.of("security", "find-certificate", "-a", "-Z", "-c", LocalAuthority.NAME, keychain())))
                    .results()
                    .map(found -> found.group(1))
                    .filter(hash -> ours.stream().noneMatch(hash::equalsIgnoreCase))
                    .forEach(hash -> stores.add(TrustStore.remnant(
                            "the login keychain",
                            List.of(new Run(List.of("security", "delete-certificate", "-t", "-Z", hash, keychain()))),
                            Optional.empty())));
        }
        List<String> aliases = known.stream().map(TrustStores::alias).toList();
        databases().forEach(database -> stores.addAll(database.remnants(aliases)));
        return stores;
    }

    /**
     * What the system's own programs have made of these certificates elsewhere, and do not take back. To be asked for once the
     * steps of the system's list are taken.
     */
    public List<TrustStore> traces(List<X509Certificate> known) {
        List<String> aliases = known.stream().map(TrustStores::alias).toList();
        List<TrustStore> stores = new ArrayList<>();
        system().ifPresent(list -> stores.addAll(list.orphans(aliases::contains)));
        stores.addAll(ofAllJava().entries(known::contains));
        return stores;
    }

    /** The same as {@link #remnants} and {@link #traces} in the lists of the system, where they may be another user's. */
    public List<TrustStore> remnantsForAll(List<X509Certificate> known) {
        List<String> aliases = known.stream().map(TrustStores::alias).toList();
        List<TrustStore> stores = new ArrayList<>();
        system().ifPresent(list -> {
            stores.addAll(list.remnants(aliases));
            stores.addAll(list.orphans(alias -> !aliases.contains(alias)));
        });
        stores.addAll(ofAllJava().entries(certificate -> !known.contains(certificate)));
        return stores;
    }

    /** A Java truststore, which need not exist yet. */
    public TrustStore java(X509Certificate certificate, Path file, Path keystore, String password) {
        String keytool =
                Path.of(System.getProperty("java.home", ""), "bin", "keytool").toString();
        List<String> where = List.of("-keystore", keystore.toString());
        Optional<String> secret = Optional.of(password);
        String alias = alias(certificate);
        boolean trusts = Files.exists(keystore)
                && Programs.succeeds(new Run(words(List.of(keytool, "-list", "-alias", alias), where), secret));
        Path written =
                Files.exists(keystore) ? keystore : keystore.toAbsolutePath().getParent();
        return new TrustStore(
                "the Java truststore " + keystore,
                trusts,
                List.of(new Run(
                        words(
                                List.of(keytool, "-importcert", "-noprompt", "-alias", alias, "-file", file.toString()),
                                where),
                        secret)),
                List.of(new Run(words(List.of(keytool, "-delete", "-alias", alias), where), secret)),
                Optional.ofNullable(written).filter(path -> !Files.isWritable(path)),
                Optional.empty());
    }

    private Optional<SystemList> system() {
        return SystemList.in(root, this::program);
    }

    private DebianJavaList ofAllJava() {
        Path own = Path.of(System.getProperty("java.home", ""), "bin", "keytool");
        return new DebianJavaList(
                root.resolve("etc/ssl/certs/java/cacerts"),
                // The system's first: root is asked to run it, and a Java of one's own may be anybody's to write.
                program("keytool").or(() -> Optional.of(own).filter(Files::isExecutable)));
    }

    private List<NssDatabase> databases() {
        Optional<Path> certutil = program("certutil").filter(found -> !platform.contains("windows"));
        boolean browser = Stream.of("chromium", "chromium-browser", "google-chrome", "microsoft-edge", "brave-browser")
                .anyMatch(name -> program(name).isPresent());
        return home().map(home -> NssDatabase.in(home, browser, certutil)).orElse(List.of());
    }

    private TrustStore keychain(X509Certificate certificate, Path file) {
        String keychain = keychain();
        return new TrustStore(
                "the login keychain",
                Programs.succeeds(new Run(List.of("security", "verify-cert", "-L", "-c", file.toString()))),
                List.of(new Run(
                        List.of("security", "add-trusted-cert", "-r", "trustRoot", "-k", keychain, file.toString()))),
                List.of(
                        new Run(List.of("security", "remove-trusted-cert", file.toString())),
                        new Run(List.of(
                                "security", "delete-certificate", "-Z", fingerprint(certificate, "SHA-1"), keychain))),
                Optional.empty(),
                Optional.empty());
    }

    private String keychain() {
        return home().map(home -> home.resolve("Library/Keychains/login.keychain-db"))
                .map(Path::toString)
                .orElse("login.keychain");
    }

    private static TrustStore windows(X509Certificate certificate, Path file) {
        String serial = certificate.getSerialNumber().toString(16);
        return new TrustStore(
                "this user's trusted root authorities",
                Programs.succeeds(new Run(List.of("certutil", "-user", "-verifystore", "Root", serial))),
                List.of(new Run(List.of("certutil", "-user", "-addstore", "Root", file.toString()))),
                List.of(new Run(List.of("certutil", "-user", "-delstore", "Root", serial))),
                Optional.empty(),
                Optional.empty());
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
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    private static List<String> words(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}

package dev.loopgate.tls;

import dev.loopgate.model.Credential;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a user's certificate authority is kept: its key and certificate in one file that nobody else may read, the
 * certificate alone in another, and the certificates of those it took the place of. Blocks; safe for use by any thread and
 * by several processes.
 */
public final class AuthorityFolder {

    /** The certificate alone, for those who are to trust it. */
    public static final String ROOT = "root.pem";

    private static final String BOTH = "authority.pem";
    private static final String FORMER = "former-";

    private final Path path;
    private final PrivateFolder folder;

    private AuthorityFolder(Path path) {
        this.path = path;
        this.folder = new PrivateFolder(path);
    }

    /**
     * {@code loopgate/ca} in {@code $XDG_DATA_HOME}, else in {@code $HOME/.local/share}.
     *
     * @param environment the value of a variable, or null
     * @return empty where neither is set
     */
    public static Optional<AuthorityFolder> from(UnaryOperator<@Nullable String> environment) {
        return absolute(environment.apply("XDG_DATA_HOME"))
                .or(() -> absolute(environment.apply("HOME")).map(home -> home.resolve(".local/share")))
                .map(data -> new AuthorityFolder(data.resolve("loopgate").resolve("ca")));
    }

    public static AuthorityFolder at(Path path) {
        return new AuthorityFolder(path);
    }

    /** Of the certificate that is to be trusted; there once there is an authority. */
    public Path root() {
        return path.resolve(ROOT);
    }

    /** The authority's own certificate; empty where there is none yet. */
    public Optional<X509Certificate> certificate() throws IOException {
        return read().map(LocalAuthority::certificate);
    }

    /** The same, made where there is none. */
    public X509Certificate certificateOrNew(Instant now) throws IOException {
        return certificateOrNew(Set.of(), now);
    }

    /** The same, made anew where it may not sign for each of these domains. */
    public X509Certificate certificateOrNew(Set<String> domains, Instant now) throws IOException {
        Set<String> needed = new TreeSet<>(domains);
        needed.add("localhost");
        return open(needed, domains, now).certificate();
    }

    /** Those of these domains that the authority may not sign for; all of them where there is none. */
    public Set<String> missing(Set<String> domains) throws IOException {
        Optional<LocalAuthority> kept = read();
        return domains.stream()
                .filter(domain -> kept.isEmpty() || !kept.get().permits(domain))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** All that the authority may sign for; empty where there is none. */
    public Set<String> domains() throws IOException {
        return read().<Set<String>>map(LocalAuthority::domains).orElse(Set.of());
    }

    /**
     * A file of the authority's certificate and all of these.
     *
     * @param others a file of certificates
     */
    Path bundle(Path others) throws IOException {
        Path bundle = path.resolve("bundle.pem");
        String text = Files.readString(others, StandardCharsets.ISO_8859_1)
                + "\n"
                + Files.readString(root(), StandardCharsets.ISO_8859_1);
        if (!Files.exists(bundle)
                || !Files.readString(bundle, StandardCharsets.ISO_8859_1).equals(text)) {
            folder.write(bundle, text);
        }
        return bundle;
    }

    /**
     * A certificate that somebody may trust.
     *
     * @param file that holds it alone
     */
    public record Kept(X509Certificate certificate, Path file) {}

    /**
     * The authority's own certificate, where there is one, after those of authorities that it took the place of.
     *
     * @param warning told of what cannot be read, which is left out
     */
    public List<Kept> all(Consumer<String> warning) throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try {
            Optional<X509Certificate> own = certificate();
            if (own.isPresent()) {
                heal(own.get());
            }
        } catch (IOException damaged) {
            warning.accept(String.valueOf(damaged.getMessage()));
        }
        List<Path> files = new ArrayList<>();
        try (Stream<Path> entries = Files.list(path)) {
            entries.filter(file -> file.getFileName().toString().startsWith(FORMER))
                    .sorted()
                    .forEach(files::add);
        }
        if (Files.exists(root())) {
            files.add(root());
        }
        List<Kept> kept = new ArrayList<>();
        for (Path file : files) {
            try {
                kept.add(new Kept(
                        GivenCertificate.chain(Files.readAllBytes(file)).get(0), file));
            } catch (CredentialFault fault) {
                warning.accept(file + " " + fault.fault() + ", so who trusts it is not known");
            } catch (IOException unreadable) {
                warning.accept(file + " cannot be read, so who trusts it is not known");
            }
        }
        return kept;
    }

    /** By which it is seen that the authority is another one, or gone. */
    Optional<FileTime> changed() {
        try {
            return Optional.of(Files.getLastModifiedTime(root()));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /**
     * The authority, made where there is none, and made anew where it may not sign for this name or is about to expire.
     *
     * @param name that is at or below one of the domains, or one that every authority may sign for
     * @param domains that one which is made may sign for as well
     */
    LocalAuthority open(String name, Set<String> domains, Instant now) throws IOException {
        return open(Set.of(name), domains, now);
    }

    private LocalAuthority open(Set<String> names, Set<String> domains, Instant now) throws IOException {
        Optional<LocalAuthority> kept = read().filter(found -> suits(found, names, now));
        if (kept.isEmpty()) {
            return replace(names, domains, now);
        }
        heal(kept.get().certificate());
        return kept.get();
    }

    private static boolean suits(LocalAuthority found, Set<String> names, Instant now) {
        return found.lasts(now) && names.stream().allMatch(found::permits);
    }

    /** What people have trusted is to be what signs, whoever has written to the file since. */
    private void heal(X509Certificate certificate) throws IOException {
        try {
            String text = Pem.write(certificate);
            if (!Files.exists(root())
                    || !Files.readString(root(), StandardCharsets.ISO_8859_1).equals(text)) {
                folder.write(root(), text);
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot write " + root() + ": " + e.getMessage(), e);
        } catch (FileSystemException refused) {
            throw PrivateFolder.explained(root(), refused);
        }
    }

    private LocalAuthority replace(Set<String> names, Set<String> domains, Instant now) throws IOException {
        try {
            folder.prepare();
            return folder.whileLocked(() -> replaced(names, domains, now));
        } catch (FileSystemException refused) {
            throw PrivateFolder.explained(path, refused);
        }
    }

    private LocalAuthority replaced(Set<String> names, Set<String> domains, Instant now) throws IOException {
        try {
            Optional<LocalAuthority> kept = read();
            if (kept.isPresent() && suits(kept.get(), names, now)) {
                // Another process was quicker.
                return kept.get();
            }
            Set<String> all = new TreeSet<>(domains);
            kept.ifPresent(old -> all.addAll(old.domains()));
            LocalAuthority fresh = LocalAuthority.create(all, now);
            if (kept.isPresent()) {
                X509Certificate old = kept.get().certificate();
                folder.write(path.resolve(FORMER + old.getSerialNumber().toString(16) + ".pem"), Pem.write(old));
            }
            String certificate = Pem.write(fresh.certificate());
            folder.write(path.resolve(BOTH), Pem.write(fresh.credential().key()) + certificate);
            folder.write(root(), certificate);
            return fresh;
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot make a certificate authority: " + e.getMessage(), e);
        }
    }

    private Optional<LocalAuthority> read() throws IOException {
        Path file = path.resolve(BOTH);
        byte[] text;
        try {
            text = Files.readAllBytes(file);
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException unreadable) {
            throw PrivateFolder.explained(file, unreadable);
        }
        try {
            PrivateFolder.close(file);
            Pem.Content content = Pem.read(text);
            if (content.keys().isEmpty() || content.certificates().isEmpty()) {
                throw new CredentialFault("lacks its key or its certificate", "");
            }
            Credential both = new Credential(
                    content.keys().get(0), List.of(content.certificates().get(0)));
            GivenCertificate.match(both.key(), both.certificate());
            return Optional.of(LocalAuthority.of(both));
        } catch (CredentialFault | GeneralSecurityException damaged) {
            throw new IOException(
                    file + " holds no certificate authority any more; move it away, and a new one is made", damaged);
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }

    private static Optional<Path> absolute(@Nullable String value) {
        return value == null || value.isEmpty()
                ? Optional.empty()
                : Optional.of(Path.of(value)).filter(Path::isAbsolute);
    }
}

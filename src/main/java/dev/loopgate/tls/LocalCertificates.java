package dev.loopgate.tls;

import dev.loopgate.model.Credential;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Certificates of the local authority, a new one with each call. Nothing of it exists before the first. Blocks; safe for
 * use by any thread.
 */
public final class LocalCertificates {

    private static final Pattern LOOPBACK4_TEXT =
            Pattern.compile("127(\\.(0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])){3}");
    private static final byte[] LOOPBACK4 = {127, 0, 0, 1};
    private static final byte[] LOOPBACK6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private final Optional<AuthorityFolder> folder;
    private final Optional<Path> system;
    private final InstantSource clock;
    private final Consumer<String> notice;
    private @Nullable LocalAuthority authority;
    private Optional<FileTime> authorityAsOf = Optional.empty();

    /**
     * @param folder empty where this user has none
     * @param notice told what a person should know, in one sentence
     */
    public LocalCertificates(Optional<AuthorityFolder> folder, InstantSource clock, Consumer<String> notice) {
        this(folder, AuthorityVariables.system(), clock, notice);
    }

    /** @param system the file of all whom the system trusts */
    LocalCertificates(
            Optional<AuthorityFolder> folder, Optional<Path> system, InstantSource clock, Consumer<String> notice) {
        this.system = system;
        this.folder = folder;
        this.clock = clock;
        this.notice = notice;
    }

    /**
     * @return valid from now on
     * @throws IOException where there can be none, with a message for people
     */
    public Credential certificate(TlsIdentity.Local identity) throws IOException {
        String name = identity.name();
        Optional<byte[]> address = loopback(name);
        if (address.isEmpty() && !LocalDomains.isDnsName(name)) {
            // Any client may ask for it: the name itself may be anything, and is not for a log.
            throw new IOException("no certificate can be made for such a name");
        }
        Instant now = clock.instant();
        LocalAuthority signer = authority(address.isPresent() ? "localhost" : name, identity.domains(), now);
        List<String> names = new ArrayList<>();
        List<byte[]> addresses = new ArrayList<>();
        if (address.isPresent() || name.equals("localhost")) {
            names.add("localhost");
            addresses.add(LOOPBACK4);
            addresses.add(LOOPBACK6);
            address.filter(own -> !Arrays.equals(own, LOOPBACK4) && !Arrays.equals(own, LOOPBACK6))
                    .ifPresent(addresses::add);
        } else {
            names.add(name);
        }
        try {
            return signer.issue(names, addresses, now);
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot make a certificate for " + name + ": " + e.getMessage(), e);
        }
    }

    /** A loopback address as it is written, and nothing else; never looked up, for a client may ask for any text. */
    private static Optional<byte[]> loopback(String name) {
        if (name.equals("::1")) {
            return Optional.of(LOOPBACK6);
        }
        if (!LOOPBACK4_TEXT.matcher(name).matches()) {
            return Optional.empty();
        }
        byte[] address = new byte[4];
        String[] parts = name.split("\\.", -1);
        for (int i = 0; i < parts.length; i++) {
            address[i] = (byte) Integer.parseInt(parts[i]);
        }
        return Optional.of(address);
    }

    private synchronized LocalAuthority authority(String name, Set<String> domains, Instant now) throws IOException {
        AuthorityFolder place = folder.orElseThrow(() -> new IOException(
                "neither XDG_DATA_HOME nor HOME is set, so there is no place for a certificate authority"));
        LocalAuthority known = authority;
        if (known != null
                && known.permits(name)
                && known.lasts(now)
                && place.changed().equals(authorityAsOf)) {
            return known;
        }
        boolean usual = LocalDomains.isWithin(name, LocalDomains.USUAL);
        Set<String> others =
                domains.stream().filter(LocalDomains::isForeign).collect(Collectors.toCollection(TreeSet::new));
        if (!usual && !LocalDomains.isWithin(name, others)) {
            throw new IOException("the local authority may not sign for " + name
                    + ", and does for hosts that the configuration names, and what is below them");
        }
        Optional<X509Certificate> before = place.certificate();
        LocalAuthority opened = place.open(name, others, now);
        authority = opened;
        authorityAsOf = place.changed();
        if (before.isEmpty()) {
            notice.accept("made a certificate authority in " + place
                    + "; until it is trusted, browsers warn (to trust it: loopgate trust)");
        } else if (!before.get().equals(opened.certificate())) {
            notice.accept((usual
                            ? "the certificate authority was about to expire"
                            : "the certificate authority could not sign for " + name)
                    + ", so there is a new one, which has to be trusted again: loopgate trust");
        }
        return opened;
    }

    /** Another one where {@link #trusted} would be another; a few system calls. */
    public List<Object> trustedAsOf() {
        List<Object> stamp = new ArrayList<>();
        Stream.of(system.stream(), folder.stream().map(AuthorityFolder::root), javaLists())
                .flatMap(files -> files)
                .forEach(file -> {
                    try {
                        stamp.add(file);
                        stamp.add(Files.getLastModifiedTime(file));
                    } catch (IOException missing) {
                        stamp.add("missing");
                    }
                });
        return stamp;
    }

    /** Where Java may have its own list, in the order that it looks. */
    private static Stream<Path> javaLists() {
        String named = System.getProperty("javax.net.ssl.trustStore", "");
        Path security = Path.of(System.getProperty("java.home"), "lib", "security");
        return Stream.of(
                named.isEmpty() ? security.resolve("jssecacerts") : Path.of(named), security.resolve("cacerts"));
    }

    /**
     * Whom this machine trusts: Java's list, the system's, and the authority of this user where there is one. What cannot be
     * read of the latter two is left out, with a notice.
     *
     * @throws IllegalStateException where they cannot be read
     */
    public KeyStore trusted() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            TrustLists lists = new TrustLists(folder, system, notice);
            int count = 0;
            for (TrustLists.Whose whose : TrustLists.Whose.values()) {
                for (X509Certificate root : lists.roots(whose)) {
                    store.setCertificateEntry("root-" + count++, root);
                }
            }
            return store;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("it cannot be read whom this machine trusts: " + e.getMessage(), e);
        }
    }

    /**
     * When the authority is to be made anew, after which it has to be trusted anew; empty where there is none. Blocks.
     *
     * @throws IOException where it cannot be read
     */
    public Optional<Instant> replacement() throws IOException {
        return folder.isEmpty()
                ? Optional.empty()
                : folder.get()
                        .certificate()
                        .map(own -> own.getNotAfter().toInstant().minus(LocalAuthority.LEAF));
    }

    /** When a certificate is to be made anew, long before it expires. */
    public static Instant renewal(Credential credential) {
        Instant end = credential.certificate().getNotAfter().toInstant();
        return end.minus(LocalAuthority.LEAF.dividedBy(3));
    }
}

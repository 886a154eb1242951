package dev.loopgate.tls;

import dev.loopgate.model.Credential;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Certificates of the local authority, a new one with each call. Nothing of it exists before the first. Blocks; safe for
 * use by any thread.
 */
public final class LocalCertificates {

    private static final Pattern DNS_NAME =
            Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*");
    private static final int LONGEST_NAME = 253;
    private static final byte[] LOOPBACK4 = {127, 0, 0, 1};
    private static final byte[] LOOPBACK6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private final Optional<AuthorityFolder> folder;
    private final InstantSource clock;
    private final Consumer<String> notice;
    private @Nullable LocalAuthority authority;

    /**
     * @param folder empty where this user has none
     * @param notice told what a person should know, in one sentence
     */
    public LocalCertificates(Optional<AuthorityFolder> folder, InstantSource clock, Consumer<String> notice) {
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
        boolean address = name.indexOf(':') >= 0 || name.matches("[0-9.]+");
        if (!address && (name.length() > LONGEST_NAME || !DNS_NAME.matcher(name).matches())) {
            throw new IOException("no certificate can be made for such a name");
        }
        Instant now = clock.instant();
        LocalAuthority signer = authority(address ? "localhost" : name, identity.domain(), now);
        List<String> names = new ArrayList<>();
        List<byte[]> addresses = new ArrayList<>();
        if (address || name.equals("localhost")) {
            names.add("localhost");
            addresses.add(LOOPBACK4);
            addresses.add(LOOPBACK6);
            if (address) {
                InetAddress own = literal(name);
                if (!own.isLoopbackAddress()) {
                    throw new IOException("the local authority signs for loopback addresses only");
                }
                if (!own.equals(InetAddress.getByAddress(LOOPBACK4)) && own.getAddress().length == 4) {
                    addresses.add(own.getAddress());
                }
            }
        } else {
            names.add(name);
        }
        try {
            return signer.issue(names, addresses, now);
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot make a certificate for " + name + ": " + e.getMessage(), e);
        }
    }

    @SuppressWarnings("AddressSelection") // a literal: nothing is looked up
    private static InetAddress literal(String address) throws IOException {
        return InetAddress.getByName(address);
    }

    private synchronized LocalAuthority authority(String name, String domain, Instant now) throws IOException {
        LocalAuthority known = authority;
        if (known != null && known.permits(name) && known.lasts(now)) {
            return known;
        }
        AuthorityFolder place = folder.orElseThrow(() -> new IOException(
                "neither XDG_DATA_HOME nor HOME is set, so there is no place for a certificate authority"));
        boolean usual = LocalAuthority.DOMAINS.stream().anyMatch(one -> name.equals(one) || name.endsWith("." + one));
        // A top-level domain, be it one label of a file or a wildcard, is everybody's.
        if (!usual && domain.indexOf('.') < 0) {
            throw new IOException("the local authority may not sign for " + name);
        }
        Optional<X509Certificate> before;
        LocalAuthority opened;
        try {
            before = place.certificate();
            opened = place.open(usual ? Set.of() : Set.of(domain), now);
        } catch (FileSystemException e) {
            String reason = e.getReason() == null ? "permission denied" : e.getReason();
            throw new IOException("no certificate authority can be had: " + e.getFile() + ": " + reason, e);
        }
        authority = opened;
        if (before.isEmpty()) {
            notice.accept("made a certificate authority in " + place
                    + "; until it is trusted, browsers warn (to trust it: loopgate trust)");
        } else if (!before.get().equals(opened.certificate())) {
            notice.accept((usual
                            ? "the certificate authority was about to expire"
                            : "the certificate authority could not sign for " + domain)
                    + ", so there is a new one, which has to be trusted again: loopgate trust");
        }
        return opened;
    }

    /** Another one where {@link #trusted} would be another; a few system calls. */
    public List<Object> trustedAsOf() {
        List<Object> stamp = new ArrayList<>();
        Stream.concat(AuthorityVariables.system().stream(), folder.stream().map(AuthorityFolder::root))
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

    /**
     * Whom this machine trusts: Java's list, the system's, and the authority of this user where there is one.
     *
     * @throws IllegalStateException where they cannot be read
     */
    public KeyStore trusted() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int count = 0;
            TrustManagerFactory standard = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            standard.init((KeyStore) null);
            for (TrustManager manager : standard.getTrustManagers()) {
                if (manager instanceof X509TrustManager trust) {
                    for (X509Certificate root : trust.getAcceptedIssuers()) {
                        store.setCertificateEntry("java-" + count++, root);
                    }
                }
            }
            Optional<Path> system = AuthorityVariables.system();
            if (system.isPresent()) {
                try (InputStream in = Files.newInputStream(system.get())) {
                    for (Certificate root :
                            CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                        store.setCertificateEntry("system-" + count++, root);
                    }
                }
            }
            Optional<X509Certificate> own =
                    folder.isEmpty() ? Optional.empty() : folder.get().certificate();
            if (own.isPresent()) {
                store.setCertificateEntry("loopgate", own.get());
            }
            return store;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("it cannot be read whom this machine trusts: " + e.getMessage(), e);
        }
    }

    /** When a certificate is to be made anew, long before it expires. */
    public static Instant renewal(Credential credential) {
        Instant end = credential.certificate().getNotAfter().toInstant();
        return end.minus(LocalAuthority.LEAF.dividedBy(3));
    }
}

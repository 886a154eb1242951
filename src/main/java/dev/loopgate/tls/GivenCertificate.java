package dev.loopgate.tls;

import dev.loopgate.model.Credential;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Reads keys and certificates that somebody else has made, and makes sure that they can be used. */
public final class GivenCertificate {

    /** Time enough to have another one made. */
    public static final Duration SOON = Duration.ofDays(21);

    /** In bits: browsers and BoringSSL refuse RSA with fewer. */
    private static final int LEAST_BITS = 1024;

    /** Those of TLS 1.3 (RFC 8446 §4.2.3). */
    private static final List<String> CURVES = List.of("secp256r1", "secp384r1", "secp521r1");

    private GivenCertificate() {}

    /**
     * The certificates of a file, the key's own first.
     *
     * @param pem the content of a file
     */
    public static List<X509Certificate> chain(byte[] pem) throws CredentialFault {
        List<X509Certificate> found = Pem.read(pem).certificates();
        if (found.isEmpty()) {
            throw new CredentialFault("holds no certificate", "name a PEM file that begins with BEGIN CERTIFICATE");
        }
        return found;
    }

    /** @param pem the content of a file, which may hold certificates as well */
    public static PrivateKey key(byte[] pem) throws CredentialFault {
        List<PrivateKey> found = Pem.read(pem).keys();
        if (found.isEmpty()) {
            throw new CredentialFault("holds no private key", "name a PEM file with BEGIN PRIVATE KEY in it");
        }
        return found.get(0);
    }

    /** @param content of a PKCS#12 file (.p12, .pfx) */
    public static Credential pkcs12(byte[] content, String password) throws CredentialFault {
        char[] secret = password.toCharArray();
        CredentialFault reason =
                new CredentialFault("holds no private key with its certificate", "export both: openssl pkcs12 -export");
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(content), secret);
            for (String alias : Collections.list(store.aliases())) {
                Key key = store.getKey(alias, secret);
                Certificate[] chain = store.getCertificateChain(alias);
                if (key instanceof PrivateKey found && chain != null && chain.length > 0) {
                    List<X509Certificate> certificates = new ArrayList<>();
                    for (Certificate certificate : chain) {
                        certificates.add((X509Certificate) certificate);
                    }
                    try {
                        match(found, certificates.get(0));
                        return new Credential(found, certificates);
                    } catch (CredentialFault another) {
                        // One of the others may fit.
                        reason = another;
                    }
                }
            }
            throw reason;
        } catch (IOException fault) {
            throw fault.getCause() instanceof UnrecoverableKeyException
                    ? new CredentialFault("does not open with this password", "check the password")
                    : new CredentialFault("is no PKCS#12 file, or is damaged", "for PEM files write {cert: …, key: …}");
        } catch (GeneralSecurityException fault) {
            throw new CredentialFault("cannot be read: " + fault.getMessage(), "export it anew");
        }
    }

    /** @throws CredentialFault where they do not belong together, or TLS as browsers speak it has no use for such keys */
    public static void match(PrivateKey key, X509Certificate certificate) throws CredentialFault {
        if (!isOfUse(key)) {
            throw CredentialFault.useless();
        }
        if (!belongs(key, certificate.getPublicKey())) {
            throw new CredentialFault(
                    "is not the key of the certificate", "name the two files that were made together");
        }
    }

    /**
     * That it has come to its end, or soon will: as a predicate, of the file. It may be in force already, so that this alone
     * is no reason to refuse a configuration.
     */
    public static Optional<String> ending(X509Certificate certificate, Instant now) {
        return ending(certificate, now, SOON);
    }

    /** @param soon from how long before its end on */
    public static Optional<String> ending(X509Certificate certificate, Instant now, Duration soon) {
        Instant end = certificate.getNotAfter().toInstant();
        if (now.isAfter(end)) {
            return Optional.of("expired at " + end + ", so browsers refuse it");
        }
        return now.plus(soon).isAfter(end)
                ? Optional.of("expires at " + end + ", in "
                        + Duration.between(now, end).toDays() + " days")
                : Optional.empty();
    }

    /** @throws CredentialFault where it is not valid yet */
    public static void begun(X509Certificate certificate, Instant now) throws CredentialFault {
        if (now.isBefore(certificate.getNotBefore().toInstant())) {
            throw new CredentialFault(
                    "is not valid before " + certificate.getNotBefore().toInstant(), "is this machine's clock right?");
        }
    }

    /** Whether a certificate is for a host of that name; a wildcard stands for one label. */
    public static boolean covers(X509Certificate certificate, String name) {
        int dot = name.indexOf('.');
        String wildcard = dot < 0 ? name : "*" + name.substring(dot);
        try {
            Collection<List<?>> names = Optional.ofNullable(certificate.getSubjectAlternativeNames())
                    .orElse(List.of());
            return names.stream()
                    .map(pair -> String.valueOf(pair.get(1)))
                    .anyMatch(one -> one.equalsIgnoreCase(name) || one.equalsIgnoreCase(wildcard));
        } catch (GeneralSecurityException unreadable) {
            return false;
        }
    }

    private static boolean isOfUse(PrivateKey key) {
        if (key instanceof ECKey elliptic) {
            return CURVES.stream().anyMatch(name -> isOn(name, elliptic));
        }
        return key instanceof RSAKey rsa
                && key.getAlgorithm().equals("RSA")
                && rsa.getModulus().bitLength() >= LEAST_BITS;
    }

    private static boolean isOn(String curve, ECKey key) {
        try {
            AlgorithmParameters named = AlgorithmParameters.getInstance("EC");
            named.init(new ECGenParameterSpec(curve));
            return named.getParameterSpec(ECParameterSpec.class)
                    .getCurve()
                    .equals(key.getParams().getCurve());
        } catch (GeneralSecurityException unknown) {
            return false;
        }
    }

    /** By a signature that fits: keys of one pair do not compare. */
    private static boolean belongs(PrivateKey key, PublicKey other) {
        String algorithm = key instanceof ECKey ? "SHA256withECDSA" : "SHA256withRSA";
        byte[] sample = {1, 2, 3};
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(sample);
            byte[] signed = signature.sign();
            signature.initVerify(other);
            signature.update(sample);
            return signature.verify(signed);
        } catch (GeneralSecurityException otherKind) {
            return false;
        }
    }
}

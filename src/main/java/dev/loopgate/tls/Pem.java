package dev.loopgate.tls;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.X509TrustedCertificateBlock;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/** Certificates and keys as text between lines of BEGIN and END (RFC 7468), also as OpenSSL wrote them before there were rules. */
final class Pem {

    private static final Pattern BLOCK = Pattern.compile(
            "-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----([^-]*)-----END (?:X509 |TRUSTED )?CERTIFICATE-----");

    /** Of Diffie and Hellman: other servers have them beside a certificate, and the parser does not know them. */
    private static final Pattern PARAMETERS =
            Pattern.compile("-----BEGIN (X9\\.42 )?DH PARAMETERS-----[^-]*-----END \\1?DH PARAMETERS-----");

    private Pem() {}

    /** @param certificates in the order of the text */
    record Content(List<PrivateKey> keys, List<X509Certificate> certificates) {}

    /** @throws CredentialFault where it holds something that cannot be used */
    static Content read(byte[] text) throws CredentialFault {
        List<PrivateKey> keys = new ArrayList<>();
        List<X509Certificate> certificates = new ArrayList<>();
        String relevant = PARAMETERS
                .matcher(new String(text, StandardCharsets.ISO_8859_1))
                .replaceAll("");
        try (PEMParser parser = new PEMParser(new StringReader(relevant))) {
            for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
                if (part instanceof X509CertificateHolder holder) {
                    certificates.add(certificate(holder.getEncoded()));
                } else if (part instanceof X509TrustedCertificateBlock trusted) {
                    certificates.add(certificate(trusted.getCertificateHolder().getEncoded()));
                } else if (part instanceof PrivateKeyInfo info) {
                    keys.add(key(info));
                } else if (part instanceof PEMKeyPair pair) {
                    keys.add(key(pair.getPrivateKeyInfo()));
                } else if (part instanceof PKCS8EncryptedPrivateKeyInfo || part instanceof PEMEncryptedKeyPair) {
                    throw new CredentialFault(
                            "holds a key that is encrypted with a password",
                            "decrypt it (openssl pkey -in FILE -out FILE2), or put both into one file:"
                                    + " {pkcs12: FILE, password: …}");
                }
            }
        } catch (IOException | GeneralSecurityException | IllegalArgumentException broken) {
            throw new CredentialFault(
                    "is damaged: what stands between its BEGIN and END is no key and no certificate", "copy it anew");
        }
        return new Content(keys, certificates);
    }

    /**
     * All certificates of a long file by many hands, of which one that is odd spoils no other.
     *
     * @param found gets them
     * @return how many could not be read
     */
    static int readAll(byte[] text, List<X509Certificate> found) {
        int odd = 0;
        Matcher blocks = BLOCK.matcher(new String(text, StandardCharsets.ISO_8859_1));
        while (blocks.find()) {
            try {
                found.add(certificate(Base64.getMimeDecoder().decode(blocks.group(1))));
            } catch (GeneralSecurityException | IllegalArgumentException broken) {
                odd++;
            }
        }
        return odd;
    }

    private static X509Certificate certificate(byte[] der) throws GeneralSecurityException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new java.io.ByteArrayInputStream(der));
    }

    private static PrivateKey key(PrivateKeyInfo info) throws GeneralSecurityException, IOException, CredentialFault {
        ASN1ObjectIdentifier kind = info.getPrivateKeyAlgorithm().getAlgorithm();
        String algorithm;
        if (kind.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            algorithm = "EC";
        } else if (kind.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            algorithm = "RSA";
        } else {
            throw CredentialFault.useless();
        }
        PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(info.getEncoded());
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
        } catch (InvalidKeySpecException unknown) {
            throw CredentialFault.useless();
        }
    }

    static String write(X509Certificate certificate) throws GeneralSecurityException {
        return block("CERTIFICATE", certificate.getEncoded());
    }

    static String write(PrivateKey key) {
        return block("PRIVATE KEY", key.getEncoded());
    }

    private static String block(String label, byte[] der) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + lines + "\n-----END " + label + "-----\n";
    }
}

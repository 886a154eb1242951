package dev.loopgate.tls;

import dev.loopgate.model.Credential;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority of this machine. Its own certificate says for which names it may sign (RFC 5280 §4.2.1.10), so
 * that whoever gets hold of its key can make no certificate for anybody else. Immutable; safe for use by any thread.
 */
final class LocalAuthority {

    /** What its certificates are called, before what tells them apart. */
    static final String NAME = "Loopgate local authority";

    /** Apple and Chromium take none that is valid for more than 397 days, and renewing costs nothing. */
    static final Duration LEAF = Duration.ofDays(90);

    /** Years: whoever trusts it is asked once. */
    private static final Duration ROOT = Duration.ofDays(3652);

    /** Clocks differ, between virtual machines and phones above all. */
    private static final Duration EARLIER = Duration.ofDays(1);

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Credential credential;
    private final SortedSet<String> domains;

    private LocalAuthority(Credential credential, SortedSet<String> domains) {
        this.credential = credential;
        this.domains = domains;
    }

    /** @param more domains beside the usual ones that it may sign for */
    static LocalAuthority create(Set<String> more, Instant now) throws GeneralSecurityException {
        SortedSet<String> domains = new TreeSet<>(LocalDomains.USUAL);
        domains.addAll(more);
        KeyPair pair = newKey();
        try {
            SubjectKeyIdentifier id = new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic());
            // Told apart by its key: a machine may come to trust several, its own and those of its neighbours.
            String number = HexFormat.of().formatHex(id.getKeyIdentifier(), 0, 4);
            X500Name name = new X500NameBuilder(BCStyle.INSTANCE)
                    .addRDN(BCStyle.O, "Loopgate")
                    .addRDN(BCStyle.CN, NAME + " " + number)
                    .build();
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    name, serial(), Date.from(now.minus(EARLIER)), Date.from(now.plus(ROOT)), name, pair.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            // For servers only: not for mail, nor for programs.
            builder.addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            builder.addExtension(Extension.subjectKeyIdentifier, false, id);
            builder.addExtension(Extension.nameConstraints, true, new NameConstraints(subtrees(domains), null));
            return new LocalAuthority(
                    new Credential(pair.getPrivate(), List.of(sign(builder, pair.getPrivate()))), domains);
        } catch (IOException impossible) {
            throw new GeneralSecurityException(impossible);
        }
    }

    /** One that was kept; fails where it is none. */
    static LocalAuthority of(Credential kept) throws GeneralSecurityException {
        X509Certificate certificate = kept.certificate();
        Extension extension = new JcaX509CertificateHolder(certificate).getExtension(Extension.nameConstraints);
        if (certificate.getBasicConstraints() < 0 || extension == null) {
            throw new GeneralSecurityException("a certificate that may sign no others");
        }
        NameConstraints constraints = NameConstraints.getInstance(extension.getParsedValue());
        SortedSet<String> domains = new TreeSet<>();
        for (GeneralSubtree subtree : constraints.getPermittedSubtrees()) {
            if (subtree.getBase().getTagNo() == GeneralName.dNSName) {
                domains.add(((ASN1String) subtree.getBase().getName()).getString());
            }
        }
        return new LocalAuthority(kept, domains);
    }

    Credential credential() {
        return credential;
    }

    X509Certificate certificate() {
        return credential.certificate();
    }

    /** Those that it may sign for. */
    SortedSet<String> domains() {
        return domains;
    }

    boolean permits(String name) {
        return LocalDomains.isWithin(name, domains);
    }

    /** Whether a leaf of the full time can still be had. */
    boolean lasts(Instant now) {
        return now.plus(LEAF).isBefore(certificate().getNotAfter().toInstant());
    }

    /**
     * A new key and its certificate.
     *
     * @param dnsNames permitted ones
     * @param addresses of loopback, as they are: 4 or 16 bytes
     */
    Credential issue(List<String> dnsNames, List<byte[]> addresses, Instant now) throws GeneralSecurityException {
        KeyPair pair = newKey();
        List<GeneralName> names = new ArrayList<>();
        dnsNames.forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
        addresses.forEach(address -> names.add(new GeneralName(GeneralName.iPAddress, octets(address))));
        try {
            // A constant subject: names are looked for among the alternative ones only (RFC 9525), and may be too long
            // here.
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    new JcaX509CertificateHolder(certificate()).getSubject(),
                    serial(),
                    Date.from(now.minus(EARLIER)),
                    Date.from(now.plus(LEAF)),
                    new X500Name("O=Loopgate,OU=local development"),
                    pair.getPublic());
            JcaX509ExtensionUtils utils = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    utils.createAuthorityKeyIdentifier(certificate().getPublicKey()));
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, utils.createSubjectKeyIdentifier(pair.getPublic()));
            builder.addExtension(
                    Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
            return new Credential(pair.getPrivate(), List.of(sign(builder, credential.key())));
        } catch (IOException impossible) {
            throw new GeneralSecurityException(impossible);
        }
    }

    private static KeyPair newKey() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static BigInteger serial() {
        return new BigInteger(127, RANDOM).setBit(126);
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private static GeneralSubtree[] subtrees(Set<String> domains) {
        List<GeneralSubtree> subtrees = new ArrayList<>();
        domains.forEach(domain -> subtrees.add(new GeneralSubtree(new GeneralName(GeneralName.dNSName, domain))));
        byte[] four = {127, 0, 0, 0, (byte) 255, 0, 0, 0};
        byte[] six = new byte[32];
        six[15] = 1;
        java.util.Arrays.fill(six, 16, 32, (byte) 255);
        subtrees.add(new GeneralSubtree(new GeneralName(GeneralName.iPAddress, octets(four))));
        subtrees.add(new GeneralSubtree(new GeneralName(GeneralName.iPAddress, octets(six))));
        return subtrees.toArray(GeneralSubtree[]::new);
    }

    private static ASN1OctetString octets(byte[] bytes) {
        return new DEROctetString(bytes);
    }
}

package dev.loopgate.diagnose;

import dev.loopgate.net.Addresses;
import dev.loopgate.net.Printable;
import dev.loopgate.tls.TrustLists.Whose;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSession;
import javax.security.auth.x500.X500Principal;

/**
 * What a TLS server agreed to and who it says it is. Nothing but a request for its first page is ever sent to it, so its
 * certificate is looked at whether it is trusted or not.
 *
 * @param version such as {@code TLSv1.3}
 * @param application the protocol within, as ALPN (RFC 7301) has it; empty where none was agreed to
 * @param subject of its certificate
 * @param names that the certificate is for
 * @param expires when the certificate does
 * @param trustedBy whose lists have who signed it
 * @param unread whose lists cannot be read
 * @param fault why every client would turn away; empty where one that goes by one of these lists would not
 * @param took the handshake
 * @param http what it says to a request of HTTP/1.1
 */
public record TlsSession(
        String version,
        String cipher,
        String application,
        String subject,
        String issuer,
        List<String> names,
        Instant expires,
        List<Whose> trustedBy,
        List<Whose> unread,
        Optional<String> fault,
        Duration took,
        Optional<Speech.Http> http) {

    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    public TlsSession {
        names = List.copyOf(names);
        trustedBy = List.copyOf(trustedBy);
        unread = List.copyOf(unread);
    }

    static TlsSession of(
            SSLSession session,
            String application,
            X509Certificate certificate,
            TrustWitness.Trust trust,
            Optional<String> fault,
            Duration took,
            Optional<Speech.Http> http) {
        return new TlsSession(
                session.getProtocol(),
                session.getCipherSuite(),
                application,
                name(certificate.getSubjectX500Principal()),
                name(certificate.getIssuerX500Principal()),
                names(certificate),
                certificate.getNotAfter().toInstant(),
                trust.by(),
                trust.unread(),
                fault,
                took,
                http);
    }

    /** As a clause; empty where nobody does. */
    public String trustedText() {
        return trustedBy.isEmpty()
                ? ""
                : "trusted by " + words(trustedBy) + (unread.isEmpty() ? "" : "; " + unread(unread));
    }

    /** As a clause. */
    static String unread(List<Whose> lists) {
        return "the list of " + words(lists) + " cannot be read";
    }

    private static String words(List<Whose> lists) {
        return lists.stream().map(Whose::words).collect(Collectors.joining(" and "));
    }

    static String name(X500Principal principal) {
        return Printable.of(principal.getName());
    }

    /** RFC 6125 §6.4.3: a wildcard stands for one label. */
    static boolean covers(String name, String host) {
        if (name.equalsIgnoreCase(host)) {
            return true;
        }
        if (isAddress(host)) {
            return isAddress(name) && Addresses.literal(name).equals(Addresses.literal(host));
        }
        int dot = host.indexOf('.');
        return name.startsWith("*.") && dot > 0 && name.substring(1).equalsIgnoreCase(host.substring(dot));
    }

    static boolean isAddress(String host) {
        try {
            Addresses.literal(host);
            return true;
        } catch (IllegalArgumentException name) {
            return false;
        }
    }

    static List<String> names(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives != null) {
                for (List<?> each : alternatives) {
                    int kind = (Integer) each.get(0);
                    if (kind == DNS_NAME || kind == IP_ADDRESS) {
                        names.add(Printable.of(String.valueOf(each.get(1))));
                    }
                }
            }
        } catch (CertificateParsingException unreadable) {
            // Then it has none that anybody could use.
        }
        return names;
    }
}

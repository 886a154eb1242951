package dev.loopgate.diagnose;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What a TLS server agreed to and who it says it is. Nothing but a request for its first page is ever sent to it, so its
 * certificate is looked at whether it is trusted or not.
 *
 * @param version such as {@code TLSv1.3}
 * @param application the protocol within, as ALPN (RFC 7301) has it; empty where none was agreed to
 * @param subject of its certificate
 * @param names that the certificate is for
 * @param expires when the certificate does
 * @param fault why a client that trusts what this Java trusts would turn away; empty where it would not
 */
public record TlsSession(
        String version,
        String cipher,
        String application,
        String subject,
        String issuer,
        List<String> names,
        Instant expires,
        Optional<String> fault,
        Optional<Speech.Http> http) {

    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    public TlsSession {
        names = List.copyOf(names);
    }

    /** @return empty where the server does not speak TLS */
    static Optional<TlsSession> of(InetSocketAddress address, String host, Duration limit) {
        Witness witness = new Witness();
        try (Socket plain = new Socket()) {
            plain.connect(address, (int) limit.toMillis());
            plain.setSoTimeout((int) limit.toMillis());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {witness}, null);
            try (SSLSocket socket =
                    (SSLSocket) context.getSocketFactory().createSocket(plain, host, address.getPort(), false)) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setApplicationProtocols(new String[] {"http/1.1"});
                if (isName(host)) {
                    parameters.setServerNames(List.of(new SNIHostName(host)));
                }
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                return Optional.of(of(socket, witness, host, limit));
            }
        } catch (IOException | GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private static TlsSession of(SSLSocket socket, Witness witness, String host, Duration limit)
            throws GeneralSecurityException, IOException {
        X509Certificate certificate =
                (X509Certificate) socket.getSession().getPeerCertificates()[0];
        List<String> names = names(certificate);
        String application = socket.getApplicationProtocol();
        return new TlsSession(
                socket.getSession().getProtocol(),
                socket.getSession().getCipherSuite(),
                application == null ? "" : application,
                certificate.getSubjectX500Principal().getName(),
                certificate.getIssuerX500Principal().getName(),
                names,
                certificate.getNotAfter().toInstant(),
                fault(certificate, witness, names, host),
                Speech.http(socket, host, limit));
    }

    private static Optional<String> fault(
            X509Certificate certificate, Witness witness, List<String> names, String host) {
        if (certificate.getNotAfter().toInstant().isBefore(Instant.now())) {
            return Optional.of("its certificate expired on " + certificate.getNotAfter().toInstant());
        }
        if (certificate.getNotBefore().toInstant().isAfter(Instant.now())) {
            return Optional.of("its certificate is valid only from "
                    + certificate.getNotBefore().toInstant() + " on: is the clock right?");
        }
        if (names.stream().noneMatch(name -> covers(name, host))) {
            return Optional.of("its certificate is not for " + host + " but for "
                    + (names.isEmpty() ? certificate.getSubjectX500Principal().getName() : String.join(", ", names)));
        }
        return witness.fault();
    }

    /** RFC 6125 §6.4.3: a wildcard stands for one label. */
    static boolean covers(String name, String host) {
        if (name.equalsIgnoreCase(host)) {
            return true;
        }
        int dot = host.indexOf('.');
        return name.startsWith("*.") && dot > 0 && name.substring(1).equalsIgnoreCase(host.substring(dot));
    }

    private static boolean isName(String host) {
        return host.indexOf('.') > 0 && host.indexOf(':') < 0 && !host.matches("[0-9.]+");
    }

    private static List<String> names(X509Certificate certificate) throws GeneralSecurityException {
        List<String> names = new ArrayList<>();
        Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
        if (alternatives != null) {
            for (List<?> each : alternatives) {
                int kind = (Integer) each.get(0);
                if (kind == DNS_NAME || kind == IP_ADDRESS) {
                    names.add(String.valueOf(each.get(1)));
                }
            }
        }
        return names;
    }

    /** Lets every server pass, and remembers whether Java would have. */
    private static final class Witness implements X509TrustManager {

        private @Nullable String fault;

        Optional<String> fault() {
            return Optional.ofNullable(fault);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String keyExchange) {
            try {
                TrustManagerFactory factory =
                        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                factory.init((KeyStore) null);
                for (TrustManager manager : factory.getTrustManagers()) {
                    if (manager instanceof X509TrustManager java) {
                        java.checkServerTrusted(chain, keyExchange);
                    }
                }
            } catch (CertificateException e) {
                X509Certificate first = chain[0];
                fault = first.getSubjectX500Principal().equals(first.getIssuerX500Principal())
                        ? "its certificate is signed by itself"
                        : "no authority that Java trusts has signed its certificate, but "
                                + first.getIssuerX500Principal().getName();
            } catch (GeneralSecurityException e) {
                fault = "what Java trusts cannot be read: " + e.getMessage();
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String keyExchange) throws CertificateException {
            throw new CertificateException("this is no server");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}

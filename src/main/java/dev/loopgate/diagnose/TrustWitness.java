package dev.loopgate.diagnose;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Lets every server pass, and remembers why a client that trusts what this Java trusts would have turned away. */
final class TrustWitness extends X509ExtendedTrustManager {

    private final String host;
    private X509Certificate @Nullable [] chain;
    private String keyExchange = "";

    TrustWitness(String host) {
        this.host = host;
    }

    /** Looked for once it is asked for: to read what Java trusts takes longer than a handshake. */
    Optional<String> fault() {
        X509Certificate[] shown = chain;
        return shown == null ? Optional.empty() : Optional.ofNullable(fault(shown));
    }

    private @Nullable String fault(X509Certificate[] shown) {
        X509Certificate first = shown[0];
        List<String> names = TlsSession.names(first);
        if (first.getNotAfter().toInstant().isBefore(Instant.now())) {
            return "its certificate expired on " + first.getNotAfter().toInstant();
        }
        if (first.getNotBefore().toInstant().isAfter(Instant.now())) {
            return "its certificate is valid only from " + first.getNotBefore().toInstant()
                    + " on: is the clock right?";
        }
        if (names.stream().noneMatch(name -> TlsSession.covers(name, host))) {
            return "its certificate is not for " + host + " but for "
                    + (names.isEmpty() ? TlsSession.name(first.getSubjectX500Principal()) : String.join(", ", names));
        }
        return distrust(shown, keyExchange);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String exchange, Socket socket) {
        checkServerTrusted(shown, exchange);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String exchange, SSLEngine engine) {
        checkServerTrusted(shown, exchange);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String exchange) {
        chain = shown.clone();
        keyExchange = exchange;
    }

    private static @Nullable String distrust(X509Certificate[] chain, String keyExchange) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager java) {
                    java.checkServerTrusted(chain, keyExchange);
                }
            }
            return null;
        } catch (CertificateException e) {
            X509Certificate first = chain[0];
            return first.getSubjectX500Principal().equals(first.getIssuerX500Principal())
                    ? "its certificate is signed by itself"
                    : "its certificate is signed by "
                            + TlsSession.name(chain[chain.length - 1].getIssuerX500Principal())
                            + ", whom Java does not trust";
        } catch (GeneralSecurityException e) {
            return "what Java trusts cannot be read: " + e.getMessage();
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String keyExchange) throws CertificateException {
        throw new CertificateException("this is no server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String keyExchange, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, keyExchange);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String keyExchange, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, keyExchange);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}

package dev.loopgate.diagnose;

import dev.loopgate.tls.TrustLists;
import dev.loopgate.tls.TrustLists.Whose;
import java.io.IOException;
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

/** Lets every server pass, and remembers who would have trusted it, and why nobody would. */
final class TrustWitness extends X509ExtendedTrustManager {

    private final String host;
    private final TrustLists lists;
    private X509Certificate @Nullable [] chain;
    private String keyExchange = "";

    TrustWitness(String host, TrustLists lists) {
        this.host = host;
        this.lists = lists;
    }

    /** Whose lists have who signed the certificate. Looked for once it is asked for: to read them takes longer than a handshake. */
    List<Whose> trustedBy() {
        X509Certificate[] shown = chain;
        return shown == null
                ? List.of()
                : Concurrently.askEach(
                                List.of(Whose.values()),
                                whose -> trusts(whose, shown) ? Optional.of(whose) : Optional.<Whose>empty())
                        .stream()
                        .flatMap(Optional::stream)
                        .toList();
    }

    /** Why every client would turn away. */
    Optional<String> fault(List<Whose> trustedBy) {
        X509Certificate[] shown = chain;
        return shown == null ? Optional.empty() : Optional.ofNullable(fault(shown, trustedBy));
    }

    private @Nullable String fault(X509Certificate[] shown, List<Whose> trustedBy) {
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
        if (!trustedBy.isEmpty()) {
            return null;
        }
        return first.getSubjectX500Principal().equals(first.getIssuerX500Principal())
                ? "its certificate is signed by itself"
                : "its certificate is signed by " + TlsSession.name(shown[shown.length - 1].getIssuerX500Principal())
                        + ", whom this machine does not trust";
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

    private boolean trusts(Whose whose, X509Certificate[] shown) {
        try {
            List<X509Certificate> roots = lists.roots(whose);
            if (roots.isEmpty()) {
                return false;
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (int i = 0; i < roots.size(); i++) {
                store.setCertificateEntry(Integer.toString(i), roots.get(i));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager trust) {
                    trust.checkServerTrusted(shown, keyExchange);
                }
            }
            return true;
        } catch (IOException | GeneralSecurityException no) {
            return false;
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

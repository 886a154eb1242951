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
import java.util.Map;
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

    /**
     * Who knows the certificate's signer.
     *
     * @param by whose lists have the signer
     * @param unread whose lists cannot be read
     */
    record Trust(List<Whose> by, List<Whose> unread) {
        Trust {
            by = List.copyOf(by);
            unread = List.copyOf(unread);
        }
    }

    private enum Verdict {
        TRUSTED,
        UNKNOWN,
        UNREAD
    }

    /** Looked for once it is asked for: to read the lists takes longer than a handshake. */
    Trust trust() {
        X509Certificate[] shown = chain;
        if (shown == null) {
            return new Trust(List.of(), List.of());
        }
        List<Map.Entry<Whose, Verdict>> judged =
                Concurrently.askEach(List.of(Whose.values()), whose -> Map.entry(whose, verdict(whose, shown)));
        return new Trust(of(judged, Verdict.TRUSTED), of(judged, Verdict.UNREAD));
    }

    private static List<Whose> of(List<Map.Entry<Whose, Verdict>> judged, Verdict wanted) {
        return judged.stream()
                .filter(each -> each.getValue() == wanted)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Why every client would turn away. */
    Optional<String> fault(Trust trust) {
        X509Certificate[] shown = chain;
        return shown == null ? Optional.empty() : Optional.ofNullable(fault(shown, trust));
    }

    private @Nullable String fault(X509Certificate[] shown, Trust trust) {
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
        if (!trust.by.isEmpty()) {
            return null;
        }
        String unread = trust.unread.isEmpty() ? "" : "; " + TlsSession.unread(trust.unread);
        return first.getSubjectX500Principal().equals(first.getIssuerX500Principal())
                ? "its certificate is signed by itself" + unread
                : "its certificate is signed by " + TlsSession.name(shown[shown.length - 1].getIssuerX500Principal())
                        + ", whom this machine does not trust" + unread;
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

    private Verdict verdict(Whose whose, X509Certificate[] shown) {
        try {
            List<X509Certificate> roots = lists.roots(whose);
            return !roots.isEmpty() && trusts(roots, shown) ? Verdict.TRUSTED : Verdict.UNKNOWN;
        } catch (GeneralSecurityException unreadable) {
            return Verdict.UNREAD;
        }
    }

    private boolean trusts(List<X509Certificate> roots, X509Certificate[] shown) {
        try {
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

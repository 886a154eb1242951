package dev.loopgate.net;

import dev.loopgate.model.Credential;
import dev.loopgate.tls.TlsIdentity;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of TLS, as QUIC wants them (RFC 9001): BoringSSL's part of netty's library, TLS 1.3 only, without early data.
 * Which one it is to be, {@link TlsTermination} says anew for each handshake, on a thread where that may take a while. Safe
 * for use by any thread.
 */
final class QuicCertificates {

    private static final String PROTOCOL = "h3";
    private static final long PATIENCE_SECONDS = 15;
    private static final long THREAD_IDLE_SECONDS = 30;

    private final TlsTermination tls;
    private final Map<TlsIdentity, QuicSslContext> kept = new LinkedHashMap<>(16, 0.75f, true);
    private final ThreadPoolExecutor worker;

    /** @param most connections that may want one at once */
    QuicCertificates(TlsTermination tls, int most) {
        this.tls = tls;
        worker = new ThreadPoolExecutor(
                1, 1, THREAD_IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(most), work -> {
                    Thread thread = new Thread(work, "loopgate-quic");
                    thread.setDaemon(true);
                    return thread;
                });
        worker.allowCoreThreadTimeOut(true);
    }

    /** Where handshakes wait for their certificates. */
    Executor worker() {
        return worker;
    }

    /**
     * What connections are begun with. Takes a while: netty has Java's list of authorities read.
     *
     * @param identities who to be to a client that asks for that server name, in lower case, or for none: empty
     */
    QuicSslContext byName(Function<String, Optional<TlsIdentity>> identities) {
        return QuicSslContextBuilder.buildForServerWithSni(name -> identities
                .apply(name == null ? "" : QuicService.plain(name))
                .map(this::context)
                .orElse(null));
    }

    private synchronized QuicSslContext context(TlsIdentity identity) {
        QuicSslContext known = kept.get(identity);
        if (known != null) {
            return known;
        }
        QuicSslContext made = QuicSslContextBuilder.forServer(new Keys(identity), null)
                .trustManager(new Nobody())
                .applicationProtocols(PROTOCOL)
                .build();
        kept.put(identity, made);
        if (kept.size() > TlsContexts.MOST_LISTED) {
            kept.remove(kept.keySet().iterator().next());
        }
        return made;
    }

    private Credential credential(TlsIdentity identity) throws Exception {
        Future<TlsContext> asked =
                tls.contexts().get(identity, TlsContexts.Within.HTTP, ImmediateEventExecutor.INSTANCE);
        TlsContext found;
        try {
            found = asked.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | TimeoutException late) {
            if (!asked.cancel(false) && asked.isSuccess()) {
                asked.getNow().release();
            }
            throw late;
        }
        try {
            return found.credential();
        } finally {
            found.release();
        }
    }

    /** Asked on the one thread, for a certificate and then for its key. */
    private final class Keys extends X509ExtendedKeyManager {

        private static final String ALIAS = "it";

        private final TlsIdentity identity;
        private @Nullable Credential chosen;

        Keys(TlsIdentity identity) {
            this.identity = identity;
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            try {
                chosen = credential(identity);
                return ALIAS;
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return null;
            } catch (Exception none) {
                // Told to the people at the terminal by who did not make it; the client is told by the handshake's end.
                return null;
            }
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            Credential own = chosen;
            return own == null ? null : own.chain().toArray(X509Certificate[]::new);
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            Credential own = chosen;
            return own == null ? null : own.key();
        }

        @Override
        public String @Nullable [] getServerAliases(String type, Principal[] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return null;
        }

        @Override
        public String @Nullable [] getClientAliases(String type, Principal[] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return null;
        }
    }

    /** No client is asked for a certificate, and so none is trusted. */
    private static final class Nobody implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("no certificate was asked for");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("no certificate was asked for");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}

package dev.loopgate.net;

import dev.loopgate.model.Credential;
import dev.loopgate.tls.TlsIdentity;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of TLS, as QUIC wants them (RFC 9001): BoringSSL's part of netty's library, TLS 1.3 only, without early data.
 * Which one it is to be, {@link TlsContexts} says anew for each handshake, which waits for it without holding up any other.
 * Belongs to one socket, and is used on its event loop.
 */
final class QuicCertificates implements Executor {

    private static final String PROTOCOL = "h3";

    private final TlsContexts contexts;
    private final EventLoop loop;
    private final Function<String, Optional<TlsIdentity>> identities;
    private final Keys keys = new Keys();
    /** What every handshake goes on with once it is known whom it asks for, be it a few names or a thousand. */
    private final QuicSslContext named;

    /** For the handshake at hand: netty asks for it by its name, and has its task run next. */
    private @Nullable Future<Credential> asked;

    /**
     * @param identities who to be to a client that asks for that server name, in lower case, or for none: empty
     */
    QuicCertificates(TlsContexts contexts, EventLoop loop, Function<String, Optional<TlsIdentity>> identities) {
        this.contexts = contexts;
        this.loop = loop;
        this.identities = identities;
        this.named = QuicSslContextBuilder.forServer(keys, null)
                .trustManager(new Nobody())
                .applicationProtocols(PROTOCOL)
                .build();
    }

    /** What connections are begun with. Takes a while: netty has Java's list of authorities read. */
    QuicSslContext context() {
        return QuicSslContextBuilder.buildForServerWithSni(this::choose);
    }

    private @Nullable QuicSslContext choose(@Nullable String name) {
        Optional<TlsIdentity> identity = identities.apply(name == null ? "" : QuicService.plain(name));
        asked = identity.map(this::credential).orElse(null);
        return identity.isEmpty() ? null : named;
    }

    private Future<Credential> credential(TlsIdentity identity) {
        Promise<Credential> credential = loop.newPromise();
        Future<TlsContext> made = contexts.get(identity, TlsContexts.Within.HTTP, loop);
        made.addListener(done -> {
            if (made.isSuccess()) {
                TlsContext found = made.getNow();
                credential.setSuccess(found.credential());
                found.release();
            } else {
                credential.setFailure(made.cause());
            }
        });
        return credential;
    }

    /** The task of a handshake, which asks for a certificate and its key: once they are there, or it is known that they never will be. */
    @Override
    public void execute(Runnable task) {
        Future<Credential> own = asked;
        asked = null;
        if (own == null) {
            task.run();
        } else {
            own.addListener(done -> {
                // Where there is none, whoever did not make it has told why, and the client is told by the handshake's
                // end.
                keys.chosen = own.isSuccess() ? own.getNow() : null;
                try {
                    task.run();
                } finally {
                    keys.chosen = null;
                }
            });
        }
    }

    /** Asked by the task of a handshake, for a certificate and then for its key. */
    private static final class Keys extends X509ExtendedKeyManager {

        private static final String ALIAS = "it";

        private @Nullable Credential chosen;

        @Override
        public @Nullable String chooseEngineServerAlias(
                String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return chosen == null ? null : ALIAS;
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

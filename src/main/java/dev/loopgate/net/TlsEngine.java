package dev.loopgate.net;

import dev.loopgate.model.Credential;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLException;

/**
 * Makes contexts of certificates: with BoringSSL where it loads, with Java's own engine elsewhere. Their session tickets
 * are sealed with keys that all share and that change, so that a client resumes whatever was reloaded meanwhile, and who
 * finds a key out reads a few hours at most. Belongs to one thread.
 */
final class TlsEngine {

    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    /** With forward secrecy and authenticated encryption, nothing else (RFC 9325 §4.2). */
    private static final List<String> CIPHERS = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private static final Duration TICKET_KEY = Duration.ofHours(8);

    /** How many keys open tickets; the first one seals them. */
    private static final int TICKET_KEYS = 3;

    private final InstantSource clock;
    private final SslProvider provider;
    private final Cleaner cleaner = Cleaner.create();
    private final SecureRandom random = new SecureRandom();
    private final Deque<OpenSslSessionTicketKey> ticketKeys = new ArrayDeque<>();
    /** Those that are kept. */
    private final Set<TlsContext> contexts = new HashSet<>();

    private volatile Instant nextKey;

    TlsEngine(InstantSource clock, boolean byJava) {
        this.clock = clock;
        provider = !byJava && OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
        if (provider == SslProvider.JDK) {
            // Nothing asks for it, and each costs us more than the client. Read by JSSE before its first handshake.
            System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
        }
        // Java's own engine has its own keys, one for each certificate.
        nextKey = provider == SslProvider.JDK ? Instant.MAX : Instant.MIN;
    }

    /**
     * @param within what is spoken over TLS
     * @throws IOException where the certificate cannot be used
     */
    TlsContext context(Credential credential, TlsContexts.Within within) throws IOException {
        SslContext context;
        try {
            context = SslContextBuilder.forServer(
                            credential.key(), credential.chain().toArray(X509Certificate[]::new))
                    .sslProvider(provider)
                    .protocols(PROTOCOLS)
                    .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(
                            within == TlsContexts.Within.HTTP ? http() : ApplicationProtocolConfig.DISABLED)
                    .build();
        } catch (SSLException e) {
            throw new IOException("the certificate " + credential + " cannot be used: " + e.getMessage(), e);
        }
        TlsContext made = new TlsContext(context, credential, cleaner);
        if (context.sessionContext() instanceof OpenSslServerSessionContext resumed) {
            rotate();
            // Tickets hold all there is to remember.
            resumed.setSessionCacheEnabled(false);
            made.setTicketKeys(ticketKeys.toArray(OpenSslSessionTicketKey[]::new));
            contexts.add(made);
        }
        return made;
    }

    private static ApplicationProtocolConfig http() {
        return new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                ApplicationProtocolNames.HTTP_2,
                ApplicationProtocolNames.HTTP_1_1);
    }

    /** Keeps it no more. */
    void forget(TlsContext context) {
        contexts.remove(context);
        context.forget();
    }

    /** Any thread. */
    boolean wantsNewTicketKey() {
        return !clock.instant().isBefore(nextKey);
    }

    void rotate() {
        Instant now = clock.instant();
        if (now.isBefore(nextKey) || provider == SslProvider.JDK) {
            return;
        }
        nextKey = now.plus(TICKET_KEY);
        ticketKeys.addFirst(new OpenSslSessionTicketKey(
                bytes(OpenSslSessionTicketKey.NAME_SIZE),
                bytes(OpenSslSessionTicketKey.HMAC_KEY_SIZE),
                bytes(OpenSslSessionTicketKey.AES_KEY_SIZE)));
        if (ticketKeys.size() > TICKET_KEYS) {
            ticketKeys.removeLast();
        }
        for (TlsContext one : contexts) {
            one.setTicketKeys(ticketKeys.toArray(OpenSslSessionTicketKey[]::new));
        }
    }

    private byte[] bytes(int count) {
        byte[] fresh = new byte[count];
        random.nextBytes(fresh);
        return fresh;
    }
}

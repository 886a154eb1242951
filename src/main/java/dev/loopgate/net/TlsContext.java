package dev.loopgate.net;

import dev.loopgate.model.Credential;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * One certificate, ready for connections. What it holds outside the heap is counted: it is let go once it is kept no more
 * and the last connection that it was made for is gone. Safe for use by any thread.
 */
final class TlsContext {

    private final SslContext context;
    private final Credential credential;

    /** What keeps it: until {@link #forget}, or until nobody can call that any more. */
    private final Cleaner.Cleanable keeping;

    TlsContext(SslContext context, Credential credential, Cleaner cleaner) {
        this.credential = credential;
        this.context = context;
        this.keeping = cleaner.register(this, () -> ReferenceCountUtil.release(context));
    }

    /** For somebody who is about to use it, while it is kept; to be {@link #release released}. */
    void retain() {
        ReferenceCountUtil.retain(context);
    }

    void release() {
        ReferenceCountUtil.release(context);
    }

    /** It is kept no more. */
    void forget() {
        keeping.clean();
    }

    /** Whether it holds nothing any more; never with Java's own engine, which holds nothing outside the heap. */
    boolean freed() {
        return ReferenceCountUtil.refCnt(context) == 0;
    }

    /** By BoringSSL only, while it is kept: with what tickets are sealed, the first, and opened, all of them. */
    void setTicketKeys(OpenSslSessionTicketKey... keys) {
        if (context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
            sessions.setTicketKeys(keys);
        }
    }

    /** What it was made of. */
    Credential credential() {
        return credential;
    }

    /**
     * While it is retained; a handler counts for itself.
     *
     * @param name that the client asks for, in lower case; empty where it names none
     */
    SslHandler handler(ByteBufAllocator allocator, String name) {
        SslHandler handler = context.sessionContext() instanceof OpenSslServerSessionContext sessions
                ? handler(allocator, sessions, digest(name))
                : context.newHandler(allocator);
        // The one deadline of a connection is kept by whoever accepted it.
        handler.setHandshakeTimeoutMillis(0);
        return handler;
    }

    /**
     * A session of one server name is not resumed under another (RFC 6066 §3), though its ticket can be opened: a session
     * has what the context had when its connection began. Java's own engine has nothing of the kind.
     */
    private synchronized SslHandler handler(
            ByteBufAllocator allocator, OpenSslServerSessionContext sessions, byte[] bound) {
        if (!sessions.setSessionIdContext(bound)) {
            throw new IllegalStateException("a session cannot be bound to its name");
        }
        return context.newHandler(allocator);
    }

    /** Of no more bytes than BoringSSL takes. */
    private static byte[] digest(String name) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}

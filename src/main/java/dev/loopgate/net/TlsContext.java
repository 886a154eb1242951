package dev.loopgate.net;

import dev.loopgate.model.Credential;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;

/**
 * One certificate, ready for connections. What it holds outside the heap is let go once nobody can use it any more: a
 * connection keeps it for itself. Immutable; safe for use by any thread.
 */
final class TlsContext {

    private final SslContext context;
    private final Credential credential;

    TlsContext(SslContext context, Credential credential, Cleaner cleaner) {
        this.context = context;
        this.credential = credential;
        cleaner.register(this, () -> ReferenceCountUtil.release(context));
    }

    /** By BoringSSL only: with what tickets are sealed, the first, and opened, all of them. */
    void setTicketKeys(OpenSslSessionTicketKey... keys) {
        try {
            if (context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
                sessions.setTicketKeys(keys);
            }
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** What it was made of. */
    Credential credential() {
        return credential;
    }

    SslHandler handler(ByteBufAllocator allocator) {
        try {
            SslHandler handler = context.newHandler(allocator);
            // The one deadline of a connection is kept by whoever accepted it.
            handler.setHandshakeTimeoutMillis(0);
            return handler;
        } finally {
            Reference.reachabilityFence(this);
        }
    }
}

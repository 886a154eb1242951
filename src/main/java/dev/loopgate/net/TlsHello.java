package dev.loopgate.net;

import dev.loopgate.tls.TlsIdentity;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads which name a client asks for, finds the certificate, and makes way for the handlers of the connection. */
final class TlsHello extends AbstractSniHandler<TlsContext> {

    private static final int LONGEST = 16 * 1024;

    /** How much may come before a hello is whole, in bytes: it can be spread over records of one byte each. */
    private static final int MOST_READ = 2 * LONGEST;

    /** RFC 8446 §6: unrecognized_name, and what else there is to say to a client whom we cannot serve. */
    private static final byte UNRECOGNIZED_NAME = 112;

    private static final byte INTERNAL_ERROR = 80;

    private final TlsContexts contexts;
    private final TlsContexts.Within within;
    private final Function<String, Optional<TlsIdentity>> identities;
    private final BiConsumer<String, String> secured;
    private boolean unknown;
    private boolean asked;

    TlsHello(
            TlsContexts contexts,
            TlsContexts.Within within,
            Function<String, Optional<TlsIdentity>> identities,
            BiConsumer<String, String> secured) {
        super(LONGEST, 0);
        this.contexts = contexts;
        this.within = within;
        this.identities = identities;
        this.secured = secured;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        super.decode(context, in, out);
        if (!asked && in.readableBytes() > MOST_READ) {
            in.skipBytes(in.readableBytes());
            TlsTermination.cutOff(context.channel());
        }
    }

    @Override
    protected Future<TlsContext> lookup(ChannelHandlerContext context, @Nullable String name) {
        if (asked) {
            // The connection has ended, and netty decodes what it still has once more.
            return context.executor().newFailedFuture(new IllegalStateException("it was answered before"));
        }
        asked = true;
        Optional<TlsIdentity> identity = identities.apply(plain(name));
        if (identity.isEmpty()) {
            unknown = true;
            return context.executor().newFailedFuture(new IllegalArgumentException("no host of that name"));
        }
        Future<TlsContext> certificate = contexts.get(identity.get(), within, context.executor());
        if (!certificate.isDone()) {
            // What the client sends meanwhile is to wait in the kernel, not here.
            context.channel().config().setAutoRead(false);
        }
        return certificate;
    }

    @Override
    protected void onLookupComplete(ChannelHandlerContext context, @Nullable String name, Future<TlsContext> found) {
        boolean gone = context.isRemoved() || !context.channel().isActive();
        if (found.isSuccess()) {
            TlsContext certificate = found.getNow();
            try {
                if (!gone) {
                    secure(context, plain(name), certificate);
                }
            } finally {
                certificate.release();
            }
        } else if (!gone) {
            byte alert = unknown ? UNRECOGNIZED_NAME : INTERNAL_ERROR;
            context.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {21, 3, 3, 0, 2, 2, alert}))
                    .addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void secure(ChannelHandlerContext context, String name, TlsContext certificate) {
        try {
            SslHandler handler = certificate.handler(context.alloc(), name);
            context.pipeline().addAfter(context.name(), null, new TlsEnds(name, secured));
            context.pipeline().replace(this, null, handler);
        } finally {
            context.channel().config().setAutoRead(true);
        }
    }

    private static String plain(@Nullable String name) {
        if (name == null) {
            return "";
        }
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}

package dev.loopgate.net;

import dev.loopgate.tls.TlsIdentity;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads which name a client asks for, finds the certificate, and makes way for the handlers of the connection. */
final class TlsHello extends AbstractSniHandler<TlsContext> {

    private static final int LONGEST = 64 * 1024;

    /** RFC 8446 §6: unrecognized_name, and what else there is to say to a client whom we cannot serve. */
    private static final byte UNRECOGNIZED_NAME = 112;

    private static final byte INTERNAL_ERROR = 80;

    private final TlsTermination termination;
    private final Function<String, Optional<TlsIdentity>> identities;
    private final Consumer<String> secured;
    private boolean unknown;

    TlsHello(TlsTermination termination, Function<String, Optional<TlsIdentity>> identities, Consumer<String> secured) {
        super(LONGEST, 0);
        this.termination = termination;
        this.identities = identities;
        this.secured = secured;
    }

    @Override
    protected Future<TlsContext> lookup(ChannelHandlerContext context, @Nullable String name) {
        Optional<TlsIdentity> identity = identities.apply(plain(name));
        if (identity.isEmpty()) {
            unknown = true;
            return context.executor().newFailedFuture(new IllegalArgumentException("no host of that name"));
        }
        return termination.context(identity.get(), context.executor());
    }

    @Override
    protected void onLookupComplete(ChannelHandlerContext context, @Nullable String name, Future<TlsContext> found) {
        if (context.isRemoved() || !context.channel().isActive()) {
            return;
        }
        if (!found.isSuccess()) {
            byte alert = unknown ? UNRECOGNIZED_NAME : INTERNAL_ERROR;
            context.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {21, 3, 3, 0, 2, 2, alert}))
                    .addListener(ChannelFutureListener.CLOSE);
            return;
        }
        SslHandler handler = found.getNow().handler(context.alloc());
        context.pipeline().addAfter(context.name(), null, new TlsEnds(plain(name), secured));
        context.pipeline().replace(this, null, handler);
    }

    private static String plain(@Nullable String name) {
        if (name == null) {
            return "";
        }
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}

package dev.loopgate.forward;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Reads the name that a TLS client asks for (RFC 6066 §3) and passes every byte on, once it is known. The ClientHello may
 * come in any pieces and records; it is no longer than 64 KiB.
 */
final class ServerNameReader extends AbstractSniHandler<Void> {

    private static final int LONGEST = 64 << 10;

    private final Listener listener;
    private boolean hello;

    interface Listener {

        /**
         * Before the bytes come.
         *
         * @param name in lower case; null where the client asks for none
         */
        void named(@Nullable String name);

        /** What came is no ClientHello, or one that is too long. */
        void notTls();
    }

    ServerNameReader(Listener listener) {
        super(LONGEST, 0L);
        this.listener = listener;
    }

    @Override
    protected Future<Void> lookup(ChannelHandlerContext context, @Nullable ByteBuf clientHello) throws Exception {
        hello = clientHello != null;
        return super.lookup(context, clientHello);
    }

    @Override
    protected Future<Void> lookup(ChannelHandlerContext context, @Nullable String name) {
        return context.executor().newSucceededFuture(null);
    }

    @Override
    protected void onLookupComplete(ChannelHandlerContext context, @Nullable String name, Future<Void> looked) {
        if (hello) {
            listener.named(name);
            context.pipeline().remove(this);
        } else {
            listener.notTls();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        listener.notTls();
    }
}

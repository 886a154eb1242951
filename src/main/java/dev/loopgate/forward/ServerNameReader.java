package dev.loopgate.forward;

import dev.loopgate.net.QueueBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Reads the name that a TLS client asks for (RFC 6066 §3) and passes every byte on, once it is known. The ClientHello may
 * come in any pieces and records; with their headers it is no longer than 16 KiB, which the {@link QueueBudget} counts.
 */
final class ServerNameReader extends AbstractSniHandler<Void> {

    private static final int LONGEST = 16 << 10;

    /** What has come is there twice: as it came, and put together of its records. */
    private static final int COPIES = 2;

    private final QueueBudget budget;
    private final Listener listener;
    private boolean hello;
    private int held;

    interface Listener {

        /**
         * Before the bytes come.
         *
         * @param name in lower case; null where the client asks for none
         */
        void named(@Nullable String name);

        /**
         * No name will come.
         *
         * @param what the client did, for a person
         */
        void nameless(String what);
    }

    ServerNameReader(QueueBudget budget, Listener listener) {
        super(LONGEST, 0L);
        this.budget = budget;
        this.listener = listener;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        super.channelRead(context, message);
        if (!context.isRemoved()) {
            hold(actualReadableBytes());
        }
    }

    private void hold(int bytes) {
        budget.add((long) COPIES * (bytes - held));
        held = bytes;
        if (bytes > LONGEST) {
            tooLong();
        } else if (bytes > QueueBudget.SMALL_READ && budget.spent()) {
            listener.nameless("sent half of a long ClientHello, of which too many wait already");
        }
    }

    private void tooLong() {
        listener.nameless("sent a ClientHello of more than " + (LONGEST >> 10) + " KiB");
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) throws Exception {
        budget.add((long) -COPIES * held);
        held = 0;
        super.handlerRemoved0(context);
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
            notTls();
        }
    }

    private void notTls() {
        listener.nameless("does not speak TLS");
    }

    /** Also what went wrong in front of it, which is not its own. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof TooLongFrameException) {
            tooLong();
        } else if (cause.getCause() instanceof NotSslRecordException) {
            notTls();
        } else {
            context.fireExceptionCaught(cause);
        }
    }
}

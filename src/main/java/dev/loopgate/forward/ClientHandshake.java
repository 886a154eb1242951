package dev.loopgate.forward;

import dev.loopgate.model.TlsSettings;
import dev.loopgate.net.PausableReads;
import dev.loopgate.net.TlsOrigination;
import dev.loopgate.tls.TlsIdentity;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.NotSslRecordException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A client of a forward agrees on TLS, within a limit; from then on the handler behind sees what it says within. Lives on
 * the connection's event loop.
 */
final class ClientHandshake extends ChannelInboundHandlerAdapter {

    private final Listener listener;
    private final Future<?> deadline;
    private boolean over;

    interface Listener {

        /** It is secure. */
        void agreed();

        /**
         * The connection is to be reset.
         *
         * @param what it did, for a person
         */
        void refuse(String what);

        /** A name that nobody is here; the client is told, and the connection closed, without the listener. */
        void unknownName(String name);
    }

    private ClientHandshake(ChannelHandlerContext before, Duration limit, Listener listener) {
        this.listener = listener;
        this.deadline = before.channel()
                .eventLoop()
                .schedule(() -> refuse("did not agree on TLS in time"), limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Begins it, before the first byte of TLS is read.
     *
     * @param before the handler that is to see what is said within
     * @param own the address that the client has connected to
     */
    static void begin(
            ChannelHandlerContext before, ForwardTls tls, TlsSettings clients, InetAddress own, Listener listener) {
        ClientHandshake handshake = new ClientHandshake(before, tls.limit(), listener);
        before.pipeline().addBefore(before.name(), null, handshake);
        tls.termination()
                .begin(
                        before.pipeline().context(handshake),
                        name -> handshake.identity(tls, clients, name, own),
                        name -> handshake.agreed(before));
    }

    private Optional<TlsIdentity> identity(ForwardTls tls, TlsSettings clients, String name, InetAddress own) {
        Optional<TlsIdentity> found = tls.identity(clients, name, own);
        if (found.isEmpty()) {
            end();
            listener.unknownName(name);
        }
        return found;
    }

    private void agreed(ChannelHandlerContext before) {
        if (!over) {
            end();
            before.pipeline().remove(this);
            listener.agreed();
        }
    }

    private void refuse(String what) {
        if (!over) {
            end();
            listener.refuse(what);
        }
    }

    private void end() {
        over = true;
        deadline.cancel(false);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            refuse("ended before TLS was agreed on");
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause.getCause() instanceof NotSslRecordException) {
            refuse("does not speak TLS");
        } else if (!(cause instanceof PausableReads.ReadPaused)) {
            refuse("did not agree on TLS: " + TlsOrigination.words(cause));
        }
        context.fireExceptionCaught(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        refuse("ended before TLS was agreed on");
        context.fireChannelInactive();
    }
}

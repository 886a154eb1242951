package dev.loopgate.forward;

import dev.loopgate.net.PausableReads;
import dev.loopgate.net.TlsOrigination;
import dev.loopgate.tls.TlsIdentity;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SniCompletionEvent;
import java.util.Optional;
import java.util.function.Function;

/** A client of a forward agrees on TLS; from then on the handler behind sees what it says within. */
final class ClientHandshake extends Opening {

    private final Function<String, Optional<TlsIdentity>> identities;
    private final Listener listener;

    interface Listener extends Opening.Listener {

        /** It is secure. */
        void agreed();

        /** A name that nobody is here; the client is told, and the connection closed, without the listener. */
        void unknownName(String name);

        /**
         * There is no certificate, by no fault of the client's, which is told like one with an unknown name.
         *
         * @param why for a person
         */
        void withoutCertificate(String why);
    }

    private ClientHandshake(
            ChannelHandlerContext before,
            ForwardTls tls,
            Function<String, Optional<TlsIdentity>> identities,
            Listener listener) {
        super(before.channel(), tls.limit(), listener);
        this.identities = identities;
        this.listener = listener;
    }

    /**
     * Begins it, before the first byte of TLS is read.
     *
     * @param before the handler that is to see what is said within
     * @param identities as {@link ForwardTls.Names#identities}
     */
    static void begin(
            ChannelHandlerContext before,
            ForwardTls tls,
            Function<String, Optional<TlsIdentity>> identities,
            Listener listener) {
        ClientHandshake handshake = new ClientHandshake(before, tls, identities, listener);
        before.pipeline().addBefore(before.name(), null, handshake);
        tls.termination()
                .begin(before.pipeline().context(handshake), handshake::identity, name -> handshake.agreed(before));
    }

    private Optional<TlsIdentity> identity(String name) {
        Optional<TlsIdentity> found = identities.apply(name);
        if (found.isEmpty() && end()) {
            listener.unknownName(name);
        }
        return found;
    }

    private void agreed(ChannelHandlerContext before) {
        if (end()) {
            before.pipeline().remove(this);
            listener.agreed();
        }
    }

    @Override
    String late() {
        return "did not agree on TLS in time";
    }

    @Override
    String ended() {
        return "ended before TLS was agreed on";
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        // What the client has said wrong is told so as well, and by an exception behind it.
        if (event instanceof SniCompletionEvent asked
                && !asked.isSuccess()
                && !(asked.cause() instanceof DecoderException)
                && !(asked.cause() instanceof NotSslRecordException)
                && end()) {
            listener.withoutCertificate(String.valueOf(asked.cause().getMessage()));
        }
        super.userEventTriggered(context, event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof NotSslRecordException || cause.getCause() instanceof NotSslRecordException) {
            refuse("does not speak TLS");
        } else if (!(cause instanceof PausableReads.ReadPaused)) {
            refuse("did not agree on TLS: " + TlsOrigination.words(cause));
        }
        context.fireExceptionCaught(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        refuse(ended());
        super.channelInactive(context);
    }
}

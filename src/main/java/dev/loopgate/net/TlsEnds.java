package dev.loopgate.net;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.EOFException;
import java.util.function.BiConsumer;

/**
 * Tells the handler behind it of the ends of a secure connection as of a plain one: close_notify is its FIN. A FIN without
 * it can be anybody's on the way, and counts as a connection that broke off (RFC 8446 §6.1). A write that fails is told as
 * on a plain connection, too.
 */
final class TlsEnds extends ChannelDuplexHandler {

    private static final String CUT = "the connection ended without close_notify";

    private final String serverName;
    private final BiConsumer<String, String> secured;
    private boolean agreed;
    /** netty has said that TLS is over: because of the peer's close_notify, or with the first record behind our own. */
    private boolean closed;

    private boolean ended;

    TlsEnds(String serverName, BiConsumer<String, String> secured) {
        this.serverName = serverName;
        this.secured = secured;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        // SslHandler tells nobody of a failure where the promise is void: once TLS is over, it drops all that is
        // written,
        // in silence, as it does with what only waits to be flushed by then. Any other failure closes the connection.
        context.write(message, closed || ended ? promise.unvoid() : promise);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                agreed = true;
                secured.accept(serverName, protocol(context));
            }
        } else if (event instanceof SslCloseCompletionEvent over) {
            closed |= over.isSuccess();
            endIfSaid(context);
        } else if (event == ChannelInputShutdownEvent.INSTANCE || event == ChannelInputShutdownReadComplete.INSTANCE) {
            if (!ended) {
                ended = true;
                context.fireExceptionCaught(new EOFException(CUT));
                context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            }
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        endIfSaid(context);
        context.fireChannelReadComplete();
    }

    private void endIfSaid(ChannelHandlerContext context) {
        if (closed && !ended) {
            SslHandler handler = context.pipeline().get(SslHandler.class);
            if (handler == null || handler.engine().isInboundDone()) {
                ended = true;
                context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            }
        }
    }

    /** What was agreed on for within (RFC 7301); empty where nothing was. */
    private static String protocol(ChannelHandlerContext context) {
        SslHandler handler = context.pipeline().get(SslHandler.class);
        String agreed = handler == null ? null : handler.applicationProtocol();
        return agreed == null ? "" : agreed;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        // Where half a connection is not wanted, the FIN closes it, and nothing else is said.
        if (agreed && !ended) {
            ended = true;
            context.fireExceptionCaught(new EOFException(CUT));
        }
        context.fireChannelInactive();
    }
}

package dev.loopgate.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;

/**
 * Next to the socket of a connection over TLS. Where half a record is here, netty's handler asks for the rest of it also
 * while reading is paused, which {@link PausableReads} would take for the peer's end.
 */
final class TlsReads extends ChannelOutboundHandlerAdapter {

    @Override
    public void read(ChannelHandlerContext context) {
        if (context.channel().config().isAutoRead()) {
            context.read();
        }
    }
}

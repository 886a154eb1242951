package dev.loopgate.forward;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * What a client has to do before the bytes of a forward begin, within a limit; one that does not is refused. Lives on the
 * connection's event loop.
 */
abstract class Opening extends ChannelInboundHandlerAdapter {

    private final Listener listener;
    private final Future<?> deadline;
    private boolean over;

    interface Listener {

        /**
         * The connection is to be reset.
         *
         * @param what it did, for a person
         */
        void refuse(String what);
    }

    Opening(Channel client, Duration limit, Listener listener) {
        this.listener = listener;
        this.deadline = client.eventLoop().schedule(() -> refuse(late()), limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** What a client has done whose time is over. */
    abstract String late();

    /** What a client has done that has nothing more to say. */
    abstract String ended();

    final void refuse(String what) {
        if (end()) {
            listener.refuse(what);
        }
    }

    /** It is over, well or not: whether it was not before. */
    final boolean end() {
        boolean first = !over;
        over = true;
        deadline.cancel(false);
        return first;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE || event == ChannelInputShutdownReadComplete.INSTANCE) {
            refuse(ended());
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end();
        context.fireChannelInactive();
    }
}

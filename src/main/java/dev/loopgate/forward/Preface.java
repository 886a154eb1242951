package dev.loopgate.forward;

import dev.loopgate.model.Forward;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.net.ProxyHeader;
import dev.loopgate.net.QueueBudget;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a connection says before it is known where it leads: a PROXY header, the server name of TLS. Bytes pass on to the
 * handler behind, which hears first what they are for. Lives on the connection's event loop.
 */
final class Preface extends ChannelInboundHandlerAdapter implements ServerNameReader.Listener {

    private final Listener listener;
    private final Supplier<ServerNames> names;
    private final Future<?> deadline;
    private boolean awaitsHeader;
    private boolean awaitsName;
    private boolean over;

    interface Listener {

        /**
         * A proxy in front has spoken.
         *
         * @param header empty where it speaks for itself
         * @return false where that client is not let in, and the connection is closed
         */
        boolean introduced(Optional<ProxyHeader> header);

        /**
         * All is said.
         *
         * @param to at least one
         */
        void leadTo(List<UpstreamAddress> to);

        /**
         * TLS that leads nowhere.
         *
         * @param name null where it asks for none
         */
        void unknownName(@Nullable String name);

        /**
         * The connection is to be reset.
         *
         * @param what it did, for a person
         */
        void refuse(String what);
    }

    private Preface(Channel client, Forward.Preamble preamble, Supplier<ServerNames> names, Listener listener) {
        this.listener = listener;
        this.names = names;
        this.awaitsHeader = preamble.proxies().isPresent();
        this.awaitsName = !preamble.serverNames().isEmpty();
        this.deadline = client.eventLoop()
                .schedule(
                        () -> refuse("sent no " + awaited() + " in time"),
                        ProxyHeader.LIMIT_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    static boolean isNeeded(Forward.Preamble preamble) {
        return preamble.proxies().isPresent() || !preamble.serverNames().isEmpty();
    }

    /**
     * Reads it, in front of the handlers that are added next.
     *
     * @param names those of the moment: a reload may come before the name does
     */
    static void await(
            Channel client,
            Forward.Preamble preamble,
            Supplier<ServerNames> names,
            QueueBudget budget,
            Listener listener) {
        Preface preface = new Preface(client, preamble, names, listener);
        if (preface.awaitsHeader) {
            client.pipeline().addLast(ProxyHeader.reader());
        }
        if (preface.awaitsName) {
            client.pipeline().addLast(new ServerNameReader(budget, preface));
        }
        client.pipeline().addLast(preface);
    }

    private String awaited() {
        return awaitsHeader ? "PROXY header" : "ClientHello";
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof HAProxyMessage header)) {
            context.fireChannelRead(message);
            return;
        }
        awaitsHeader = false;
        if (!listener.introduced(ProxyHeader.of(header))) {
            end();
        } else if (!awaitsName) {
            named(null);
        }
    }

    @Override
    public void named(@Nullable String name) {
        if (over) {
            return;
        }
        List<UpstreamAddress> to = names.get().find(name);
        if (to.isEmpty()) {
            end();
            listener.unknownName(name);
        } else {
            lead(to);
        }
    }

    @Override
    public void nameless(String what) {
        refuse(what);
    }

    private void lead(List<UpstreamAddress> to) {
        end();
        listener.leadTo(to);
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
        if (event == ChannelInputShutdownEvent.INSTANCE || event == ChannelInputShutdownReadComplete.INSTANCE) {
            refuse("ended without a " + awaited());
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof HAProxyProtocolException) {
            refuse("sent no PROXY header");
        } else {
            context.fireExceptionCaught(cause);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end();
        context.fireChannelInactive();
    }
}

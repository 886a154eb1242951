package dev.loopgate.forward;

import dev.loopgate.model.Forward;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.net.ProxyHeader;
import dev.loopgate.net.QueueBudget;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a connection says before it is known where it leads: a PROXY header, the server name of TLS. Bytes pass on to the
 * handler behind, which hears first what they are for.
 */
final class Preface extends Opening implements ServerNameReader.Listener {

    private final Listener listener;
    private final Supplier<ServerNames> names;
    private boolean awaitsHeader;
    private boolean awaitsName;

    interface Listener extends Opening.Listener {

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
    }

    private Preface(Channel client, Forward.Preamble preamble, Supplier<ServerNames> names, Listener listener) {
        super(client, Duration.ofMillis(ProxyHeader.LIMIT_MILLIS), listener);
        this.listener = listener;
        this.names = names;
        this.awaitsHeader = preamble.proxies().isPresent();
        this.awaitsName = !preamble.serverNames().isEmpty();
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

    @Override
    String late() {
        return "sent no " + awaited() + " in time";
    }

    @Override
    String ended() {
        return "ended without a " + awaited();
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
        if (!end()) {
            return;
        }
        List<UpstreamAddress> to = names.get().find(name);
        if (to.isEmpty()) {
            listener.unknownName(name);
        } else {
            listener.leadTo(to);
        }
    }

    @Override
    public void nameless(String what) {
        refuse(what);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof HAProxyProtocolException) {
            refuse("sent no PROXY header");
        } else {
            context.fireExceptionCaught(cause);
        }
    }
}

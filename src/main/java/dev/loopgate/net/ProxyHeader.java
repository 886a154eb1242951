package dev.loopgate.net;

import dev.loopgate.model.Forward.ProxyProtocol;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who a connection was made by and to which address, as told in front of its bytes (the PROXY protocol, haproxy.org).
 *
 * @param client who made it
 * @param server where
 */
public record ProxyHeader(InetSocketAddress client, InetSocketAddress server) {

    /** Of a Unix socket, which has no addresses: whoever connects is on this machine. */
    static final ProxyHeader NAMELESS = new ProxyHeader(
            new InetSocketAddress(Addresses.LOOPBACK4, 0), new InetSocketAddress(Addresses.LOOPBACK4, 0));

    /** Most headers have 28 to 52 bytes; some tell about TLS as well. */
    private static final int LONGEST_EXTENSIONS = 4096;

    /** How long a header may take, in milliseconds. */
    public static final long LIMIT_MILLIS = 10_000;

    /** What a connection tells by itself; null where it is gone again. */
    public static @Nullable ProxyHeader ofPeers(Channel accepted) {
        if (!(accepted instanceof SocketChannel)) {
            return NAMELESS;
        }
        return accepted.remoteAddress() instanceof InetSocketAddress client
                        && accepted.localAddress() instanceof InetSocketAddress server
                ? new ProxyHeader(client, server)
                : null;
    }

    /**
     * Reads a header of either version, without which the connection is closed; what follows passes on. The header comes as
     * an {@link HAProxyMessage} before: see {@link #of}.
     */
    public static ChannelHandler reader() {
        return new HAProxyMessageDecoder(LONGEST_EXTENSIONS);
    }

    /**
     * What a header says; it is released.
     *
     * @return empty where it names nobody: the proxy speaks for itself, or does not know
     */
    public static Optional<ProxyHeader> of(HAProxyMessage message) {
        try {
            HAProxyProxiedProtocol protocol = message.proxiedProtocol();
            boolean named = message.command() == HAProxyCommand.PROXY
                    && (protocol == HAProxyProxiedProtocol.TCP4 || protocol == HAProxyProxiedProtocol.TCP6);
            return named
                    ? Optional.of(new ProxyHeader(
                            new InetSocketAddress(Addresses.literal(message.sourceAddress()), message.sourcePort()),
                            new InetSocketAddress(
                                    Addresses.literal(message.destinationAddress()), message.destinationPort())))
                    : Optional.empty();
        } finally {
            message.release();
        }
    }

    /** Sends the header, before anything else is sent. On the channel's event loop. */
    public void sendTo(Channel channel, ProxyProtocol version) {
        if (equals(NAMELESS) && version == ProxyProtocol.V1) {
            // netty's encoder asks for addresses all the same.
            channel.writeAndFlush(ByteBufUtil.writeAscii(channel.alloc(), "PROXY UNKNOWN\r\n"), channel.voidPromise());
            return;
        }
        channel.pipeline().addLast(HAProxyMessageEncoder.INSTANCE);
        channel.writeAndFlush(message(version), channel.voidPromise());
        channel.pipeline().remove(HAProxyMessageEncoder.INSTANCE);
    }

    private HAProxyMessage message(ProxyProtocol version) {
        if (equals(NAMELESS)) {
            return new HAProxyMessage(
                    HAProxyProtocolVersion.V2, HAProxyCommand.LOCAL, HAProxyProxiedProtocol.UNKNOWN, null, null, 0, 0);
        }
        // A proxy in front may have told of one address of each family; a header has but one.
        boolean six = client.getAddress() instanceof Inet6Address || server.getAddress() instanceof Inet6Address;
        return new HAProxyMessage(
                version == ProxyProtocol.V1 ? HAProxyProtocolVersion.V1 : HAProxyProtocolVersion.V2,
                HAProxyCommand.PROXY,
                six ? HAProxyProxiedProtocol.TCP6 : HAProxyProxiedProtocol.TCP4,
                text(client.getAddress(), six),
                text(server.getAddress(), six),
                client.getPort(),
                server.getPort());
    }

    /** Without a zone, which means something on one machine only (RFC 4007 §6). */
    private static String text(InetAddress address, boolean six) {
        String text = NetUtil.toAddressString(address);
        return six && address instanceof Inet4Address ? "::ffff:" + text : text;
    }
}

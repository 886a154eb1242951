package dev.loopgate.net;

import io.netty.channel.Channel;
import io.netty.channel.IoEventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.kqueue.KQueueDatagramChannel;
import io.netty.channel.kqueue.KQueueDomainSocketChannel;
import io.netty.channel.kqueue.KQueueIoHandle;
import io.netty.channel.kqueue.KQueueServerDomainSocketChannel;
import io.netty.channel.kqueue.KQueueServerSocketChannel;
import io.netty.channel.kqueue.KQueueSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.spi.SelectorProvider;

/**
 * Makes the channels of the transport that the event loops run on. Sockets are of their address's own family: netty's
 * default, an IPv6 socket for both, turns 0.0.0.0 into :: and takes the IPv4 port away from others.
 */
enum SocketKind {
    EPOLL(26),
    KQUEUE(27),
    NIO(0);

    static final int IPPROTO_IPV6 = 41;

    /** {@code IPV6_V6ONLY}, whose number differs by system. */
    private final int v6only;

    SocketKind(int v6only) {
        this.v6only = v6only;
    }

    int v6only() {
        return v6only;
    }

    static SocketKind of(IoEventLoop loop) {
        if (loop.isCompatible(EpollIoHandle.class)) {
            return EPOLL;
        }
        return loop.isCompatible(KQueueIoHandle.class) ? KQUEUE : NIO;
    }

    ServerChannel server(InetSocketAddress address) {
        boolean v6 = address.getAddress() instanceof Inet6Address;
        ServerChannel channel = switch (this) {
            case EPOLL -> new EpollServerSocketChannel(family(v6));
            case KQUEUE -> new KQueueServerSocketChannel();
            case NIO -> new NioServerSocketChannel(SelectorProvider.provider(), family(v6));
        };
        keepOffOtherFamily(channel, v6);
        return channel;
    }

    ServerChannel unixServer() {
        return switch (this) {
            case EPOLL -> new EpollServerDomainSocketChannel();
            case KQUEUE -> new KQueueServerDomainSocketChannel();
            case NIO -> new NioServerDomainSocketChannel();
        };
    }

    Channel client(SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            SocketProtocolFamily family = family(inet.getAddress() instanceof Inet6Address);
            return switch (this) {
                case EPOLL -> new EpollSocketChannel(family);
                case KQUEUE -> new KQueueSocketChannel(family);
                case NIO -> new NioSocketChannel(SelectorProvider.provider(), family);
            };
        }
        return switch (this) {
            case EPOLL -> new EpollDomainSocketChannel();
            case KQUEUE -> new KQueueDomainSocketChannel();
            case NIO -> new NioDomainSocketChannel();
        };
    }

    /** Of the family of an address that it is to be bound to, or to send to. */
    DatagramChannel datagrams(InetSocketAddress address) {
        boolean v6 = address.getAddress() instanceof Inet6Address;
        DatagramChannel channel = switch (this) {
            case EPOLL -> new EpollDatagramChannel(family(v6));
            case KQUEUE -> new KQueueDatagramChannel();
            case NIO -> new NioDatagramChannel(SelectorProvider.provider(), family(v6));
        };
        keepOffOtherFamily(channel, v6);
        return channel;
    }

    /** @throws IllegalArgumentException for an abstract name, where there are none */
    SocketAddress unix(String path) {
        if (path.startsWith("@")) {
            if (this != EPOLL) {
                throw new IllegalArgumentException("abstract sockets take Linux, and netty's epoll there");
            }
            return new DomainSocketAddress('\0' + path.substring(1));
        }
        return this == NIO ? UnixDomainSocketAddress.of(path) : new DomainSocketAddress(path);
    }

    /** NIO has no such option. */
    private void keepOffOtherFamily(Channel channel, boolean v6) {
        if (v6 && this != NIO) {
            channel.config().setOption(new IntegerUnixChannelOption("IPV6_V6ONLY", IPPROTO_IPV6, v6only), 1);
        }
    }

    private static SocketProtocolFamily family(boolean v6) {
        return v6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
    }
}

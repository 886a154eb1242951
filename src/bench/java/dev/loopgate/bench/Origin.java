package dev.loopgate.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** What stands behind every proxy: HTTP, TCP that echoes, sends or swallows, and UDP that echoes, each on a port. */
final class Origin implements AutoCloseable {

    private final Selector selector;
    private final ServerSocketChannel http;
    private final ServerSocketChannel tcp;
    private final DatagramChannel udp;
    private final ByteBuffer datagram = ByteBuffer.allocateDirect(65_535);
    private final Thread thread = new Thread(this::serve, "origin");
    private final OriginBytes bytes = new OriginBytes();

    private Origin() throws IOException {
        selector = Selector.open();
        http = listen();
        tcp = listen();
        udp = DatagramChannel.open();
        udp.setOption(StandardSocketOptions.SO_RCVBUF, 4 << 20)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .configureBlocking(false);
        udp.register(selector, SelectionKey.OP_READ);
        thread.setDaemon(true);
    }

    static Origin start() throws IOException {
        Origin origin = new Origin();
        origin.thread.start();
        return origin;
    }

    int httpPort() {
        return http.socket().getLocalPort();
    }

    int tcpPort() {
        return tcp.socket().getLocalPort();
    }

    int udpPort() {
        return udp.socket().getLocalPort();
    }

    private ServerSocketChannel listen() throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096)
                .configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        return listener;
    }

    private void serve() {
        try {
            while (selector.isOpen()) {
                selector.select(this::ready);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (java.nio.channels.ClosedSelectorException over) {
            // As it should be.
        }
    }

    private void ready(SelectionKey key) {
        if (!key.isValid()) {
            return;
        }
        if (key.attachment() instanceof OriginConnection connection) {
            try {
                connection.ready(key);
            } catch (IOException gone) {
                connection.close(key);
            }
        } else if (key.channel() instanceof ServerSocketChannel listener) {
            accept(listener);
        } else if (key.channel() == udp) {
            echo();
        }
    }

    private void echo() {
        try {
            SocketAddress client = udp.receive(datagram.clear());
            while (client != null) {
                udp.send(datagram.flip(), client);
                client = udp.receive(datagram.clear());
            }
        } catch (IOException gone) {
            // Whoever asked hears nothing, and counts it as lost.
        }
    }

    private void accept(ServerSocketChannel listener) {
        try {
            SocketChannel channel = listener.accept();
            while (channel != null) {
                channel.configureBlocking(false);
                channel.socket().setTcpNoDelay(true);
                channel.register(
                        selector, SelectionKey.OP_READ, new OriginConnection(channel, listener == http, bytes));
                channel = listener.accept();
            }
        } catch (IOException gone) {
            // It went before it was accepted.
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
        http.close();
        tcp.close();
        udp.close();
    }
}

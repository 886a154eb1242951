package dev.loopgate.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** What stands behind every proxy: HTTP on one port, and on another TCP that echoes, sends or swallows. */
final class Origin implements AutoCloseable {

    private final Selector selector;
    private final ServerSocketChannel http;
    private final ServerSocketChannel tcp;
    private final Thread thread = new Thread(this::serve, "origin");
    private final OriginBytes bytes = new OriginBytes();

    private Origin() throws IOException {
        selector = Selector.open();
        http = listen();
        tcp = listen();
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
    }
}

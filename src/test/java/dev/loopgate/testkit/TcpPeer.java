package dev.loopgate.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** A server on a port of the loopback with a thread for each connection; closing it ends them all. */
public final class TcpPeer implements AutoCloseable {

    private final ServerSocket server;
    private final Consumer<Wire> handler;
    private final Thread acceptor;
    private final List<Wire> wires = new CopyOnWriteArrayList<>();

    private TcpPeer(ServerSocket server, Consumer<Wire> handler) {
        this.server = server;
        this.handler = handler;
        this.acceptor = daemon("peer-" + server.getLocalPort(), this::accept);
        acceptor.start();
    }

    /** On a free port of 127.0.0.1. */
    public static TcpPeer start(Consumer<Wire> handler) {
        return start("127.0.0.1", 0, handler);
    }

    public static TcpPeer start(String address, int port, Consumer<Wire> handler) {
        try {
            ServerSocket server = new ServerSocket();
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(InetAddress.getByName(address), port), 1024);
            return new TcpPeer(server, handler);
        } catch (IOException e) {
            throw new AssertionError("cannot listen on " + address + " port " + port, e);
        }
    }

    /**
     * A port that nobody has; see {@link ClosedPort} for one that stays closed. It lies below those that systems give to
     * sockets that ask for any, so that no other gets it by chance before it is used.
     */
    public static int closedPort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 32_000);
            try (ServerSocket probe = new ServerSocket()) {
                probe.setReuseAddress(true);
                probe.bind(new InetSocketAddress(port));
                return port;
            } catch (IOException taken) {
                // then another
            }
        }
    }

    private void accept() {
        while (true) {
            try {
                Socket socket = server.accept();
                Wire wire = new Wire(socket);
                wires.add(wire);
                daemon("peer-connection", () -> serve(wire)).start();
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Wire wire) {
        try {
            handler.accept(wire);
        } finally {
            wire.close();
        }
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    public int port() {
        return server.getLocalPort();
    }

    /** How many connections were ever accepted. */
    public int accepted() {
        return wires.size();
    }

    /** How many of them are open. */
    public int open() {
        return (int) wires.stream().filter(wire -> !wire.isClosed()).count();
    }

    /** Ends every connection, by RST or by FIN, and goes on listening. */
    public void dropAll(boolean byReset) {
        for (Wire wire : wires) {
            if (byReset) {
                wire.reset();
            } else {
                wire.close();
            }
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException alreadyGone) {
            // nothing is left to close
        }
        try {
            // While the socket is being closed, a thread in accept may still be given a connection.
            acceptor.join();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        dropAll(false);
    }
}

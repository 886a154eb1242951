package dev.loopgate.testkit;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A server of UDP on the loopback, with a thread of its own. Not a DatagramSocket, which passes over empty datagrams. */
public final class UdpPeer implements AutoCloseable {

    private static final int LARGEST = 65_535;

    private final DatagramChannel socket;
    private final UnaryOperator<byte[]> answer;
    private final Set<SocketAddress> clients = ConcurrentHashMap.newKeySet();
    private final AtomicInteger received = new AtomicInteger();
    private final Thread thread;

    private UdpPeer(DatagramChannel socket, UnaryOperator<byte[]> answer) {
        this.socket = socket;
        this.answer = answer;
        this.thread = new Thread(this::serve, "udp-peer-" + port());
        thread.setDaemon(true);
        thread.start();
    }

    /** Sends back what it gets, on a free port of 127.0.0.1. */
    public static UdpPeer echo() {
        return start("127.0.0.1", 0, datagram -> datagram);
    }

    /** @param answer to each datagram; none where it is null */
    public static UdpPeer start(String address, int port, UnaryOperator<byte[]> answer) {
        try {
            DatagramChannel socket = DatagramChannel.open();
            socket.setOption(StandardSocketOptions.SO_RCVBUF, 4 << 20);
            socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
            return new UdpPeer(socket, answer);
        } catch (IOException e) {
            throw new AssertionError("no UDP on " + address + " port " + port, e);
        }
    }

    /**
     * A port that nobody has on any address. It lies below those that systems give to sockets that ask for any, so that no
     * other gets it by chance before it is used.
     */
    public static int closedPort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 32_000);
            try (DatagramSocket probe = new DatagramSocket(null)) {
                probe.bind(new InetSocketAddress(port));
                return port;
            } catch (SocketException taken) {
                // then another
            }
        }
    }

    private void serve() {
        ByteBuffer buffer = ByteBuffer.allocate(LARGEST);
        while (socket.isOpen()) {
            try {
                SocketAddress client = socket.receive(buffer.clear());
                clients.add(client);
                received.incrementAndGet();
                byte[] datagram = new byte[buffer.flip().remaining()];
                buffer.get(datagram);
                byte[] reply = answer.apply(datagram);
                if (reply != null) {
                    socket.send(ByteBuffer.wrap(reply), client);
                }
            } catch (IOException closed) {
                // then the loop ends
            }
        }
    }

    public int port() {
        return socket.socket().getLocalPort();
    }

    /** Datagrams so far. */
    public int received() {
        return received.get();
    }

    /** How many addresses have sent something. */
    public int clients() {
        return clients.size();
    }

    @Override
    public void close() {
        try {
            socket.close();
            thread.join();
        } catch (IOException e) {
            throw new AssertionError("does not close", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

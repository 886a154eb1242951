package dev.loopgate.bench;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/** Ports of 127.0.0.1 that are free now, for TCP and for UDP. */
final class Ports {

    private Ports() {}

    static List<Integer> free(int count) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        while (ports.size() < count) {
            ServerSocket socket = new ServerSocket();
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            held.add(socket);
            if (isFreeForUdp(socket.getLocalPort())) {
                ports.add(socket.getLocalPort());
            }
        }
        for (ServerSocket socket : held) {
            socket.close();
        }
        return ports;
    }

    private static boolean isFreeForUdp(int port) {
        try (DatagramSocket probe = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
            return probe.isBound();
        } catch (SocketException taken) {
            return false;
        }
    }
}

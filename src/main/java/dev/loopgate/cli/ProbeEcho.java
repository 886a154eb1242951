package dev.loopgate.cli;

import dev.loopgate.diagnose.SystemPortHolders;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.BindTargets;
import dev.loopgate.net.MachineAddresses;
import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Sends back what comes over TCP and UDP, and prints who came. A thread for each socket and each connection. */
final class ProbeEcho implements AutoCloseable {

    private static final int MOST_CONNECTIONS = 100;
    private static final int LARGEST_DATAGRAM = 65_535;
    private static final int SHOWN = 60;

    private final Terminal terminal;
    private final List<ServerSocket> servers = new ArrayList<>();
    private final List<DatagramSocket> datagrams = new ArrayList<>();
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();

    ProbeEcho(Terminal terminal) {
        this.terminal = terminal;
    }

    /**
     * Listens, and returns.
     *
     * @throws CommandFailure where that cannot be
     */
    void start(BindAddress bind) {
        List<InetSocketAddress> addresses = addresses(bind);
        for (InetSocketAddress address : addresses) {
            listen(address);
        }
        terminal.say("An echo of TCP and UDP on "
                + addresses.stream().map(Addresses::text).collect(Collectors.joining(" and "))
                + (bind.open() ? terminal.errStyle().bold(" OPEN TO THE NETWORK") : "")
                + ", until Ctrl-C. From the other end:");
        terminal.say("  loopgate probe " + from(bind, addresses));
        for (ServerSocket server : servers) {
            daemon(() -> accept(server)).start();
        }
        for (DatagramSocket socket : datagrams) {
            daemon(() -> receive(socket)).start();
        }
    }

    private static List<InetSocketAddress> addresses(BindAddress bind) {
        try {
            List<InetSocketAddress> addresses = BindTargets.of(bind).addresses();
            if (!addresses.isEmpty()) {
                return addresses;
            }
        } catch (SocketException unknown) {
            throw new CommandFailure(
                    ExitStatus.FAILED, "the system does not tell its addresses: " + unknown.getMessage());
        }
        throw new CommandFailure(
                ExitStatus.FAILED,
                "this machine has no address for " + bind,
                "name one: loopgate probe --listen 127.0.0.1:" + bind.port());
    }

    private void listen(InetSocketAddress address) {
        Protocol protocol = Protocol.TCP;
        try {
            ServerSocket server = new ServerSocket();
            servers.add(server);
            server.setReuseAddress(true);
            server.bind(address);
            protocol = Protocol.UDP;
            datagrams.add(new DatagramSocket(address));
        } catch (IOException e) {
            close();
            throw failure(protocol, address, String.valueOf(e.getMessage()));
        }
    }

    private static CommandFailure failure(Protocol protocol, InetSocketAddress address, String words) {
        SystemPortHolders holders = new SystemPortHolders();
        String what = protocol + " " + Addresses.text(address);
        if (words.contains("in use")) {
            return new CommandFailure(
                    ExitStatus.PORT_TAKEN,
                    what + " is taken"
                            + holders.holderOf(protocol, address)
                                    .map(holder -> " by " + holder)
                                    .orElse(""),
                    "take another port");
        }
        Optional<String> privileged = holders.privileged(address.getPort());
        return new CommandFailure(
                ExitStatus.FAILED,
                what + " cannot be listened on: "
                        + privileged.filter(why -> words.contains("ermission")).orElse(words),
                "take another port, or an address of this machine");
    }

    /** As the other end would name it. */
    private static String from(BindAddress bind, List<InetSocketAddress> addresses) {
        String port = ":" + bind.port();
        if (!bind.open()) {
            return bind.scope() == BindAddress.Scope.LOOPBACK ? "localhost" + port : Addresses.text(addresses.get(0));
        }
        try {
            return MachineAddresses.now().network().stream()
                    .findFirst()
                    .map(address -> Addresses.text(new InetSocketAddress(address, bind.port())))
                    .orElse("ADDRESS" + port);
        } catch (SocketException unknown) {
            return "ADDRESS" + port;
        }
    }

    private void accept(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                if (clients.size() >= MOST_CONNECTIONS) {
                    client.close();
                    continue;
                }
                clients.add(client);
                daemon(() -> echo(client)).start();
            } catch (IOException closed) {
                if (!server.isClosed()) {
                    terminal.warn("no connection could be taken: " + closed.getMessage());
                    pause();
                }
            }
        }
    }

    private void echo(Socket client) {
        String who = "tcp " + Addresses.text(client.getRemoteSocketAddress());
        terminal.result(who + " connected");
        long total = 0;
        String end = "ended its connection";
        try (client) {
            byte[] buffer = new byte[16_384];
            for (int count = client.getInputStream().read(buffer);
                    count >= 0;
                    count = client.getInputStream().read(buffer)) {
                if (total == 0) {
                    terminal.result(who + " sent " + shown(buffer, count));
                }
                total += count;
                client.getOutputStream().write(buffer, 0, count);
            }
        } catch (IOException gone) {
            end = "broke off its connection";
        } finally {
            clients.remove(client);
        }
        terminal.result(who + " " + end + ", " + total + (total == 1 ? " byte" : " bytes"));
    }

    private void receive(DatagramSocket socket) {
        byte[] buffer = new byte[LARGEST_DATAGRAM];
        while (!socket.isClosed()) {
            try {
                DatagramPacket datagram = new DatagramPacket(buffer, buffer.length);
                socket.receive(datagram);
                SocketAddress client = datagram.getSocketAddress();
                terminal.result("udp " + Addresses.text(client) + " sent " + shown(buffer, datagram.getLength()));
                // Two echoes would never come to an end.
                if (datagram.getPort() != socket.getLocalPort()) {
                    socket.send(datagram);
                }
            } catch (IOException refused) {
                // Whoever asked is gone, or this socket is closed and the loop ends.
            }
        }
    }

    private static String shown(byte[] bytes, int count) {
        String text = new String(bytes, 0, Math.min(count, SHOWN), StandardCharsets.UTF_8).replaceAll("[\\r\\n].*", "");
        String plain = text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Cn}\\p{Zl}\\p{Zp}]", "?");
        return count + (count == 1 ? " byte" : " bytes") + (plain.isBlank() ? "" : ": " + plain.strip());
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "loopgate-echo");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() {
        datagrams.forEach(ProbeEcho::close);
        servers.forEach(ProbeEcho::close);
        clients.forEach(ProbeEcho::close);
    }

    private static void close(Closeable socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // It is not needed any more.
        }
    }
}

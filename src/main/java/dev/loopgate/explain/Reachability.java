package dev.loopgate.explain;

import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.model.UpstreamAddress.HostPort;
import dev.loopgate.model.UpstreamAddress.LoopbackPort;
import dev.loopgate.model.UpstreamAddress.UnixSocket;
import dev.loopgate.net.Addresses;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether an upstream takes connections. Connects, closes, sends nothing.
 *
 * @param up whether one address does
 * @param attempts one sentence for each address
 * @param first that takes connections; empty for a Unix socket, and where none does
 * @param late whether no answer came in time, so that it is not refused
 */
record Reachability(boolean up, List<String> attempts, Optional<InetSocketAddress> first, boolean late) {

    Reachability {
        attempts = List.copyOf(attempts);
    }

    private static final String LATE = "does not answer";

    private Reachability(boolean up, List<String> attempts) {
        this(up, attempts, Optional.empty(), false);
    }

    static Reachability down(String why) {
        return new Reachability(false, List.of(why));
    }

    static Reachability of(UpstreamAddress upstream, Duration limit) {
        if (upstream instanceof UnixSocket unix) {
            return of(unix);
        }
        List<InetSocketAddress> addresses = new ArrayList<>();
        try {
            if (upstream instanceof LoopbackPort loopback) {
                addresses.add(new InetSocketAddress(Addresses.LOOPBACK4, loopback.port()));
                addresses.add(new InetSocketAddress(Addresses.LOOPBACK6, loopback.port()));
            } else if (upstream instanceof HostPort named) {
                for (InetAddress address : InetAddress.getAllByName(named.host())) {
                    addresses.add(new InetSocketAddress(address, named.port()));
                }
            }
        } catch (UnknownHostException e) {
            return new Reachability(false, List.of("the name of " + upstream + " cannot be resolved"));
        }
        Optional<InetSocketAddress> first = Optional.empty();
        boolean late = false;
        List<String> attempts = new ArrayList<>();
        for (InetSocketAddress address : addresses) {
            String attempt = attempt(address, limit);
            if (attempt.isEmpty() && first.isEmpty()) {
                first = Optional.of(address);
            }
            late |= attempt.startsWith(LATE);
            attempts.add(Addresses.text(address) + (attempt.isEmpty() ? " takes connections" : " " + attempt));
        }
        return new Reachability(first.isPresent(), attempts, first, late && first.isEmpty());
    }

    /** An abstract socket, which Java cannot connect to: whether anybody listens, as Linux tells (proc_pid_net(5)). */
    private static Reachability ofAbstract(String name) {
        try (Stream<String> sockets = Files.lines(Path.of("/proc/net/unix"))) {
            boolean up = sockets.map(line -> line.split(" +", 8))
                    .anyMatch(fields -> fields.length == 8 && fields[3].equals("00010000") && fields[7].equals(name));
            return new Reachability(
                    up, List.of(up ? name + " takes connections" : "nothing listens on the abstract socket " + name));
        } catch (IOException e) {
            return new Reachability(false, List.of("this system has no abstract sockets, such as " + name));
        }
    }

    private static Reachability of(UnixSocket unix) {
        if (unix.path().startsWith("@")) {
            return ofAbstract(unix.path());
        }
        if (!Files.exists(Path.of(unix.path()))) {
            return new Reachability(false, List.of("there is no socket " + unix.path()));
        }
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(unix.path()))) {
            return new Reachability(channel.isConnected(), List.of(unix.path() + " takes connections"));
        } catch (IOException e) {
            return new Reachability(false, List.of(unix.path() + ": " + e.getMessage()));
        }
    }

    /** Empty where it takes connections. */
    private static String attempt(InetSocketAddress address, Duration limit) {
        try (Socket socket = new Socket()) {
            socket.connect(address, (int) limit.toMillis());
            return "";
        } catch (SocketTimeoutException e) {
            return LATE + " within " + limit.toMillis() + " ms";
        } catch (ConnectException e) {
            return "refuses connections: nothing listens there";
        } catch (IOException e) {
            return "cannot be reached: " + e.getMessage();
        }
    }
}

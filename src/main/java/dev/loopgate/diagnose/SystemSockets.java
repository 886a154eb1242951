package dev.loopgate.diagnose;

import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.net.PortHolder;
import java.lang.ref.SoftReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import oshi.software.os.InternetProtocolStats;
import oshi.software.os.InternetProtocolStats.IPConnection;
import oshi.software.os.InternetProtocolStats.TcpState;
import oshi.software.os.OperatingSystem;

/**
 * Who listens on this machine. To look takes long and much memory where there are many sockets, so that one look serves all
 * that ask within a second: a range of which another process has the ports asks ten thousand times. Any thread.
 */
final class SystemSockets {

    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

    private final LongFunction<Optional<PortHolder>> describe;
    private final Map<Protocol, SoftReference<Look>> looks = new EnumMap<>(Protocol.class);

    /** @param begun as {@link System#nanoTime()} counts */
    private record Look(
            long begun, Map<Integer, List<ListeningSocket>> byPort, Map<Long, Optional<PortHolder>> processes) {}

    /**
     * Whoever has an address.
     *
     * @param process empty where the system does not tell
     */
    record Found(InetSocketAddress address, Optional<PortHolder> process) {}

    /** @param describe what is known of a process, by its pid; asked once for each look */
    SystemSockets(LongFunction<Optional<PortHolder>> describe) {
        this.describe = describe;
    }

    /** Blocks. */
    Optional<Found> holderOf(OperatingSystem system, Protocol protocol, InetSocketAddress address) {
        return find(system, protocol, address, System.nanoTime());
    }

    /** @param asked before it was waited for another look */
    private synchronized Optional<Found> find(
            OperatingSystem system, Protocol protocol, InetSocketAddress address, long asked) {
        SoftReference<Look> kept = looks.get(protocol);
        Look look = kept == null ? null : kept.get();
        if (look != null && asked - look.begun < FRESH_NANOS) {
            Optional<Found> found = find(look, address);
            // Where there was nobody a moment ago, there may be somebody now.
            if (found.isPresent() || look.begun - asked >= 0) {
                return found;
            }
        }
        Look fresh = look(system, protocol);
        looks.put(protocol, new SoftReference<>(fresh));
        return find(fresh, address);
    }

    private Optional<Found> find(Look look, InetSocketAddress address) {
        return ListeningSocket.closest(look.byPort.getOrDefault(address.getPort(), List.of()), address)
                .map(socket -> new Found(
                        socket.address(),
                        socket.pid() == 0
                                ? Optional.empty()
                                : look.processes.computeIfAbsent(socket.pid(), describe::apply)));
    }

    private static Look look(OperatingSystem system, Protocol protocol) {
        long begun = System.nanoTime();
        InternetProtocolStats sockets = system.getInternetProtocolStats();
        Map<Integer, List<ListeningSocket>> byPort = new HashMap<>();
        for (IPConnection socket : sockets.getConnections()) {
            if (listens(protocol, socket)) {
                byPort.computeIfAbsent(socket.getLocalPort(), first -> new ArrayList<>(1))
                        .add(listening(socket));
            }
        }
        return new Look(begun, byPort, new HashMap<>());
    }

    /** UDP knows no state: what has no peer takes datagrams from anybody. */
    static boolean listens(Protocol protocol, IPConnection socket) {
        return socket.getType().startsWith(protocol.toString())
                && (protocol == Protocol.TCP ? socket.getState() == TcpState.LISTEN : socket.getForeignPort() == 0);
    }

    static ListeningSocket listening(IPConnection socket) {
        return new ListeningSocket(
                new InetSocketAddress(address(socket.getLocalAddress()), socket.getLocalPort()),
                Math.max(0, socket.getowningProcessId()));
    }

    /** No bytes, or IPv4 in four, or IPv6 in sixteen. */
    private static InetAddress address(byte[] raw) {
        try {
            return InetAddress.getByAddress(raw.length == 0 ? new byte[4] : raw);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}

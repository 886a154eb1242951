package dev.loopgate.diagnose;

import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.net.PortHolder;
import java.lang.ref.SoftReference;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who has an address of this machine. To look takes long and much memory where there are many sockets, so that one look
 * serves all that ask within a second: a range of which another process has the ports asks ten thousand times. Any thread.
 */
final class SystemSockets {

    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

    private final Machine machine;
    private final Map<Protocol, SoftReference<Look>> looks = new EnumMap<>(Protocol.class);

    /** @param begun as {@link System#nanoTime()} counts */
    private record Look(
            long begun, Map<Integer, List<ListeningSocket>> byPort, Map<Long, Optional<PortHolder>> processes) {}

    SystemSockets(Machine machine) {
        this.machine = machine;
    }

    /** Blocks. */
    Optional<PortHolder> holderOf(Protocol protocol, InetSocketAddress address) {
        return find(protocol, address, System.nanoTime());
    }

    /** @param asked before it was waited for another look */
    private synchronized Optional<PortHolder> find(Protocol protocol, InetSocketAddress address, long asked) {
        SoftReference<Look> kept = looks.get(protocol);
        Look look = kept == null ? null : kept.get();
        if (look != null && asked - look.begun < FRESH_NANOS) {
            Optional<PortHolder> found = find(look, address);
            // Where there was nobody a moment ago, there may be somebody now.
            if (found.isPresent() || look.begun - asked >= 0) {
                return found;
            }
        }
        Look fresh = look(protocol);
        looks.put(protocol, new SoftReference<>(fresh));
        return find(fresh, address);
    }

    private Optional<PortHolder> find(Look look, InetSocketAddress address) {
        return ListeningSocket.closest(look.byPort.getOrDefault(address.getPort(), List.of()), address)
                .map(socket -> look.processes
                        .computeIfAbsent(
                                socket.pid(),
                                pid -> pid == 0
                                        ? Optional.empty()
                                        : machine.process(pid).map(OpenPort.Owner::holder))
                        .orElseGet(socket::hidden));
    }

    private Look look(Protocol protocol) {
        long begun = System.nanoTime();
        Map<Integer, List<ListeningSocket>> byPort = new HashMap<>();
        for (ListeningSocket socket : machine.listening(Set.of(protocol), port -> true, process -> true)) {
            byPort.computeIfAbsent(socket.address().getPort(), first -> new ArrayList<>(1))
                    .add(socket);
        }
        return new Look(begun, byPort, new HashMap<>());
    }
}

package dev.loopgate.diagnose;

import dev.loopgate.model.Forward.Protocol;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;

/** All ports that somebody on this machine listens on, as far as its user may see. Blocks. */
public final class OpenPorts {

    private final Machine machine = Machine.ofThis();
    private final PortRules rules = new PortRules();
    private final ServiceNames services = new ServiceNames();

    /** Which sockets are shown as one. */
    private record Key(Protocol protocol, int port, long pid, Optional<String> user) {}

    /** By port, TCP first. Titles are not asked for: see {@link HttpTitles}. */
    public List<OpenPort> look() {
        Map<Key, List<InetAddress>> found = new LinkedHashMap<>();
        for (ListeningSocket socket : machine.listening()) {
            Optional<String> user = socket.pid() == 0 ? socket.user() : Optional.empty();
            found.computeIfAbsent(
                            new Key(socket.protocol(), socket.address().getPort(), socket.pid(), user),
                            first -> new ArrayList<>(2))
                    .add(socket.address().getAddress());
        }
        Map<Long, Optional<OpenPort.Owner>> processes = new HashMap<>();
        IntPredicate outgoing = rules.outgoing();
        return found.entrySet().stream()
                .map(entry -> port(
                        entry.getKey(),
                        entry.getValue(),
                        entry.getKey().pid == 0
                                ? Optional.empty()
                                : processes.computeIfAbsent(entry.getKey().pid, machine::process),
                        outgoing))
                .sorted(Comparator.comparingInt(OpenPort::port).thenComparing(OpenPort::protocol))
                .toList();
    }

    private OpenPort port(
            Key key, List<InetAddress> addresses, Optional<OpenPort.Owner> process, IntPredicate outgoing) {
        Optional<Integer> published = process.flatMap(Published::portOf);
        return new OpenPort(
                key.protocol,
                key.port,
                addresses.stream()
                        .distinct()
                        .sorted(Comparator.comparingInt(address -> address.getAddress().length))
                        .toList(),
                process,
                process.map(OpenPort.Owner::user).or(key::user),
                OpenPort.Range.of(key.port),
                outgoing.test(key.port),
                services.of(key.protocol, published.orElse(key.port)),
                Optional.empty());
    }
}

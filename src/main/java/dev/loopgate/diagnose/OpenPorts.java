package dev.loopgate.diagnose;

import dev.loopgate.model.Forward.Protocol;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import oshi.SystemInfo;
import oshi.software.os.InternetProtocolStats.IPConnection;
import oshi.software.os.OSProcess;
import oshi.software.os.OperatingSystem;

/** All ports that somebody on this machine listens on, as far as its user may see. Blocks. */
public final class OpenPorts {

    private final OperatingSystem system = new SystemInfo().getOperatingSystem();
    private final PortRules rules = new PortRules();
    private final SocketOwners owners = new SocketOwners();
    private final ServiceNames services = new ServiceNames();
    private final Map<Integer, Optional<OpenPort.Owner>> processes = new HashMap<>();

    /** Which sockets are shown as one. */
    private record Key(Protocol protocol, int port, int pid, Optional<String> user) {}

    /** By port, TCP first. Titles are not asked for: see {@link HttpTitles}. */
    public List<OpenPort> look() {
        Map<Key, List<InetAddress>> found = new LinkedHashMap<>();
        List<IPConnection> sockets = system.getInternetProtocolStats().getConnections();
        for (Protocol protocol : Protocol.values()) {
            for (IPConnection socket : sockets) {
                if (SystemSockets.listens(protocol, socket)) {
                    ListeningSocket listening = SystemSockets.listening(socket);
                    Optional<String> user =
                            listening.pid() == 0 ? owners.userOf(protocol, listening.address()) : Optional.empty();
                    found.computeIfAbsent(
                                    new Key(protocol, listening.address().getPort(), (int) listening.pid(), user),
                                    first -> new ArrayList<>(2))
                            .add(listening.address().getAddress());
                }
            }
        }
        return found.entrySet().stream()
                .map(entry -> port(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingInt(OpenPort::port).thenComparing(OpenPort::protocol))
                .toList();
    }

    private OpenPort port(Key key, List<InetAddress> addresses) {
        Optional<OpenPort.Owner> process =
                key.pid == 0 ? Optional.empty() : processes.computeIfAbsent(key.pid, this::process);
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
                rules.outgoing(key.port).isPresent(),
                services.of(key.protocol, key.port),
                Optional.empty());
    }

    private Optional<OpenPort.Owner> process(int pid) {
        OSProcess process = system.getProcess(pid);
        if (process == null) {
            return Optional.empty();
        }
        String command = SystemPortHolders.command(process);
        Optional<Path> directory = Optional.of(process.getCurrentWorkingDirectory())
                .filter(folder -> !folder.isEmpty())
                .map(Path::of);
        return Optional.of(new OpenPort.Owner(
                pid,
                SystemPortHolders.name(process),
                command,
                process.getUser(),
                directory,
                directory.flatMap(Project::rootOf),
                SystemPortHolders.isGateway(command)));
    }
}

package dev.loopgate.diagnose;

import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.net.Printable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.LongPredicate;
import oshi.SystemInfo;
import oshi.software.os.InternetProtocolStats.IPConnection;
import oshi.software.os.InternetProtocolStats.TcpState;
import oshi.software.os.OSProcess;
import oshi.software.os.OperatingSystem;

/** macOS, Windows and the others that oshi knows, whose native part is loaded with the first question. */
final class OshiMachine implements Machine {

    private static OperatingSystem system() {
        return new SystemInfo().getOperatingSystem();
    }

    @Override
    public List<ListeningSocket> listening(Set<Protocol> protocols, IntPredicate ports, LongPredicate processes) {
        List<ListeningSocket> found = new ArrayList<>();
        for (IPConnection socket : system().getInternetProtocolStats().getConnections()) {
            for (Protocol protocol : protocols) {
                if (listens(protocol, socket) && ports.test(socket.getLocalPort())) {
                    found.add(new ListeningSocket(
                            protocol,
                            new InetSocketAddress(address(socket.getLocalAddress()), socket.getLocalPort()),
                            Math.max(0, socket.getowningProcessId()),
                            Optional.empty()));
                }
            }
        }
        return found;
    }

    /** UDP knows no state: what has no peer takes datagrams from anybody. */
    private static boolean listens(Protocol protocol, IPConnection socket) {
        return socket.getType().startsWith(protocol.toString())
                && (protocol == Protocol.TCP ? socket.getState() == TcpState.LISTEN : socket.getForeignPort() == 0);
    }

    /** No bytes, or IPv4 in four, or IPv6 in sixteen. */
    private static InetAddress address(byte[] raw) {
        try {
            return InetAddress.getByAddress(raw.length == 0 ? new byte[4] : raw);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public Optional<OpenPort.Owner> process(long pid) {
        return Optional.ofNullable(system().getProcess((int) pid)).map(OshiMachine::describe);
    }

    @Override
    public Optional<Path> directory(long pid) {
        return Optional.ofNullable(system().getProcess((int) pid)).flatMap(OshiMachine::directory);
    }

    private static Optional<Path> directory(OSProcess process) {
        return Optional.of(process.getCurrentWorkingDirectory())
                .filter(folder -> !folder.isEmpty())
                .map(Path::of);
    }

    private static OpenPort.Owner describe(OSProcess process) {
        Optional<Path> directory = directory(process);
        CommandLine command = new CommandLine(process.getCommandLine().replaceAll("\0+$", ""));
        return new OpenPort.Owner(
                process.getProcessID(),
                Printable.of(process.getName()),
                command,
                process.getUser(),
                directory,
                directory.flatMap(Project::rootOf),
                command.gateway());
    }
}

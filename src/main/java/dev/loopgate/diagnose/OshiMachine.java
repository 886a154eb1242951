package dev.loopgate.diagnose;

import dev.loopgate.model.Forward.Protocol;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import oshi.SystemInfo;
import oshi.software.os.InternetProtocolStats.IPConnection;
import oshi.software.os.OSProcess;
import oshi.software.os.OperatingSystem;

/** macOS, Windows and the others that oshi knows. */
final class OshiMachine implements Machine {

    private final OperatingSystem system = new SystemInfo().getOperatingSystem();

    @Override
    public List<Listening> listening() {
        List<Listening> found = new ArrayList<>();
        for (IPConnection socket : system.getInternetProtocolStats().getConnections()) {
            for (Protocol protocol : Protocol.values()) {
                if (SystemSockets.listens(protocol, socket)) {
                    ListeningSocket listening = SystemSockets.listening(socket);
                    found.add(new Listening(protocol, listening.address(), listening.pid(), Optional.empty()));
                }
            }
        }
        return found;
    }

    @Override
    public Optional<OpenPort.Owner> process(long pid) {
        return Optional.ofNullable(system.getProcess((int) pid)).map(OshiMachine::describe);
    }

    private static OpenPort.Owner describe(OSProcess process) {
        String command = SystemPortHolders.command(process);
        Optional<Path> directory = Optional.of(process.getCurrentWorkingDirectory())
                .filter(folder -> !folder.isEmpty())
                .map(Path::of);
        return new OpenPort.Owner(
                process.getProcessID(),
                SystemPortHolders.name(process),
                command,
                process.getUser(),
                directory,
                directory.flatMap(Project::rootOf),
                SystemPortHolders.isGateway(command));
    }
}

package dev.loopgate.diagnose;

import dev.loopgate.model.Forward.Protocol;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where a system tells who listens, and what runs. Blocks for a moment; one thread. */
interface Machine {

    /**
     * A socket that takes connections, or datagrams from anybody.
     *
     * @param pid 0 where the system does not say whose it is
     * @param user empty where the system does not tell
     */
    record Listening(Protocol protocol, InetSocketAddress address, long pid, Optional<String> user) {}

    List<Listening> listening();

    /** Empty where there is no such process any more. */
    Optional<OpenPort.Owner> process(long pid);

    /** Linux is read as it is (proc(5)): to load oshi's native part takes longer than all the rest. */
    static Machine ofThis() {
        Path proc = Path.of("/proc");
        return Files.isReadable(proc.resolve("net/tcp"))
                ? new LinuxMachine(proc, Path.of("/etc/passwd"))
                : new OshiMachine();
    }
}

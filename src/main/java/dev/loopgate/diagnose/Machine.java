package dev.loopgate.diagnose;

import dev.loopgate.model.Forward.Protocol;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.LongPredicate;

/** Where a system tells who listens, and what runs. Blocks for a moment; any thread. */
interface Machine {

    /**
     * Some of them.
     *
     * @param processes of no other need it be known what it has open, which is what takes long to find out
     */
    List<ListeningSocket> listening(Set<Protocol> protocols, IntPredicate ports, LongPredicate processes);

    /** All sockets that somebody listens on. */
    default List<ListeningSocket> listening() {
        return listening(EnumSet.allOf(Protocol.class), port -> true, process -> true);
    }

    /** Empty where there is no such process any more. */
    Optional<OpenPort.Owner> process(long pid);

    /** Where a process works; empty where the system does not tell. */
    Optional<Path> directory(long pid);

    /**
     * Linux is read as it is (proc(5)): to load oshi's native part takes half a second, longer than all the rest, and ten
     * megabytes to keep, in a gateway whose answers wait.
     */
    static Machine ofThis() {
        Path proc = Path.of("/proc");
        return new SocketTable(proc).exists() ? new LinuxMachine(proc, Path.of("/etc/passwd")) : new OshiMachine();
    }
}

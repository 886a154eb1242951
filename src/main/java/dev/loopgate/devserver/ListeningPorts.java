package dev.loopgate.devserver;

import dev.loopgate.diagnose.SocketTable;
import dev.loopgate.model.Forward.Protocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The TCP ports that a process and those below it listen on, from Linux's {@code /proc}; elsewhere none are known. */
final class ListeningPorts {

    private static final Path PROC = Path.of("/proc");
    private static final String SOCKET = "socket:[";

    private ListeningPorts() {}

    static SortedSet<Integer> of(ProcessTree tree) {
        Set<Long> sockets = new HashSet<>();
        tree.running()
                .forEach(each ->
                        addSockets(PROC.resolve(Long.toString(each.pid())).resolve("fd"), sockets));
        if (sockets.isEmpty()) {
            return new TreeSet<>();
        }
        return new SocketTable(PROC)
                .of(Protocol.TCP, port -> true).stream()
                        .filter(entry -> entry.state() == SocketTable.State.LISTEN && sockets.contains(entry.inode()))
                        .map(entry -> entry.address().getPort())
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void addSockets(Path descriptors, Set<Long> sockets) {
        try (Stream<Path> all = Files.list(descriptors)) {
            for (Path descriptor : (Iterable<Path>) all::iterator) {
                String target = target(descriptor);
                if (target.startsWith(SOCKET)) {
                    sockets.add(Long.parseLong(target.substring(SOCKET.length(), target.length() - 1)));
                }
            }
        } catch (IOException | UncheckedIOException gone) {
            // It has ended, or is another user's.
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closed) {
            return "";
        }
    }
}

package dev.loopgate.devserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The TCP ports that a process and those below it listen on, from Linux's {@code /proc}; elsewhere none are known. */
final class ListeningPorts {

    private static final String LISTEN = "0A";
    private static final int ADDRESS = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private ListeningPorts() {}

    static SortedSet<Integer> of(ProcessTree tree) {
        Set<String> sockets = new HashSet<>();
        tree.running().forEach(each -> addSockets(Path.of("/proc", Long.toString(each.pid()), "fd"), sockets));
        SortedSet<Integer> ports = new TreeSet<>();
        if (!sockets.isEmpty()) {
            for (String table : List.of("tcp", "tcp6")) {
                for (String line : lines(Path.of("/proc/net", table))) {
                    String[] fields = line.strip().split("\\s+", -1);
                    if (fields.length > INODE && fields[STATE].equals(LISTEN) && sockets.contains(fields[INODE])) {
                        ports.add(Integer.parseInt(fields[ADDRESS].substring(fields[ADDRESS].indexOf(':') + 1), 16));
                    }
                }
            }
        }
        return ports;
    }

    private static void addSockets(Path descriptors, Set<String> sockets) {
        try (Stream<Path> all = Files.list(descriptors)) {
            for (Path descriptor : (Iterable<Path>) all::iterator) {
                String target = target(descriptor);
                if (target.startsWith("socket:[")) {
                    sockets.add(target.substring("socket:[".length(), target.length() - 1));
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

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (IOException notLinux) {
            return List.of();
        }
    }
}

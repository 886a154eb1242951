package dev.loopgate.diagnose;

import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.net.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.LongPredicate;

/** Linux, which tells everybody of each socket (proc_pid_net(5)), and of a process what it has open to those who may see it. */
final class LinuxMachine implements Machine {

    private static final String SOCKET = "socket:[";

    private final Path proc;
    private final Path passwd;
    private final SocketTable sockets;

    /**
     * @param proc as mounted at {@code /proc}
     * @param passwd as in passwd(5)
     */
    LinuxMachine(Path proc, Path passwd) {
        this.proc = proc;
        this.passwd = passwd;
        this.sockets = new SocketTable(proc);
    }

    @Override
    public List<ListeningSocket> listening(Set<Protocol> protocols, IntPredicate ports, LongPredicate processes) {
        Map<Protocol, List<SocketTable.Entry>> entries = new EnumMap<>(Protocol.class);
        Set<Long> inodes = new HashSet<>();
        for (Protocol protocol : protocols) {
            entries.put(protocol, sockets.listening(protocol, ports));
            entries.get(protocol).forEach(entry -> inodes.add(entry.inode()));
        }
        if (inodes.isEmpty()) {
            return List.of();
        }
        Map<Long, Long> pids = pids(inodes, processes);
        Map<String, String> users = users();
        List<ListeningSocket> found = new ArrayList<>();
        entries.forEach((protocol, all) -> all.forEach(entry -> found.add(new ListeningSocket(
                protocol,
                entry.address(),
                pids.getOrDefault(entry.inode(), 0L),
                Optional.of(users.getOrDefault(entry.user(), entry.user()))))));
        return found;
    }

    /**
     * Which process has a socket open. Of several that share one it is the first that was started, which has most likely
     * opened it for its workers; but systemd only opens what others serve.
     */
    private Map<Long, Long> pids(Set<Long> inodes, LongPredicate wanted) {
        Map<Long, Long> found = new HashMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                if (!wanted.test(pid)) {
                    continue;
                }
                for (long inode : sockets(process)) {
                    if (inodes.contains(inode)) {
                        found.merge(inode, pid, this::opener);
                    }
                }
            }
        } catch (IOException | DirectoryIteratorException unreadable) {
            // What was found is found.
            return found;
        }
        return found;
    }

    private long opener(long one, long other) {
        if (one == 1 || other == 1) {
            return Math.max(one, other);
        }
        long difference = started(one) - started(other);
        return difference < 0 || (difference == 0 && one < other) ? one : other;
    }

    /** In ticks of the system's clock. */
    private long started(long pid) {
        String stat = text(process(pid, "stat"));
        // The name, in parentheses, may hold anything: counting begins behind the last of them.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        return fields.length > 19 ? Long.parseLong(fields[19]) : Long.MAX_VALUE;
    }

    private static List<Long> sockets(Path process) {
        List<Long> inodes = new ArrayList<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                // One that was closed meanwhile leads nowhere.
                String target = link(descriptor).map(Path::toString).orElse("");
                if (target.startsWith(SOCKET)) {
                    inodes.add(Long.parseLong(target.substring(SOCKET.length(), target.length() - 1)));
                }
            }
        } catch (IOException | DirectoryIteratorException foreign) {
            // Another user's, or it has just ended.
            return inodes;
        }
        return inodes;
    }

    @Override
    public Optional<OpenPort.Owner> process(long pid) {
        if (!Files.exists(process(pid, ""))) {
            return Optional.empty();
        }
        String comm = text(process(pid, "comm")).strip();
        String arguments = text(process(pid, "cmdline")).replaceAll("\0+$", "");
        CommandLine command = new CommandLine(arguments.isBlank() ? comm : arguments);
        Optional<Path> directory = directory(pid);
        return Optional.of(new OpenPort.Owner(
                pid,
                Printable.of(name(pid, comm, arguments)),
                command,
                user(pid),
                directory,
                directory.flatMap(Project::rootOf),
                command.gateway()));
    }

    @Override
    public Optional<Path> directory(long pid) {
        return link(process(pid, "cwd"));
    }

    /**
     * As its user calls it, where it was started by that name: the file that it runs may have several. The process's own
     * name is cut after 15 bytes, and some programs change it.
     */
    private String name(long pid, String comm, String arguments) {
        String first = arguments.split("\0", 2)[0];
        String called = first.substring(first.lastIndexOf('/') + 1);
        if (!comm.isEmpty() && called.startsWith(comm) && called.indexOf(' ') < 0) {
            return called;
        }
        return link(process(pid, "exe"))
                .map(Path::getFileName)
                .map(file -> file.toString().replaceFirst(" \\(deleted\\)$", ""))
                .orElse(comm);
    }

    private String user(long pid) {
        String number = lines(process(pid, "status")).stream()
                .filter(line -> line.startsWith("Uid:"))
                .map(line -> line.split("\\s+", -1)[2])
                .findFirst()
                .orElse("");
        return users().getOrDefault(number, number);
    }

    private Map<String, String> users() {
        Map<String, String> names = new HashMap<>();
        for (String line : lines(passwd)) {
            String[] fields = line.split(":", -1);
            if (fields.length > 2) {
                names.putIfAbsent(fields[2], Printable.of(fields[0]));
            }
        }
        return names;
    }

    private Path process(long pid, String file) {
        return proc.resolve(Long.toString(pid)).resolve(file);
    }

    private static Optional<Path> link(Path link) {
        try {
            return Optional.of(Files.readSymbolicLink(link));
        } catch (IOException foreign) {
            return Optional.empty();
        }
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException gone) {
            return "";
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (IOException missing) {
            return List.of();
        }
    }
}

package dev.loopgate.diagnose;

import dev.loopgate.model.Forward.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Linux, which tells everybody of each socket (proc_pid_net(5)), and of a process what it has open to those who may see it. */
final class LinuxMachine implements Machine {

    /** The state of a listening socket of TCP. */
    private static final String LISTEN = "0A";

    /** That of a socket of UDP without a peer. */
    private static final String UNCONNECTED = "07";

    private static final int ADDRESS = 1;
    private static final int STATE = 3;
    private static final int USER = 7;
    private static final int INODE = 9;

    private static final String SOCKET = "socket:[";

    private final Path proc;
    private final Path passwd;

    /**
     * @param proc as mounted at {@code /proc}
     * @param passwd as in passwd(5)
     */
    LinuxMachine(Path proc, Path passwd) {
        this.proc = proc;
        this.passwd = passwd;
    }

    private record Entry(Protocol protocol, InetSocketAddress address, String user, long inode) {}

    @Override
    public List<Listening> listening() {
        List<Entry> entries = new ArrayList<>();
        for (Protocol protocol : Protocol.values()) {
            for (String table : List.of(protocol.toString(), protocol + "6")) {
                for (String line : lines(proc.resolve("net").resolve(table))) {
                    entry(protocol, line).ifPresent(entries::add);
                }
            }
        }
        Set<Long> inodes = new HashSet<>();
        entries.forEach(entry -> inodes.add(entry.inode));
        Map<Long, Long> pids = pids(inodes);
        Map<String, String> users = users();
        return entries.stream()
                .map(entry -> new Listening(
                        entry.protocol,
                        entry.address,
                        pids.getOrDefault(entry.inode, 0L),
                        Optional.of(users.getOrDefault(entry.user, entry.user))))
                .toList();
    }

    private static Optional<Entry> entry(Protocol protocol, String line) {
        String[] fields = line.strip().split(" +", -1);
        if (fields.length <= INODE || !fields[STATE].equals(protocol == Protocol.TCP ? LISTEN : UNCONNECTED)) {
            return Optional.empty();
        }
        int colon = fields[ADDRESS].indexOf(':');
        InetAddress address = address(fields[ADDRESS].substring(0, colon));
        int port = Integer.parseInt(fields[ADDRESS].substring(colon + 1), 16);
        return Optional.of(
                new Entry(protocol, new InetSocketAddress(address, port), fields[USER], Long.parseLong(fields[INODE])));
    }

    /** Words of four bytes, each as this machine stores it. */
    private static InetAddress address(String hex) {
        byte[] words = HexFormat.of().parseHex(hex);
        byte[] address = new byte[words.length];
        for (int i = 0; i < words.length; i++) {
            address[i] = words[ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? i : (i & ~3) + 3 - (i & 3)];
        }
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(hex, impossible);
        }
    }

    /**
     * Which process has a socket open. Of several that share one it is the first that was started, which has most likely
     * opened it for its workers; but systemd only opens what others serve.
     */
    private Map<Long, Long> pids(Set<Long> inodes) {
        Map<Long, Long> found = new HashMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
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
                String target = Files.readSymbolicLink(descriptor).toString();
                if (target.startsWith(SOCKET)) {
                    inodes.add(Long.parseLong(target.substring(SOCKET.length(), target.length() - 1)));
                }
            }
        } catch (IOException | DirectoryIteratorException foreign) {
            // Another user's, or it has just ended or closed something.
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
        String command = Printable.of(arguments.isBlank() ? comm : arguments.replace('\0', ' '));
        Optional<Path> directory = link(process(pid, "cwd"));
        return Optional.of(new OpenPort.Owner(
                pid,
                Printable.of(name(pid, comm, arguments)),
                command,
                user(pid),
                directory,
                directory.flatMap(Project::rootOf),
                SystemPortHolders.isGateway(command)));
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

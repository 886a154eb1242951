package dev.loopgate.diagnose;

import dev.loopgate.model.Forward.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import oshi.SystemInfo;

/**
 * Who listens on a few ports of TCP. A gateway asks while it serves, and its answers wait: on Linux the tables are read as
 * they are (proc(5)), since oshi's native part takes half a second to load and ten megabytes to keep. Elsewhere oshi is
 * asked. Any thread; blocks for some 20 ms.
 */
final class PortListeners {

    private static final String LISTEN = "0A";
    private static final int ADDRESS = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private final Path proc;

    PortListeners() {
        this(Path.of("/proc"));
    }

    /** @param proc the system's folder of processes; where it does not exist, oshi is asked */
    PortListeners(Path proc) {
        this.proc = proc;
    }

    private record Entry(InetSocketAddress address, long inode) {}

    /** Their sockets, with pid 0 where the system tells the process only to others. */
    List<ListeningSocket> on(IntPredicate ports) {
        return on(ports, process -> true);
    }

    /**
     * The same, of some processes only: to look into all of them is what takes long. Elsewhere than on Linux, of all.
     *
     * @param processes by their folders below {@code /proc}
     */
    List<ListeningSocket> on(IntPredicate ports, Predicate<Path> processes) {
        if (!Files.isReadable(proc.resolve("net/tcp"))) {
            return new SystemInfo()
                    .getOperatingSystem().getInternetProtocolStats().getConnections().stream()
                            .filter(socket ->
                                    SystemSockets.listens(Protocol.TCP, socket) && ports.test(socket.getLocalPort()))
                            .map(SystemSockets::listening)
                            .toList();
        }
        List<Entry> entries = new ArrayList<>();
        read(proc.resolve("net/tcp"), ports, entries);
        read(proc.resolve("net/tcp6"), ports, entries);
        Set<Long> wanted = new HashSet<>();
        entries.forEach(entry -> wanted.add(entry.inode));
        Map<Long, Long> pids = pids(wanted, processes);
        return entries.stream()
                .map(entry -> new ListeningSocket(entry.address, pids.getOrDefault(entry.inode, 0L)))
                .toList();
    }

    private static void read(Path table, IntPredicate ports, List<Entry> entries) {
        try {
            for (String line : Files.readAllLines(table, StandardCharsets.ISO_8859_1)) {
                String[] fields = line.strip().split(" +", -1);
                if (fields.length > INODE && fields[STATE].equals(LISTEN)) {
                    int colon = fields[ADDRESS].indexOf(':');
                    int port = Integer.parseInt(fields[ADDRESS].substring(colon + 1), 16);
                    if (ports.test(port)) {
                        InetAddress address = address(fields[ADDRESS].substring(0, colon));
                        entries.add(new Entry(new InetSocketAddress(address, port), Long.parseLong(fields[INODE])));
                    }
                }
            }
        } catch (IOException noIpv6) {
            // There is no such table: nobody listens there.
            return;
        }
    }

    /** Words of four bytes, each as this machine stores it. */
    private static InetAddress address(String hex) throws UnknownHostException {
        byte[] words = HexFormat.of().parseHex(hex);
        if (java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.BIG_ENDIAN) {
            return InetAddress.getByAddress(words);
        }
        byte[] address = new byte[words.length];
        for (int i = 0; i < words.length; i++) {
            address[i] = words[(i & ~3) + 3 - (i & 3)];
        }
        return InetAddress.getByAddress(address);
    }

    /** Which process has a socket open; of several that share one the first, which most likely has opened it. */
    private Map<Long, Long> pids(Set<Long> inodes, Predicate<Path> wanted) {
        Map<Long, Long> found = new HashMap<>();
        if (inodes.isEmpty()) {
            return found;
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (wanted.test(process)) {
                    search(process, inodes, found);
                }
                if (found.size() == inodes.size()) {
                    break;
                }
            }
        } catch (IOException unreadable) {
            // What was found is found.
            return found;
        }
        return found;
    }

    private static void search(Path process, Set<Long> inodes, Map<Long, Long> found) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                String target = Files.readSymbolicLink(descriptor).toString();
                if (target.startsWith("socket:[")) {
                    long inode = Long.parseLong(target.substring("socket:[".length(), target.length() - 1));
                    if (inodes.contains(inode)) {
                        found.putIfAbsent(
                                inode, Long.parseLong(process.getFileName().toString()));
                    }
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException goneOrForeign) {
            // Another user's, or it has just ended.
            return;
        }
    }
}

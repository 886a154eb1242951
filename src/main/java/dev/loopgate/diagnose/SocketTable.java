package dev.loopgate.diagnose;

import dev.loopgate.model.Forward.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntPredicate;

/** The sockets of TCP and UDP as Linux shows them to everybody (proc_pid_net(5)); none elsewhere. Any thread. */
public final class SocketTable {

    private static final int ADDRESS = 1;
    private static final int PEER = 2;
    private static final int STATE = 3;
    private static final int QUEUES = 4;
    private static final int USER = 7;
    private static final int INODE = 9;

    private final Path folder;

    /** Of TCP; UDP knows of its sockets only whether they have a peer. */
    public enum State {
        ESTABLISHED,
        TIME_WAIT,
        LISTEN,
        /** Nobody is at the other end: of UDP, one that takes datagrams from anybody. */
        UNCONNECTED,
        OTHER
    }

    /**
     * One socket.
     *
     * @param waiting of a listening socket: connections that nobody has accepted yet
     * @param user the number of whose it is
     * @param inode by which its process has it open
     */
    public record Entry(InetSocketAddress address, int peerPort, State state, long waiting, String user, long inode) {}

    /** @param proc as mounted at {@code /proc} */
    public SocketTable(Path proc) {
        folder = proc.resolve("net");
    }

    boolean exists() {
        return Files.isReadable(folder.resolve("tcp"));
    }

    /** Those on some ports of this machine. Blocks for a moment. */
    public List<Entry> of(Protocol protocol, IntPredicate ports) {
        List<Entry> entries = new ArrayList<>();
        for (String table : List.of(protocol.toString(), protocol + "6")) {
            try {
                for (String line : Files.readAllLines(folder.resolve(table), StandardCharsets.ISO_8859_1)) {
                    String[] fields = line.strip().split(" +", INODE + 2);
                    if (fields.length > INODE && fields[INODE].matches("\\d+") && ports.test(port(fields[ADDRESS]))) {
                        entries.add(entry(fields));
                    }
                }
            } catch (IOException noIpv6) {
                // There is no such table: nobody has a socket there.
            }
        }
        return entries;
    }

    /** Those that take connections, or datagrams from anybody. */
    List<Entry> listening(Protocol protocol, IntPredicate ports) {
        State wanted = protocol == Protocol.TCP ? State.LISTEN : State.UNCONNECTED;
        return of(protocol, ports).stream()
                .filter(entry -> entry.state == wanted)
                .toList();
    }

    private static Entry entry(String[] fields) {
        return new Entry(
                new InetSocketAddress(address(fields[ADDRESS]), port(fields[ADDRESS])),
                port(fields[PEER]),
                state(fields[STATE]),
                Long.parseLong(fields[QUEUES].substring(fields[QUEUES].indexOf(':') + 1), 16),
                fields[USER],
                Long.parseLong(fields[INODE]));
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16);
    }

    /** Words of four bytes, each as this machine stores it. */
    private static InetAddress address(String field) {
        byte[] words = HexFormat.of().parseHex(field.substring(0, field.indexOf(':')));
        byte[] address = new byte[words.length];
        for (int i = 0; i < words.length; i++) {
            address[i] = words[ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? i : (i & ~3) + 3 - (i & 3)];
        }
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(field, impossible);
        }
    }

    private static State state(String number) {
        return switch (number) {
            case "01" -> State.ESTABLISHED;
            case "06" -> State.TIME_WAIT;
            case "07" -> State.UNCONNECTED;
            case "0A" -> State.LISTEN;
            default -> State.OTHER;
        };
    }
}

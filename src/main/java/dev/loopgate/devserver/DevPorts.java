package dev.loopgate.devserver;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.zip.CRC32;

/**
 * Ports for dev servers: free on every address of both families, none that browsers refuse to open, outside the range that
 * the system takes the ports of outgoing connections from, and the same one for a project each time, so that what a
 * browser remembers of it stays good. Gives each port once. One thread.
 */
public final class DevPorts {

    /** https://fetch.spec.whatwg.org/#port-blocking, those above 1023. */
    private static final Set<Integer> BLOCKED = Set.of(
            1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
            10080);

    /** The first that the system leaves alone is taken; few well-known services have their port in one of these. */
    private static final List<Range> RANGES = List.of(
            new Range(20_100, 24_999), new Range(10_100, 14_999), new Range(4_100, 4_999), new Range(61_000, 65_535));

    private static final Path OUTGOING = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

    private final Range range;
    private final IntPredicate free;
    private final Set<Integer> given = new HashSet<>();

    record Range(int first, int last) {

        boolean overlaps(Range other) {
            return first <= other.last && other.first <= last;
        }

        int size() {
            return last - first + 1;
        }
    }

    public DevPorts() {
        this(rangeBeside(outgoing()), DevPorts::isFree);
    }

    DevPorts(Range range, IntPredicate free) {
        this.range = range;
        this.free = free;
    }

    /**
     * @param project what tells projects of the same name apart, such as the folder
     * @throws IOException where all are taken, with a message for people
     */
    public int portFor(Path project, String name) throws IOException {
        CRC32 hash = new CRC32();
        hash.update((project + "\n" + name).getBytes(StandardCharsets.UTF_8));
        int start = (int) (hash.getValue() % range.size());
        for (int step = 0; step < range.size(); step++) {
            int port = range.first + (start + step) % range.size();
            if (!BLOCKED.contains(port) && !given.contains(port) && free.test(port)) {
                given.add(port);
                return port;
            }
        }
        throw new IOException("none of the ports from " + range.first + " to " + range.last + " is free");
    }

    static boolean isBlocked(int port) {
        return BLOCKED.contains(port);
    }

    static Range rangeBeside(Range outgoing) {
        return RANGES.stream()
                .filter(range -> !range.overlaps(outgoing))
                .findFirst()
                .orElse(RANGES.get(0));
    }

    /** Linux's; the systems that do not tell have the range of IANA. */
    private static Range outgoing() {
        try {
            String[] ends = Files.readString(OUTGOING).strip().split("\\s+", -1);
            return new Range(Integer.parseInt(ends[0]), Integer.parseInt(ends[1]));
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException unknown) {
            return new Range(49_152, 65_535);
        }
    }

    /** Whether somebody takes connections there, on either loopback address. Blocks for a moment. */
    public static boolean answers(int port) {
        return Arrival.accepts(port);
    }

    /**
     * A socket that is bound and yet accepts nothing cannot be reached by anybody. Each address on its own: on macOS one that
     * stands for all can be bound beside a server that has one of them. Reuse passes over what connections of the last run have
     * left, not over whoever listens.
     */
    private static boolean isFree(int port) {
        return binds(new InetSocketAddress(port))
                && Loopback.ADDRESSES.stream()
                        .allMatch(address -> binds(new InetSocketAddress(address, port))
                                // Of a family that this machine does not have, nobody has a port.
                                || !binds(new InetSocketAddress(address, 0)));
    }

    private static boolean binds(InetSocketAddress address) {
        try (Socket probe = new Socket()) {
            probe.setReuseAddress(true);
            probe.bind(address);
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}

package dev.loopgate.diagnose;

import dev.loopgate.model.Forward.Protocol;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Whose a socket is, where its process may not be seen: Linux shows the user's number of each socket to everybody. */
final class SocketOwners {

    /** In {@code /proc/net/tcp}: listening (proc(5)). */
    private static final String LISTEN = "0A";

    /** In {@code /proc/net/udp}: without a peer. */
    private static final String UNCONNECTED = "07";

    private static final int ADDRESS = 1;
    private static final int STATE = 3;
    private static final int USER = 7;

    private final Path tables;
    private final Path users;

    SocketOwners() {
        this(Path.of("/proc/net"), Path.of("/etc/passwd"));
    }

    SocketOwners(Path tables, Path users) {
        this.tables = tables;
        this.users = users;
    }

    /** The user behind the listening socket on this port; where several listen on it, the first that is found. */
    Optional<String> userOf(Protocol protocol, InetSocketAddress socket) {
        String state = protocol == Protocol.TCP ? LISTEN : UNCONNECTED;
        String port = String.format(Locale.ROOT, ":%04X", socket.getPort());
        for (String table : List.of(protocol.toString(), protocol + "6")) {
            for (String line : lines(tables.resolve(table))) {
                String[] fields = line.strip().split("\\s+", -1);
                if (fields.length > USER && fields[STATE].equals(state) && fields[ADDRESS].endsWith(port)) {
                    return Optional.of(name(fields[USER]));
                }
            }
        }
        return Optional.empty();
    }

    private String name(String number) {
        for (String line : lines(users)) {
            String[] fields = line.split(":", -1);
            if (fields.length > 2 && fields[2].equals(number)) {
                return fields[0];
            }
        }
        return number;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (IOException notLinux) {
            return List.of();
        }
    }
}

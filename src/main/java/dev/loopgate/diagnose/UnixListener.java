package dev.loopgate.diagnose;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether a Unix socket takes connections.
 *
 * @param path with {@code @} in front for an abstract one, of which only Linux knows, and not whom it belongs to
 * @param text one clause
 */
public record UnixListener(String path, boolean up, String text) {

    /** Connects, closes, sends nothing. Blocks for a moment. */
    public static UnixListener look(String path) {
        if (path.startsWith("@")) {
            return lookAbstract(path);
        }
        if (!Files.exists(Path.of(path))) {
            return new UnixListener(path, false, "there is no socket " + path);
        }
        try (SocketChannel channel = connect(path)) {
            return new UnixListener(path, channel.isConnected(), path + " takes connections");
        } catch (IOException e) {
            return new UnixListener(path, false, path + ": " + e.getMessage());
        }
    }

    /** At once: the queue of a process that is stopped is full at some time, and to wait for a place in it has no limit. */
    private static SocketChannel connect(String path) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.configureBlocking(false);
            if (!channel.connect(UnixDomainSocketAddress.of(path))) {
                throw new IOException("as many wait as it lets wait, and it takes none of them");
            }
            channel.configureBlocking(true);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Java cannot connect to it; Linux tells whether anybody listens (proc_pid_net(5)). */
    private static UnixListener lookAbstract(String name) {
        try (Stream<String> sockets = Files.lines(Path.of("/proc/net/unix"))) {
            boolean up = sockets.map(line -> line.split(" +", 8))
                    .anyMatch(fields -> fields.length == 8 && fields[3].equals("00010000") && fields[7].equals(name));
            return new UnixListener(
                    name, up, up ? name + " takes connections" : "nothing listens on the abstract socket " + name);
        } catch (IOException e) {
            return new UnixListener(name, false, "this system has no abstract sockets, such as " + name);
        }
    }

    /**
     * What is spoken there. Blocks, for a few times the limit at most.
     *
     * @return empty where no connection can be made
     */
    public Optional<Speech> speech(Duration limit) {
        if (!up || path.startsWith("@")) {
            return Optional.empty();
        }
        try (SocketChannel channel = connect(path)) {
            return Optional.of(SpeechProbe.plain(new Connection.Unix(channel), "localhost", limit));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}

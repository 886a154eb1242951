package dev.loopgate.net;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The file of a Unix socket, held so that its mode and owner are given to that very file: whoever may write to its folder
 * could put a link to another file in its place meanwhile. That takes Linux; elsewhere the file is looked at just before.
 */
final class HeldFile implements AutoCloseable {

    private static final int FILE_TYPE = 0170000;
    private static final int SOCKET = 0140000;

    private static final int O_PATH = 0x200000;
    private static final int O_CLOEXEC = 0x80000;
    private static final int FOR_ITS_OWNER = 0600;

    private static final int NONE = -1;

    private final Path path;
    private final int descriptor;

    private HeldFile(Path path, int descriptor) {
        this.path = path;
        this.descriptor = descriptor;
    }

    /** @throws IOException also where there is something else than a socket */
    static HeldFile of(Path file) throws IOException {
        HeldFile held = open(file);
        try {
            if (!isSocket(held.path) || !Objects.equals(held.key(), key(file))) {
                throw new IOException("something else was put in the place of the socket");
            }
            return held;
        } catch (IOException e) {
            held.close();
            throw e;
        }
    }

    private static HeldFile open(Path file) throws IOException {
        if (Platform.isLinux() && Files.isDirectory(Path.of("/proc/self/fd"))) {
            try {
                byte[] name = Native.toByteArray(file.toString(), System.getProperty("sun.jnu.encoding", "UTF-8"));
                int descriptor = SystemCalls.C.open(name, O_PATH | O_CLOEXEC);
                return new HeldFile(Path.of("/proc/self/fd/" + descriptor), descriptor);
            } catch (LastErrorException e) {
                throw new IOException("it cannot be opened: error " + e.getErrorCode(), e);
            } catch (LinkageError uncallable) {
                // As elsewhere.
            }
        }
        if (Files.isSymbolicLink(file)) {
            throw new IOException("a link was put in the place of the socket");
        }
        return new HeldFile(file, NONE);
    }

    /** Whether there is a socket; no link to one. */
    static boolean isSocketItself(Path file) throws IOException {
        return isSocket(file, LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean isSocket(Path file, LinkOption... options) throws IOException {
        return ((int) Files.getAttribute(file, "unix:mode", options) & FILE_TYPE) == SOCKET;
    }

    /** Leads to the file itself. */
    Path path() {
        return path;
    }

    /** What tells the file from every other one. */
    @Nullable
    Object key() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /** The same of what is at a path now; a link has its own. */
    static @Nullable Object key(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    /** Nobody else shall be able to connect to the file that a channel will be bound to, where the system offers that. */
    static void bindForItsOwner(Channel channel) {
        if (channel instanceof EpollServerDomainSocketChannel socket) {
            try {
                // unix(7) has bind(2) give the file the mode that the socket has.
                SystemCalls.C.fchmod(socket.fd().intValue(), FOR_ITS_OWNER);
            } catch (LastErrorException | LinkageError without) {
                // The umask has to do.
            }
        }
    }

    @Override
    public void close() {
        if (descriptor != NONE) {
            SystemCalls.C.close(descriptor);
        }
    }
}

package dev.loopgate.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Arrays;

/** A hosts file on the disk. Blocks; the last writer wins only where nobody else wrote meanwhile. */
public final class HostsFile {

    private final Path path;

    public HostsFile(Path path) {
        this.path = path;
    }

    public byte[] read() throws IOException {
        return Files.readAllBytes(path);
    }

    /**
     * Puts other content in its place, with mode, owner and attributes as they were. Readers see the old file or the new one
     * wherever the file can be replaced; where it cannot, as a container's, it is written in place from the first
     * difference on.
     *
     * @param seen what was read before; anything else there by now is left alone
     * @throws java.nio.file.AccessDeniedException (and others) where it may not be written
     */
    public void replace(byte[] seen, byte[] content) throws IOException {
        // Where it is a link, the file that it leads to is meant.
        Path real = path.toRealPath();
        if (!Arrays.equals(seen, Files.readAllBytes(real))) {
            throw new IOException("somebody else has just written to it: try again");
        }
        if (!renamed(real, content)) {
            overwrite(real, seen, content);
        }
    }

    private static boolean renamed(Path real, byte[] content) {
        Path next = real.resolveSibling("." + real.getFileName() + ".loopgate-"
                + ProcessHandle.current().pid());
        try {
            // A copy has what a new file would lack: mode, owner, and labels such as SELinux's.
            Files.copy(real, next, StandardCopyOption.COPY_ATTRIBUTES);
            try (FileChannel file =
                    FileChannel.open(next, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                writeAll(file, ByteBuffer.wrap(content));
                file.force(true);
            }
            if (!sameOwner(real, next)) {
                return false;
            }
            Files.move(next, real, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (IOException | UnsupportedOperationException mounted) {
            return false;
        } finally {
            delete(next);
        }
    }

    private static boolean sameOwner(Path a, Path b) throws IOException {
        if (!Files.getFileStore(a).supportsFileAttributeView("posix")) {
            return true;
        }
        PosixFileAttributes one = Files.readAttributes(a, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        PosixFileAttributes other = Files.readAttributes(b, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return one.owner().equals(other.owner())
                && one.group().equals(other.group())
                && one.permissions().equals(other.permissions());
    }

    private static void overwrite(Path real, byte[] seen, byte[] content) throws IOException {
        int same = Arrays.mismatch(seen, content);
        if (same < 0) {
            return;
        }
        try (FileChannel file = FileChannel.open(real, StandardOpenOption.WRITE)) {
            file.position(same);
            writeAll(file, ByteBuffer.wrap(content, same, content.length - same));
            file.truncate(content.length);
            file.force(true);
        }
    }

    private static void writeAll(FileChannel file, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    private static void delete(Path next) {
        try {
            Files.deleteIfExists(next);
        } catch (IOException stays) {
            // A leftover beside the file is read by nobody.
        }
    }
}

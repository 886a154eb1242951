package dev.loopgate.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
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
        if (!renamed(real, seen, content)) {
            requireSeen(real, seen);
            overwrite(real, seen, content);
        }
    }

    private static void requireSeen(Path real, byte[] seen) throws IOException {
        if (!Arrays.equals(seen, Files.readAllBytes(real))) {
            throw new IOException("somebody else has just written to it: try again");
        }
    }

    /**
     * @return false where no other file can take its place
     * @throws IOException where there is no room for the new content, which must not be tried on the file itself then
     */
    private static boolean renamed(Path real, byte[] seen, byte[] content) throws IOException {
        Path folder = real.getParent();
        if (folder == null || !Files.isWritable(folder)) {
            return false;
        }
        // A name that nobody can have prepared.
        Path next = Files.createTempFile(folder, "." + real.getFileName() + ".", ".loopgate");
        try {
            // A copy has what a new file would lack: mode, owner, and labels such as SELinux's.
            Files.copy(real, next, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
            try (FileChannel file = FileChannel.open(
                    next, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING, LinkOption.NOFOLLOW_LINKS)) {
                writeAll(file, ByteBuffer.wrap(content));
                file.force(true);
            }
            if (!sameOwner(real, next)) {
                return false;
            }
            requireSeen(real, seen);
            return moved(next, real);
        } finally {
            delete(next);
        }
    }

    private static boolean moved(Path next, Path real) throws IOException {
        try {
            Files.move(next, real, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (FileSystemException mounted) {
            return false;
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

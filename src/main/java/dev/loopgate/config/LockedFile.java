package dev.loopgate.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the content of a file in one step, so that whoever reads it sees the old one or the new one, and so that of
 * several who do so at once nobody undoes what another did. Mode, owner and attributes stay; a file that cannot be
 * replaced, such as one that is mounted by itself or has several names, is written in place. The lock is on the file itself
 * and leaves nothing behind. Blocks.
 */
public final class LockedFile {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long PAUSE_NANOS = 5_000_000;

    /** What is to become of a content. */
    public interface Change {

        /**
         * May be called again where somebody else was quicker.
         *
         * @param before empty where there is no such file
         * @return empty where it is to stay as it is
         */
        Optional<byte[]> of(Optional<byte[]> before) throws IOException;
    }

    private LockedFile() {}

    /**
     * @param file followed where it is a symbolic link
     * @throws IOException where it cannot be read or written, or others keep it
     */
    public static void change(Path file, Change change) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!once(file, change)) {
            if (System.nanoTime() > deadline) {
                throw new FileSystemException(file.toString(), null, "others keep changing it");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** @return false where somebody else was quicker */
    private static boolean once(Path file, Change change) throws IOException {
        Path real;
        try {
            real = file.toRealPath();
        } catch (NoSuchFileException absent) {
            if (Files.isSymbolicLink(file)) {
                throw absent;
            }
            return create(file, change);
        }
        Seen seen = Seen.of(real);
        try (FileChannel channel = FileChannel.open(real, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock lock = lock(channel)) {
            // The lock is on what was opened; by now the name may be that of something newer.
            if (lock == null || !seen.equals(Seen.of(real))) {
                return false;
            }
            byte[] before = Channels.newInputStream(channel).readAllBytes();
            Optional<byte[]> after = change.of(Optional.of(before));
            if (after.isEmpty() || Arrays.equals(after.get(), before)) {
                return true;
            }
            return replace(real, seen, channel, before, after.get());
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException ourOwn) {
            return null;
        }
    }

    private static boolean create(Path file, Change change) throws IOException {
        Optional<byte[]> content = change.of(Optional.empty());
        if (content.isEmpty()) {
            return true;
        }
        Path fresh = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".new");
        try {
            Files.write(fresh, content.get(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            // Unlike a rename, a link fails where somebody else has made the file meanwhile.
            Files.createLink(file, fresh);
            return true;
        } catch (FileAlreadyExistsException quicker) {
            return false;
        } catch (FileSystemException | UnsupportedOperationException noLinks) {
            return createInPlace(file, content.get());
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /**
     * Where a file cannot have a second name. Somebody else may find it before it has its content: he waits for the lock,
     * or was quicker to have it, and then it is his.
     */
    static boolean createInPlace(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                FileLock lock = lock(channel)) {
            if (lock == null) {
                return false;
            }
            write(channel, ByteBuffer.wrap(content));
            // Whoever had the lock before may have put another file in its place.
            return Arrays.equals(content, Files.readAllBytes(file));
        } catch (FileAlreadyExistsException quicker) {
            return false;
        }
    }

    /** @return false where somebody else was quicker */
    private static boolean replace(Path real, Seen seen, FileChannel channel, byte[] before, byte[] after)
            throws IOException {
        Optional<Path> next = severalNames(real) ? Optional.empty() : successor(real, after);
        try {
            if (!seen.equals(Seen.of(real))) {
                return false;
            }
            if (next.isPresent() && moved(next.get(), real)) {
                return true;
            }
        } finally {
            if (next.isPresent()) {
                Files.deleteIfExists(next.get());
            }
        }
        int same = Arrays.mismatch(before, after);
        channel.position(same);
        write(channel, ByteBuffer.wrap(after, same, after.length - same));
        channel.truncate(after.length);
        return true;
    }

    /**
     * Another file of that content, beside the one whose place it is to take.
     *
     * @return empty where none can be made that is like it
     * @throws IOException where there is no room for the content, which must not be tried on the file itself then
     */
    private static Optional<Path> successor(Path real, byte[] content) throws IOException {
        Path folder = real.getParent();
        if (folder == null || !Files.isWritable(folder)) {
            return Optional.empty();
        }
        // A name that nobody can have prepared.
        Path fresh = Files.createTempFile(folder, "." + real.getFileName() + ".", ".new");
        boolean alike = false;
        try {
            // A copy has what a new file would lack: mode, owner, and labels such as SELinux's.
            Files.copy(real, fresh, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
            try (FileChannel channel = FileChannel.open(
                    fresh, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING, LinkOption.NOFOLLOW_LINKS)) {
                write(channel, ByteBuffer.wrap(content));
            }
            alike = sameOwner(real, fresh);
            return alike ? Optional.of(fresh) : Optional.empty();
        } finally {
            if (!alike) {
                Files.deleteIfExists(fresh);
            }
        }
    }

    /** Not over a file that is mounted by itself, as those of a container are. */
    private static boolean moved(Path fresh, Path real) throws IOException {
        try {
            Files.move(fresh, real, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return true;
        } catch (FileSystemException mounted) {
            return false;
        }
    }

    private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(true);
    }

    /** A file with another name elsewhere keeps being the same file. */
    private static boolean severalNames(Path real) throws IOException {
        try {
            return Files.getAttribute(real, "unix:nlink") instanceof Integer count && count > 1;
        } catch (UnsupportedOperationException | IllegalArgumentException notUnix) {
            return false;
        }
    }

    private static boolean sameOwner(Path a, Path b) throws IOException {
        if (!Files.getFileStore(a).supportsFileAttributeView(PosixFileAttributeView.class)) {
            return true;
        }
        PosixFileAttributes one = Files.readAttributes(a, PosixFileAttributes.class);
        PosixFileAttributes other = Files.readAttributes(b, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return one.owner().equals(other.owner())
                && one.group().equals(other.group())
                && one.permissions().equals(other.permissions());
    }

    /** What tells a file from one that has taken its name, or has been written to since. */
    private record Seen(String inode, long size, FileTime modified) {

        static Seen of(Path path) throws IOException {
            BasicFileAttributes basic = Files.readAttributes(path, BasicFileAttributes.class);
            return new Seen(String.valueOf(basic.fileKey()), basic.size(), basic.lastModifiedTime());
        }
    }
}

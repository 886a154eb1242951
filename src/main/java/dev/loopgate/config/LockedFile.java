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
 * several who do so at once nobody undoes what another did. The lock is on the file itself and leaves nothing behind.
 */
final class LockedFile {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long PAUSE_NANOS = 5_000_000;

    /** What is to become of a content. */
    interface Change {

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
    static void change(Path file, Change change) throws IOException {
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
            return seen.equals(Seen.of(real)) && replace(real, channel, after.get());
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
        Files.write(fresh, content.get(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            // Unlike a rename, a link fails where somebody else has made the file meanwhile.
            Files.createLink(file, fresh);
            return true;
        } catch (FileAlreadyExistsException quicker) {
            return false;
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static boolean replace(Path real, FileChannel channel, byte[] content) throws IOException {
        if (!severalNames(real)) {
            Path fresh = write(real, content);
            try {
                if (inherits(real, fresh)) {
                    Files.move(fresh, real, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                    return true;
                }
            } catch (FileSystemException mounted) {
                // A file that is mounted by itself cannot be renamed over.
            } finally {
                Files.deleteIfExists(fresh);
            }
        }
        channel.position(0);
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.truncate(content.length);
        channel.force(true);
        return true;
    }

    /** Beside the file, on the same file system. */
    private static Path write(Path file, byte[] content) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Path fresh = Files.createTempFile(folder, "." + file.getFileName() + ".", ".new");
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(fresh);
            throw e;
        }
        return fresh;
    }

    /** A file with another name elsewhere keeps being the same file. */
    private static boolean severalNames(Path real) throws IOException {
        try {
            return Files.getAttribute(real, "unix:nlink") instanceof Integer count && count > 1;
        } catch (UnsupportedOperationException | IllegalArgumentException notUnix) {
            return false;
        }
    }

    /** @return whether the new file could be given the owner, group and mode of the old one */
    private static boolean inherits(Path old, Path fresh) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(fresh, PosixFileAttributeView.class);
        if (view == null) {
            return true;
        }
        PosixFileAttributes wanted = Files.readAttributes(old, PosixFileAttributes.class);
        PosixFileAttributes has = view.readAttributes();
        try {
            if (!has.owner().equals(wanted.owner())) {
                view.setOwner(wanted.owner());
            }
            if (!has.group().equals(wanted.group())) {
                view.setGroup(wanted.group());
            }
            view.setPermissions(wanted.permissions());
            return true;
        } catch (FileSystemException notAllowed) {
            return false;
        }
    }

    /** What tells a file from one that has taken its name, or has been written to since. */
    private record Seen(String inode, long size, FileTime modified) {

        static Seen of(Path path) throws IOException {
            BasicFileAttributes basic = Files.readAttributes(path, BasicFileAttributes.class);
            return new Seen(String.valueOf(basic.fileKey()), basic.size(), basic.lastModifiedTime());
        }
    }
}

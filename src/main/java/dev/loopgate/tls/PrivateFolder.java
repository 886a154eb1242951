package dev.loopgate.tls;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * A folder that nobody else may enter, of files that nobody else may read. Blocks; safe for use by any thread and by several
 * processes.
 */
final class PrivateFolder {

    private static final Set<PosixFilePermission> OURS_ALONE =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    private static final Set<PosixFilePermission> OUR_FOLDER = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);
    private static final long PATIENCE_MILLIS = 10_000;

    private final Path path;

    PrivateFolder(Path path) {
        this.path = path;
    }

    /** A failure in words: what Java says of a file is its name, as often as not. */
    static IOException explained(Path otherwise, IOException failure) {
        if (!(failure instanceof FileSystemException system)) {
            return failure.getMessage() == null || !failure.getMessage().contains(otherwise.toString())
                    ? new IOException(otherwise + ": " + failure.getMessage(), failure)
                    : failure;
        }
        Path file = system.getFile() == null ? otherwise : Path.of(system.getFile());
        String reason;
        if (failure instanceof AccessDeniedException) {
            reason = "permission denied; it has to belong to the user who runs Loopgate";
        } else if (failure instanceof NoSuchFileException) {
            reason = "there is no such file";
        } else if (failure instanceof FileAlreadyExistsException || failure instanceof NotDirectoryException) {
            reason = "it is no folder, or a link that leads nowhere; move it away";
        } else {
            reason = system.getReason() == null ? failure.getClass().getSimpleName() : system.getReason();
        }
        return new IOException(file + ": " + reason, failure);
    }

    /** Makes it where it is missing, and closes it to others. */
    void prepare() throws IOException {
        Path parent = path.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            try {
                Files.createDirectory(path, attributes(OUR_FOLDER));
            } catch (FileAlreadyExistsException other) {
                if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    throw new IOException(path + " is no folder; move it away", other);
                }
            }
        }
        if (posix() && !Files.getPosixFilePermissions(path).equals(OUR_FOLDER)) {
            // Fails where the folder is another user's, whose authority is not to be ours.
            Files.setPosixFilePermissions(path, OUR_FOLDER);
        }
    }

    interface Work<T> {
        T run() throws IOException;
    }

    /** Keeps other processes out meanwhile. */
    <T> T whileLocked(Work<T> work) throws IOException {
        try (FileChannel file = FileChannel.open(
                path.resolve("lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                attributes(OURS_ALONE))) {
            // Until the file is closed.
            await(path, file);
            return work.run();
        }
    }

    /** Another thread of this process may have it as well, in tests. */
    private static void await(Path folder, FileChannel file) throws IOException {
        long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        while (true) {
            try {
                if (file.tryLock() != null) {
                    return;
                }
            } catch (OverlappingFileLockException ours) {
                // As if another process had it.
            }
            if (System.nanoTime() - end > 0) {
                throw new IOException("another process keeps " + folder + " locked");
            }
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    /** Never seen half-written, nor by anybody else. */
    void write(Path file, String text) throws IOException {
        Path draft = Files.createTempFile(path, "draft", ".pem", attributes(OURS_ALONE));
        try {
            Files.writeString(draft, text, StandardCharsets.ISO_8859_1);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /** Closes a file to others, whoever has opened it to them. */
    static void close(Path file) throws IOException {
        if (posix() && !Files.getPosixFilePermissions(file).equals(OURS_ALONE)) {
            Files.setPosixFilePermissions(file, OURS_ALONE);
        }
    }

    private static FileAttribute<?>[] attributes(Set<PosixFilePermission> permissions) {
        // Elsewhere it is the user's profile that is closed to others.
        return posix()
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }

    private static boolean posix() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }
}

package dev.loopgate.builtin;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder for the sockets of one process that nobody but its user can enter. Blocks. */
final class SocketFolder {

    private static final String PREFIX = "files-";

    /** The system's limit, its closing zero included, is 104 bytes at the least (macOS; Linux has 108). */
    private static final int LONGEST_PATH = 103;

    private static final int LONGEST_NAME = "/files-0123456789012345678/9999.sock".length();

    private final Path path;

    private SocketFolder(Path path) {
        this.path = path;
    }

    /**
     * In {@code $XDG_RUNTIME_DIR/loopgate}, else in the folder for temporary files. What a process that is no more has
     * left there goes.
     */
    static SocketFolder create(UnaryOperator<@Nullable String> environment) throws IOException {
        String runtime = environment.apply("XDG_RUNTIME_DIR");
        if (runtime != null && runtime.startsWith("/")) {
            Path base = Path.of(runtime, "loopgate");
            if (base.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length + LONGEST_NAME <= LONGEST_PATH
                    && Files.isDirectory(Path.of(runtime))) {
                if (!Files.isDirectory(base)) {
                    Files.createDirectories(base, closed(base));
                }
                removeLeftovers(base);
                return new SocketFolder(Files.createTempDirectory(base, PREFIX, closed(base)));
            }
        }
        Path temporary = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
        return new SocketFolder(Files.createTempDirectory(temporary, "loopgate-" + PREFIX, closed(temporary)));
    }

    Path socket(int number) {
        return path.resolve(number + ".sock");
    }

    void delete() throws IOException {
        delete(path);
    }

    private static FileAttribute<?>[] closed(Path near) {
        boolean posix = near.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
    }

    private static void removeLeftovers(Path base) throws IOException {
        Instant longAgo = Instant.now().minus(Duration.ofMinutes(1));
        for (Path folder : list(base)) {
            boolean ours = String.valueOf(folder.getFileName()).startsWith(PREFIX) && Files.isDirectory(folder);
            if (ours
                    && Files.getLastModifiedTime(folder).toInstant().isBefore(longAgo)
                    && list(folder).stream().noneMatch(SocketFolder::answers)) {
                delete(folder);
            }
        }
    }

    private static boolean answers(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            return false;
        }
    }

    private static void delete(Path folder) throws IOException {
        for (Path entry : list(folder)) {
            Files.deleteIfExists(entry);
        }
        Files.deleteIfExists(folder);
    }

    private static List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }
}

package dev.loopgate.observe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** A file that is appended to, and opened anew where somebody has moved or removed it (as logrotate does). */
final class FileSink implements LogSink {

    private final Path path;
    private FileChannel channel;
    private @Nullable Object identity;

    private FileSink(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        this.identity = identityOf(path);
    }

    /** @throws IOException with a message that says what is wrong, for people */
    static FileSink open(Path path) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        if (Files.isDirectory(path)) {
            throw new IOException("cannot write the access log " + path + ": it is a folder");
        }
        if (parent != null && !Files.isDirectory(parent)) {
            throw new IOException("cannot write the access log " + path + ": the folder " + parent + " does not exist");
        }
        try {
            return new FileSink(path, append(path));
        } catch (AccessDeniedException e) {
            throw new IOException("cannot write the access log " + path + ": permission denied", e);
        } catch (IOException e) {
            throw new IOException("cannot write the access log " + path + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        reopenWhereMoved();
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    @Override
    public String name() {
        return path.toString();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void reopenWhereMoved() throws IOException {
        Object now;
        try {
            now = identityOf(path);
        } catch (NoSuchFileException moved) {
            now = null;
        }
        if (now != null && now.equals(identity)) {
            return;
        }
        if (now == null && identity == null && Files.exists(path)) {
            // A file system without file keys: nothing to compare.
            return;
        }
        FileChannel old = channel;
        channel = append(path);
        identity = identityOf(path);
        old.close();
    }

    private static FileChannel append(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static @Nullable Object identityOf(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }
}

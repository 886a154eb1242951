package dev.loopgate.cli;

import dev.loopgate.net.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where a gateway in the background writes what it says: URLs and addresses that are nobody else's business, so in a folder
 * and a file that only this user may look into.
 *
 * @param before how long it was before this gateway
 */
record BackgroundLog(Path file, long before) {

    private static final Set<PosixFilePermission> PRIVATE_FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> PRIVATE_FILE = PosixFilePermissions.fromString("rw-------");

    private static final long LARGEST = 4 << 20;
    private static final int TOLD_LINES = 12;

    /**
     * {@code loopgate/gateway.log} in {@code $XDG_STATE_HOME}, else in {@code ~/.local/state}, else beside the gateway's
     * socket in {@code $XDG_RUNTIME_DIR}: without any of them no gateway could be found either.
     *
     * @throws IOException where it cannot be written, or could be read by others; with a message for people
     */
    static BackgroundLog open(UnaryOperator<@Nullable String> environment) throws IOException {
        Path folder = parent(environment).resolve("loopgate");
        if (folder.getParent() != null) {
            Files.createDirectories(folder.getParent());
        }
        try {
            Files.createDirectory(folder, attribute(PRIVATE_FOLDER));
        } catch (FileAlreadyExistsException usual) {
            close(folder, PRIVATE_FOLDER);
        }
        Path file = folder.resolve("gateway.log");
        if (Files.isSymbolicLink(file)) {
            throw new IOException(file + " is a link, which is not followed (to go on without it: rm " + file + ")");
        }
        try {
            if (Files.size(file) > LARGEST) {
                Files.move(file, file.resolveSibling("gateway.log.1"), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (NoSuchFileException none) {
            // It is new, or another process has just moved it.
        }
        try {
            Files.createFile(file, attribute(PRIVATE_FILE));
        } catch (FileAlreadyExistsException usual) {
            close(file, PRIVATE_FILE);
        }
        return new BackgroundLog(file, Files.size(file));
    }

    private static Path parent(UnaryOperator<@Nullable String> environment) throws IOException {
        for (String variable : List.of("XDG_STATE_HOME", "HOME", "XDG_RUNTIME_DIR")) {
            String value = environment.apply(variable);
            if (value != null && value.startsWith("/")) {
                return variable.equals("HOME") ? Path.of(value, ".local/state") : Path.of(value);
            }
        }
        throw new IOException("neither HOME nor XDG_STATE_HOME is set");
    }

    /** What somebody else owns cannot be closed, and is refused by that. */
    private static void close(Path path, Set<PosixFilePermission> permissions) throws IOException {
        if (!Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS).equals(permissions)) {
            Files.setPosixFilePermissions(path, permissions);
        }
    }

    private static FileAttribute<?> attribute(Set<PosixFilePermission> permissions) {
        return PosixFilePermissions.asFileAttribute(permissions);
    }

    /** With the gateway's own words: it knows best why it has not started. */
    CommandFailure failure(int status) throws IOException {
        byte[] all = Files.readAllBytes(file);
        int from = (int) Math.min(before, all.length);
        String text = new String(all, from, all.length - from, StandardCharsets.UTF_8);
        List<String> said = text.lines()
                .map(Printable::of)
                .filter(line -> !line.isEmpty())
                .map(line -> line.replaceFirst("^loopgate: ", ""))
                .toList();
        List<String> lines = new ArrayList<>();
        lines.add("the gateway could not be started in the background");
        lines.addAll(said.subList(Math.max(0, said.size() - TOLD_LINES), said.size()));
        lines.add("all it said is in " + file);
        return new CommandFailure(status, lines);
    }
}

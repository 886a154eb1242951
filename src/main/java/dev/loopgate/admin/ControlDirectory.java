package dev.loopgate.admin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder that holds one socket for each running gateway of a user. Nobody else may enter it: who can connect to a
 * socket in it is that user (or root).
 */
public final class ControlDirectory {

    private static final Set<PosixFilePermission> OURS_ALONE = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);
    private static final String SUFFIX = ".sock";
    private static final Pattern NAME = Pattern.compile("([0-9]{1,18})(?:-[0-9]+)?[.]sock");

    private final Path path;

    private ControlDirectory(Path path) {
        this.path = path;
    }

    /**
     * {@code $XDG_RUNTIME_DIR/loopgate}; without that, {@code loopgate/run} in {@code $XDG_STATE_HOME} or
     * {@code $HOME/.local/state}.
     *
     * @param environment the value of a variable, or null; not the JVM's {@code user.home}, which ignores {@code HOME}
     * @return empty where none of the variables is set
     */
    public static Optional<ControlDirectory> from(UnaryOperator<@Nullable String> environment) {
        Optional<Path> path = absolute(environment.apply("XDG_RUNTIME_DIR"))
                .map(dir -> dir.resolve("loopgate"))
                .or(() -> absolute(environment.apply("XDG_STATE_HOME")).map(dir -> dir.resolve("loopgate/run")))
                .or(() -> absolute(environment.apply("HOME")).map(dir -> dir.resolve(".local/state/loopgate/run")));
        return path.map(ControlDirectory::new);
    }

    public static ControlDirectory at(Path path) {
        return new ControlDirectory(path);
    }

    /** The sockets there are, alive or not. */
    List<Path> sockets() {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.filter(entry -> entry.toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Those that processes of that number made, alive or not. */
    List<Path> socketsOf(long pid) {
        return sockets().stream()
                .filter(socket -> pidOf(socket).equals(OptionalLong.of(pid)))
                .toList();
    }

    /** The process that made a socket; empty of one that is not named after its process. */
    static OptionalLong pidOf(Path socket) {
        Matcher name = NAME.matcher(String.valueOf(socket.getFileName()));
        return name.matches() ? OptionalLong.of(Long.parseLong(name.group(1))) : OptionalLong.empty();
    }

    /** Where the socket of that process goes; {@code attempt} tells apart processes of the same number in containers. */
    Path socketOf(long pid, int attempt) {
        return path.resolve(attempt == 0 ? pid + SUFFIX : pid + "-" + attempt + SUFFIX);
    }

    /**
     * Makes sure that the folder is there, is this user's, and is closed to everybody else.
     *
     * @throws IOException where it cannot be so, with a message for people
     */
    void prepare() throws IOException {
        FileAttribute<?> closed = PosixFilePermissions.asFileAttribute(OURS_ALONE);
        Path parent = path.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(path, closed);
        }
        Path probe = Files.createTempFile(
                path,
                "owner",
                "",
                PosixFilePermissions.asFileAttribute(
                        EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)));
        UserPrincipal us;
        try {
            us = Files.getOwner(probe);
        } finally {
            Files.delete(probe);
        }
        if (!Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).equals(us)) {
            throw new IOException(path + " belongs to another user");
        }
        if (!Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS).equals(OURS_ALONE)) {
            Files.setPosixFilePermissions(path, OURS_ALONE);
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }

    private static Optional<Path> absolute(@Nullable String value) {
        // The XDG base directory specification wants relative paths ignored.
        return value == null || !value.startsWith("/") ? Optional.empty() : Optional.of(Path.of(value));
    }
}

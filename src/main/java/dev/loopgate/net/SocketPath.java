package dev.loopgate.net;

import dev.loopgate.model.Forward.SocketFile;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The file of a Unix socket that is listened on. It is bound under another name beside its place and moved there once it has
 * its mode and owner: until then it is its owner's alone (what the umask leaves, where that takes Linux), and whoever connects
 * to the place at the time finds the old one or the new. Blocks.
 */
final class SocketPath {

    private final Path place;
    private final Path aside;
    private volatile SocketFile access;
    private @Nullable Object published;

    /** @param access who may connect */
    SocketPath(String path, SocketFile access) {
        this.access = access;
        place = Path.of(path);
        String name = Integer.toString(ThreadLocalRandom.current().nextInt(36 * 36 * 36, 36 * 36 * 36 * 36), 36);
        // At most six longer than the place: what the configuration leaves of the system's limit.
        aside = place.resolveSibling(".lg" + name);
    }

    SocketAddress address() {
        return address(place.toString());
    }

    /** Only to be shown and compared: Java's own sockets have another kind, which knows no abstract names. */
    static SocketAddress address(String path) {
        return new DomainSocketAddress(path);
    }

    /**
     * Makes sure that nothing is lost by taking the place.
     *
     * @return where to bind
     */
    Path prepare() throws BindFailure {
        try {
            if (!HeldFile.isSocketItself(place)) {
                throw failure(BindFailure.Kind.OTHER, "a file that is no socket is there; move it away");
            }
            if (isListenedOn()) {
                throw failure(BindFailure.Kind.TAKEN, "another process listens on it");
            }
        } catch (NoSuchFileException free) {
            if (!Files.isDirectory(parent())) {
                throw failure(BindFailure.Kind.OTHER, "there is no folder " + parent());
            }
        } catch (BindFailure known) {
            throw known;
        } catch (IOException e) {
            throw failure(e);
        }
        return aside;
    }

    /** A full queue is one, too. */
    private boolean isListenedOn() throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(place));
            return true;
        } catch (ConnectException nobody) {
            return false;
        } catch (SocketException other) {
            throw failure(BindFailure.Kind.TAKEN, "a socket is there that cannot be asked: " + other.getMessage());
        }
    }

    /** Puts what was bound in its place. */
    synchronized void publish() throws BindFailure {
        try {
            Object key = permit(aside);
            Files.move(aside, place, StandardCopyOption.ATOMIC_MOVE);
            published = key;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** From the next {@link #permit()} on; does not block. */
    void open(SocketFile next) {
        access = next;
    }

    /** Gives it the mode and owner that were asked for last. */
    synchronized void permit() throws BindFailure {
        try {
            if (isOurs()) {
                permit(place);
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** @return the file's key */
    private @Nullable Object permit(Path file) throws IOException {
        try (HeldFile held = HeldFile.of(file)) {
            permit(Files.getFileAttributeView(held.path(), PosixFileAttributeView.class), access);
            return held.key();
        }
    }

    private void permit(PosixFileAttributeView view, SocketFile access) throws IOException {
        UserPrincipalLookupService principals = place.getFileSystem().getUserPrincipalLookupService();
        if (access.group().isPresent()) {
            String group = access.group().get();
            try {
                view.setGroup(principals.lookupPrincipalByGroupName(group));
            } catch (UserPrincipalNotFoundException e) {
                throw new IOException("there is no group " + group, e);
            } catch (FileSystemException e) {
                throw new IOException("it cannot be given to the group " + group + ": " + words(e), e);
            }
        }
        if (access.user().isPresent()) {
            String user = access.user().get();
            try {
                view.setOwner(principals.lookupPrincipalByName(user));
            } catch (UserPrincipalNotFoundException e) {
                throw new IOException("there is no user " + user, e);
            } catch (FileSystemException e) {
                throw new IOException("it cannot be given to " + user + ": " + words(e), e);
            }
        }
        // Last, while it may be: whoever gives a file away is root.
        view.setPermissions(PosixFilePermissions.fromString(symbols(access.mode())));
    }

    private static String symbols(int mode) {
        StringBuilder symbols = new StringBuilder();
        for (int bit = 8; bit >= 0; bit--) {
            symbols.append((mode >> bit & 1) == 0 ? '-' : "xwr".charAt(bit % 3));
        }
        return symbols.toString();
    }

    /** Takes the file away, unless somebody else has put another one there. */
    synchronized void remove() {
        try {
            Files.deleteIfExists(isOurs() ? place : aside);
        } catch (IOException left) {
            // Whoever listens next takes it for what it is: a socket that nobody listens on.
        }
    }

    private boolean isOurs() throws IOException {
        try {
            return published != null && Objects.equals(published, HeldFile.key(place));
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    private Path parent() {
        return Optional.ofNullable(place.getParent()).orElse(place);
    }

    private BindFailure failure(IOException e) {
        return e instanceof AccessDeniedException
                ? failure(BindFailure.Kind.FORBIDDEN, "permission denied in " + parent())
                : failure(BindFailure.Kind.OTHER, e instanceof FileSystemException file ? words(file) : message(e));
    }

    BindFailure failure(BindFailure.Kind kind, String reason) {
        return new BindFailure(kind, address(), reason);
    }

    private static String words(FileSystemException e) {
        return e instanceof AccessDeniedException || e.getReason() == null ? "permission denied" : e.getReason();
    }

    private static String message(IOException e) {
        return String.valueOf(e.getMessage());
    }
}

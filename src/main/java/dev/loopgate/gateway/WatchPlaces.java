package dev.loopgate.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The folders in which an event can mean that a configuration has changed, and the names in them that matter. A file may
 * be reached through symbolic links, its own or those of folders above it; each link can be swapped in the folder that
 * holds it, so that folder counts too. This is how a Kubernetes volume changes: {@code file -> ..data/file} stays, and
 * {@code ..data} is replaced.
 */
final class WatchPlaces {

    /** Stands for every name of a folder; no file is called so. */
    static final String ANY_NAME = "/";

    /** As many as Linux follows (path_resolution(7)). */
    private static final int MAX_LINKS = 40;

    private final Map<Path, Set<String>> names = new HashMap<>();

    private WatchPlaces() {}

    /**
     * Blocks: reads the file system.
     *
     * @return real folders that exist, each with the names that matter
     */
    static Map<Path, Set<String>> of(Collection<Path> files, Collection<WatchSet.Glob> globs) {
        WatchPlaces places = new WatchPlaces();
        files.forEach(file -> places.follow(file.toAbsolutePath()));
        for (WatchSet.Glob glob : globs) {
            Path folder = glob.base().toAbsolutePath();
            places.follow(folder);
            real(folder).ifPresent(there -> places.note(there, ANY_NAME));
        }
        return places.names;
    }

    /** Nothing where it does not exist: its name is looked for in the nearest folder that does. */
    private static Optional<Path> real(Path folder) {
        try {
            Path there = folder.toRealPath();
            return Files.isDirectory(there) ? Optional.of(there) : Optional.empty();
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    /** Walks a path as the kernel does, and notes every place where it could be led elsewhere. */
    private void follow(Path path) {
        Deque<Path> rest = new ArrayDeque<>();
        path.forEach(rest::addLast);
        Path at = path.getRoot();
        int links = 0;
        while (at != null && !rest.isEmpty()) {
            Path name = rest.removeFirst();
            String text = name.toString();
            if (text.isEmpty() || text.equals(".")) {
                continue;
            }
            if (text.equals("..")) {
                at = at.getParent() == null ? at : at.getParent();
                continue;
            }
            Path next = at.resolve(name);
            Path target = target(next);
            if (target != null) {
                note(at, text);
                if (++links > MAX_LINKS) {
                    return;
                }
                prepend(rest, target);
                at = target.isAbsolute() ? target.getRoot() : at;
            } else if (rest.isEmpty() || !Files.isDirectory(next)) {
                note(at, text);
                return;
            } else {
                at = next;
            }
        }
    }

    private void note(Path folder, String name) {
        names.computeIfAbsent(folder, at -> new HashSet<>()).add(name);
    }

    private static void prepend(Deque<Path> rest, Path target) {
        for (int i = target.getNameCount() - 1; i >= 0; i--) {
            rest.addFirst(target.getName(i));
        }
    }

    private static @Nullable Path target(Path link) {
        try {
            return Files.isSymbolicLink(link) ? Files.readSymbolicLink(link) : null;
        } catch (IOException gone) {
            return null;
        }
    }
}

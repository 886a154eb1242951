package dev.loopgate.gateway;

import dev.loopgate.config.SourceTexts;
import io.vertx.core.shareddata.Shareable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks at the files of a configuration. A file is read again only where its inode, size or times differ from last
 * time, so that a scan costs a few system calls. Blocks; safe for use by any thread.
 */
final class SourceFiles implements Shareable {

    /**
     * A file that changed less than this before it was read may change again within the same tick of its clock, so its
     * times prove nothing.
     */
    private static final Duration RACY = Duration.ofSeconds(2);

    private final SourceTexts disk;
    private final Map<Path, Known> known = new HashMap<>();
    private final AtomicBoolean forgetful = new AtomicBoolean();
    private volatile WatchSet watched;
    private Instant youngest = Instant.EPOCH;

    SourceFiles(SourceTexts disk, WatchSet watched) {
        this.disk = disk;
        this.watched = watched;
    }

    WatchSet watched() {
        return watched;
    }

    void watch(WatchSet set) {
        watched = set;
    }

    /** The next look reads everything. */
    void forget() {
        forgetful.set(true);
    }

    /** Whether nothing that it saw last had changed shortly before. */
    synchronized boolean calm() {
        return youngest.isBefore(Instant.now().minus(RACY));
    }

    synchronized SourceSnapshot look() {
        if (forgetful.getAndSet(false)) {
            known.values().removeIf(file -> !file.once);
        }
        youngest = Instant.EPOCH;
        WatchSet set = watched;
        TreeSet<Path> paths = new TreeSet<>(set.files());
        SortedMap<WatchSet.Glob, List<Path>> globs = new TreeMap<>();
        for (WatchSet.Glob glob : set.globs()) {
            List<Path> found = glob(glob);
            globs.put(glob, found);
            paths.addAll(found);
        }
        known.keySet().retainAll(paths);
        SortedMap<Path, FileText> files = new TreeMap<>();
        for (Path path : paths) {
            files.put(path, text(path));
        }
        return new SourceSnapshot(files, globs);
    }

    private List<Path> glob(WatchSet.Glob glob) {
        try {
            return disk.glob(glob.base(), glob.pattern());
        } catch (IOException unreadable) {
            return List.of();
        }
    }

    private FileText text(Path path) {
        Known before = known.get(path);
        if (before != null && before.once) {
            return before.text;
        }
        try {
            Stat stat = Stat.of(path);
            if (stat.changed.toInstant().isAfter(youngest)) {
                youngest = stat.changed.toInstant();
            }
            if (before != null && before.proves(stat)) {
                return before.text;
            }
            Instant read = Instant.now();
            FileText text = read(path);
            known.put(path, new Known(stat, read, text, stat.stream));
            return text;
        } catch (IOException failure) {
            known.remove(path);
            return FileText.of(failure);
        }
    }

    private FileText read(Path path) {
        try {
            return FileText.of(disk.content(path));
        } catch (IOException failure) {
            return FileText.of(failure);
        }
    }

    /** @param once a pipe, which can be read only once: its text stays what it was */
    private record Known(Stat stat, Instant read, FileText text, boolean once) {
        boolean proves(Stat now) {
            return stat.equals(now)
                    && stat.changed.toInstant().isBefore(read.minus(RACY))
                    && text.kind() == FileText.Kind.CONTENT;
        }
    }

    /** @param changed when the inode last changed, which no program can set back; where unknown, the text's time */
    private record Stat(String inode, long size, FileTime modified, FileTime changed, boolean stream) {
        static Stat of(Path path) throws IOException {
            BasicFileAttributes basic = Files.readAttributes(path, BasicFileAttributes.class);
            FileTime modified = basic.lastModifiedTime();
            return new Stat(
                    String.valueOf(basic.fileKey()), basic.size(), modified, changed(path, modified), basic.isOther());
        }

        private static FileTime changed(Path path, FileTime otherwise) throws IOException {
            try {
                return Files.getAttribute(path, "unix:ctime") instanceof FileTime time ? time : otherwise;
            } catch (UnsupportedOperationException | IllegalArgumentException notUnix) {
                return otherwise;
            }
        }
    }
}

package dev.loopgate.gateway;

import dev.loopgate.config.SourceTexts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Serves a reader of the configuration from a snapshot, and keeps what it asked for: that is what must be watched from
 * then on. Used by one thread.
 */
final class RecordedTexts implements SourceTexts {

    private final SourceSnapshot snapshot;
    private final SourceTexts disk;
    private final Set<Path> asked = new HashSet<>();
    private final Set<Path> found = new HashSet<>();
    private final Set<WatchSet.Glob> globs = new HashSet<>();
    private boolean surprised;

    RecordedTexts(SourceSnapshot snapshot, SourceTexts disk) {
        this.snapshot = snapshot;
        this.disk = disk;
    }

    @Override
    public byte[] content(Path file) throws IOException {
        asked.add(file);
        FileText known = snapshot.files().get(file);
        if (known == null) {
            surprised = true;
            return disk.content(file);
        }
        return known.require(file);
    }

    @Override
    public List<Path> glob(Path base, String pattern) throws IOException {
        WatchSet.Glob glob = new WatchSet.Glob(base, pattern);
        globs.add(glob);
        List<Path> known = snapshot.globs().get(glob);
        if (known == null) {
            surprised = true;
            known = disk.glob(base, pattern);
        }
        found.addAll(known);
        return known;
    }

    /** Whether something was asked for that the snapshot lacks, so that nobody knows yet whether it is half-written. */
    boolean surprised() {
        return surprised;
    }

    WatchSet watched() {
        Set<Path> files = new HashSet<>(asked);
        files.removeAll(found);
        return new WatchSet(files, globs);
    }
}

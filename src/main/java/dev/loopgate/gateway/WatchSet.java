package dev.loopgate.gateway;

import java.nio.file.Path;
import java.util.Set;

/**
 * What a configuration is made of on disk: the files that were asked for by name, and the patterns that name more.
 *
 * @param files absolute
 */
record WatchSet(Set<Path> files, Set<Glob> globs) {

    WatchSet {
        files = Set.copyOf(files);
        globs = Set.copyOf(globs);
    }

    static WatchSet of(Path file) {
        return new WatchSet(Set.of(file), Set.of());
    }

    /**
     * A pattern of file names.
     *
     * @param base the folder where the search begins, without a wildcard
     */
    record Glob(Path base, String pattern) implements Comparable<Glob> {
        @Override
        public int compareTo(Glob other) {
            int byBase = base.compareTo(other.base);
            return byBase != 0 ? byBase : pattern.compareTo(other.pattern);
        }
    }
}

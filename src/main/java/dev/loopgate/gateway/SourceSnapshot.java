package dev.loopgate.gateway;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The files of a configuration at one moment, and its form as one text, in which it passes through vertx-config. Two
 * snapshots are the same where their texts are.
 */
record SourceSnapshot(SortedMap<Path, FileText> files, SortedMap<WatchSet.Glob, List<Path>> globs) {

    SourceSnapshot {
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
        globs = Collections.unmodifiableSortedMap(new TreeMap<>(globs));
    }

    /** Whether a file may be in the middle of being replaced. */
    boolean bare() {
        return files.values().stream().anyMatch(FileText::bare);
    }

    /** Whether there is nothing at all. */
    boolean missing() {
        return files.values().stream().allMatch(file -> file.kind() == FileText.Kind.MISSING);
    }

    /** Whether it is of one and the same file as the other, which is there and not empty, then and now. */
    boolean replaces(SourceSnapshot other) {
        return globs.isEmpty()
                && other.globs.isEmpty()
                && files.size() == 1
                && files.keySet().equals(other.files.keySet())
                && Stream.of(this, other)
                        .flatMap(snapshot -> snapshot.files.values().stream())
                        .allMatch(file -> file.kind() == FileText.Kind.CONTENT && !file.bare());
    }

    /** What is left of it where only this is looked at. */
    SourceSnapshot within(WatchSet set) {
        SortedMap<WatchSet.Glob, List<Path>> patterns = new TreeMap<>(globs);
        patterns.keySet().retainAll(set.globs());
        SortedMap<Path, FileText> texts = new TreeMap<>(files);
        texts.keySet()
                .removeIf(path -> !set.files().contains(path)
                        && patterns.values().stream().noneMatch(found -> found.contains(path)));
        return new SourceSnapshot(texts, patterns);
    }

    /** Each string behind its length, so that nothing in a file can be taken for the frame. */
    String encode() {
        StringBuilder out = new StringBuilder();
        put(out, files.size());
        for (Map.Entry<Path, FileText> file : files.entrySet()) {
            put(out, file.getKey().toString());
            out.append(file.getValue().kind().letter);
            put(out, file.getValue().text());
        }
        put(out, globs.size());
        for (Map.Entry<WatchSet.Glob, List<Path>> glob : globs.entrySet()) {
            put(out, glob.getKey().base().toString());
            put(out, glob.getKey().pattern());
            put(out, glob.getValue().size());
            glob.getValue().forEach(path -> put(out, path.toString()));
        }
        return out.toString();
    }

    static SourceSnapshot decode(String encoded) {
        Frame in = new Frame(encoded);
        SortedMap<Path, FileText> files = new TreeMap<>();
        for (int left = in.number(); left > 0; left--) {
            Path path = Path.of(in.string());
            files.put(path, new FileText(FileText.Kind.of(in.letter()), in.string()));
        }
        SortedMap<WatchSet.Glob, List<Path>> globs = new TreeMap<>();
        for (int left = in.number(); left > 0; left--) {
            WatchSet.Glob glob = new WatchSet.Glob(Path.of(in.string()), in.string());
            List<Path> found = new ArrayList<>();
            for (int paths = in.number(); paths > 0; paths--) {
                found.add(Path.of(in.string()));
            }
            globs.put(glob, List.copyOf(found));
        }
        return new SourceSnapshot(files, globs);
    }

    private static void put(StringBuilder out, int number) {
        out.append(number).append(' ');
    }

    private static void put(StringBuilder out, String text) {
        put(out, text.length());
        out.append(text);
    }

    /** Reads what {@link #encode} wrote. */
    private static final class Frame {
        private final String text;
        private int at;

        Frame(String text) {
            this.text = text;
        }

        int number() {
            int end = text.indexOf(' ', at);
            int number = Integer.parseInt(text, at, end, 10);
            at = end + 1;
            return number;
        }

        char letter() {
            return text.charAt(at++);
        }

        String string() {
            int length = number();
            at += length;
            return text.substring(at - length, at);
        }
    }
}

package dev.loopgate.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** The files of this machine. */
public final class DiskTexts implements SourceTexts {

    /** How many folders deep {@code **} looks; links may lead in circles. */
    private static final int DEEPEST = 16;

    @Override
    public byte[] content(Path file) throws IOException {
        // Not all at once by its size: a pipe has none, and a device has no end.
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(YamlText.LARGEST + 1);
        }
    }

    @Override
    public List<Path> glob(Path base, String pattern) throws IOException {
        SortedSet<Path> found = new TreeSet<>();
        try {
            walk(base, List.of(pattern.split("/")), found, 0);
        } catch (DirectoryIteratorException failed) {
            throw failed.getCause();
        }
        return List.copyOf(found);
    }

    private static void walk(Path folder, List<String> segments, SortedSet<Path> found, int depth) throws IOException {
        String segment = segments.get(0);
        List<String> rest = segments.subList(1, segments.size());
        boolean any = segment.equals("**");
        if (any && !rest.isEmpty()) {
            walk(folder, rest, found, depth);
        }
        for (Path child : children(folder, any ? "*" : segment)) {
            if (rest.isEmpty() && Files.isRegularFile(child)) {
                found.add(child);
            } else if (!rest.isEmpty() && depth < DEEPEST && Files.isDirectory(child)) {
                walk(child, any ? segments : rest, found, depth + 1);
            }
        }
    }

    private static List<Path> children(Path folder, String pattern) throws IOException {
        Path place = folder.toString().isEmpty() ? Path.of(".") : folder;
        if (!Files.isDirectory(place)) {
            return List.of();
        }
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(place)) {
            for (Path child : stream) {
                Path name = child.getFileName();
                if (matcher.matches(name) && (!name.toString().startsWith(".") || pattern.startsWith("."))) {
                    children.add(folder.resolve(name));
                }
            }
        } catch (NotDirectoryException vanished) {
            return List.of();
        }
        return children;
    }
}

package dev.loopgate.config;

import dev.loopgate.config.Item.Mapping;
import dev.loopgate.config.Item.Scalar;
import dev.loopgate.config.ReadSources.Glob;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.PatternSyntaxException;

/** The files of one configuration: the main one, and those that its {@code include} names. Remembers all it was asked for. */
final class SourceFiles {

    private final SourceTexts texts;
    private final Problems problems;
    private final Variables variables;
    private final Scalars scalars;
    private final Set<Path> files = new LinkedHashSet<>();
    private final List<Glob> globs = new ArrayList<>();

    SourceFiles(SourceTexts texts, Problems problems, Variables variables) {
        this.texts = texts;
        this.problems = problems;
        this.variables = variables;
        scalars = new Scalars(problems);
    }

    ReadSources sources() {
        return new ReadSources(List.copyOf(files), globs);
    }

    /** The map that a file is; empty, with a problem, where it is none. */
    Optional<Mapping> load(Path file) {
        return load(file, new Place(file, 1, 1));
    }

    /** The maps of the files that {@code include} names, in order, each file once and never the main one. */
    List<Mapping> include(Path mainFile, Item item) {
        List<Mapping> included = new ArrayList<>();
        if (Scalars.isNull(item)) {
            return included;
        }
        for (Item one : scalars.oneOrMore(item)) {
            Optional<Scalar> pattern = scalars.scalar(one, "a file, or a pattern such as loopgate.d/*.yaml");
            for (Path file : pattern.map(scalar -> matches(mainFile, scalar)).orElse(List.of())) {
                if (!files.contains(file)) {
                    load(file, one.place()).ifPresent(included::add);
                }
            }
        }
        return included;
    }

    private List<Path> matches(Path mainFile, Scalar scalar) {
        Path base = scalar.text().startsWith("/")
                ? Path.of("/")
                : Optional.ofNullable(mainFile.getParent()).orElse(Path.of(""));
        List<String> pattern = new ArrayList<>();
        try {
            for (String segment : scalar.text().split("/", -1)) {
                boolean wild = segment.matches(".*[*?\\[{].*");
                if (wild) {
                    FileSystems.getDefault().getPathMatcher("glob:" + segment);
                }
                if (wild || !pattern.isEmpty()) {
                    if (segment.equals("..")) {
                        problems.error(
                                scalar.place(), scalar.shown() + " has .. behind a wildcard", "write it without");
                        return List.of();
                    }
                    pattern.add(segment);
                } else if (!segment.isEmpty() && !segment.equals(".")) {
                    base = base.resolve(segment);
                }
            }
        } catch (PatternSyntaxException | InvalidPathException fault) {
            problems.error(scalar.place(), scalar.shown() + " is no file and no pattern of files");
            return List.of();
        }
        if (scalar.text().isBlank()) {
            problems.error(scalar.place(), "an empty name names no file");
            return List.of();
        }
        pattern.removeIf(segment -> segment.isEmpty() || segment.equals("."));
        return pattern.isEmpty() ? List.of(base) : glob(scalar, new Glob(base, String.join("/", pattern)));
    }

    private List<Path> glob(Scalar scalar, Glob glob) {
        globs.add(glob);
        try {
            return texts.glob(glob.base(), glob.pattern());
        } catch (IOException fault) {
            problems.error(scalar.place(), "cannot look for " + scalar.shown() + ": " + reason(fault));
            return List.of();
        }
    }

    private Optional<Mapping> load(Path file, Place asked) {
        files.add(file);
        byte[] content;
        try {
            content = texts.content(file);
        } catch (IOException fault) {
            problems.error(asked, "cannot read " + file + ": " + reason(fault));
            return Optional.empty();
        }
        YamlTree tree = new YamlTree(file, problems, variables);
        return new YamlText(file, problems).decode(content).flatMap(tree::parse).flatMap(item -> {
            if (item instanceof Mapping mapping) {
                return Optional.of(mapping);
            }
            problems.error(
                    item.place(),
                    "a configuration is a map, this file is " + item.kind(),
                    "begin with listen:, hosts: or forwards:");
            return Optional.empty();
        });
    }

    /** A file that is not one of the configuration, but of what it speaks of; a problem where it cannot be read. */
    Optional<byte[]> content(Path file, Place asked) {
        try {
            return Optional.of(texts.content(file));
        } catch (IOException fault) {
            problems.error(asked, "cannot read " + file + ": " + reason(fault));
            return Optional.empty();
        }
    }

    private static String reason(IOException fault) {
        if (fault instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (fault instanceof AccessDeniedException) {
            return "permission denied";
        }
        String message = fault instanceof FileSystemException system ? system.getReason() : fault.getMessage();
        return message == null ? fault.getClass().getSimpleName() : message;
    }
}

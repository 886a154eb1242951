package dev.loopgate.devserver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Where a folder is in Git's eyes, by the files of the repository: to start git would take longer. */
public final class GitPlace {

    private static final String POINTER = "gitdir: ";
    private static final String BRANCH = "ref: refs/heads/";
    private static final String REMOTE = "ref: refs/remotes/origin/";

    private GitPlace() {}

    /** The root of the working tree that the folder is in. */
    static Optional<Path> rootOf(Path directory) {
        for (Path folder = directory; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve(".git"))) {
                return Optional.of(folder);
            }
        }
        return Optional.empty();
    }

    /**
     * What tells this working tree from the main one: the branch of a linked working tree, as a label of a host name; empty
     * in the main one, and for the branch that the repository regards as its main one.
     */
    public static Optional<String> branchOf(Path directory) {
        Optional<Path> linked = rootOf(directory).flatMap(GitPlace::linked);
        if (linked.isEmpty()) {
            return Optional.empty();
        }
        String head = firstLine(linked.get().resolve("HEAD")).orElse("");
        Path common = common(linked.get());
        String main = firstLine(common.resolve("refs/remotes/origin/HEAD"))
                .filter(line -> line.startsWith(REMOTE))
                .map(line -> line.substring(REMOTE.length()))
                .orElse("");
        if (!head.startsWith(BRANCH)) {
            // No branch is checked out: the tree has at least a name.
            return Optional.of(ProjectName.label(String.valueOf(linked.get().getFileName())))
                    .filter(label -> !label.isEmpty());
        }
        String branch = head.substring(BRANCH.length());
        boolean isMain = branch.equals(main) || (main.isEmpty() && (branch.equals("main") || branch.equals("master")));
        return isMain
                ? Optional.empty()
                : Optional.of(ProjectName.label(branch)).filter(label -> !label.isEmpty());
    }

    /** The folder of the main working tree, of which this is a linked one: that has the project's name. */
    static Optional<Path> mainFolder(Path root) {
        return linked(root)
                .map(GitPlace::common)
                .filter(common -> common.endsWith(".git"))
                .map(Path::getParent);
    }

    /** Git's own folder for a linked working tree; empty for the main one, and for a submodule, which has one too. */
    private static Optional<Path> linked(Path root) {
        Path file = root.resolve(".git");
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return firstLine(file)
                    .filter(line -> line.startsWith(POINTER))
                    .map(line -> root.resolve(line.substring(POINTER.length())).normalize())
                    .filter(folder -> Files.exists(folder.resolve("commondir")));
        } catch (InvalidPathException noPath) {
            return Optional.empty();
        }
    }

    private static Path common(Path linked) {
        try {
            return firstLine(linked.resolve("commondir"))
                    .map(line -> linked.resolve(line).normalize())
                    .orElse(linked);
        } catch (InvalidPathException noPath) {
            return linked;
        }
    }

    private static Optional<String> firstLine(Path file) {
        try {
            return Files.readString(file).lines().findFirst().map(String::strip);
        } catch (IOException none) {
            return Optional.empty();
        }
    }
}

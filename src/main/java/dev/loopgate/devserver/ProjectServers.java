package dev.loopgate.devserver;

import dev.loopgate.model.ServerCommand;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/** The dev servers of a project that says so itself, in a Procfile or in its {@code package.json}. Reads the disk only. */
public final class ProjectServers {

    private static final Pattern PROCESS = Pattern.compile("([A-Za-z0-9_-]+):\\s*(\\S.*)");
    private static final Pattern LISTED = Pattern.compile("\\s*-\\s*[\"']?([^\"'#]+?)[\"']?\\s*(#.*)?");

    /** Lines of a Procfile that start no server. */
    private static final Set<String> NO_SERVERS = Set.of("release");

    private static final int DEPTH = 5;
    private static final String SCRIPT = "dev";

    private final Path root;
    private final String name;

    /** @param root absolute */
    public ProjectServers(Path root) {
        this.root = root;
        this.name = ProjectName.of(root);
    }

    /** Of {@code Procfile.dev}, else of {@code Procfile}; none where there is neither. */
    public List<ServerCommand> procfile() {
        List<ServerCommand> servers = new ArrayList<>();
        for (String line : lines("Procfile.dev").or(() -> lines("Procfile")).orElse(List.of())) {
            Matcher matcher = PROCESS.matcher(line.strip());
            if (matcher.matches() && !NO_SERVERS.contains(matcher.group(1))) {
                servers.add(server(ProjectName.label(matcher.group(1)), matcher.group(2), root));
            }
        }
        return servers;
    }

    /** The packages of its workspaces that have a script {@code dev}. */
    public List<ServerCommand> workspaces() {
        List<String> patterns = patterns();
        if (patterns.isEmpty()) {
            return List.of();
        }
        List<PathMatcher> wanted =
                matchers(patterns.stream().filter(text -> !text.startsWith("!")).toList());
        List<PathMatcher> unwanted = matchers(patterns.stream()
                .filter(text -> text.startsWith("!"))
                .map(text -> text.substring(1))
                .toList());
        List<ServerCommand> servers = new ArrayList<>();
        for (Path folder : folders()) {
            Path relative = root.relativize(folder);
            if (wanted.stream().anyMatch(matcher -> matcher.matches(relative))
                    && unwanted.stream().noneMatch(matcher -> matcher.matches(relative))
                    && DevCommand.ProjectScripts.of(folder).script(SCRIPT).isPresent()) {
                servers.add(server(ProjectName.of(folder), manager() + " run " + SCRIPT, folder));
            }
        }
        return servers;
    }

    /** The words that run the script {@code dev} of the project itself. */
    public Optional<List<String>> script() {
        return DevCommand.ProjectScripts.of(root).script(SCRIPT).map(text -> List.of(manager(), "run", SCRIPT));
    }

    private ServerCommand server(String key, String command, Path directory) {
        Optional<String> host = Optional.of(key.equals(name) ? name : key + "." + name);
        return new ServerCommand(key, command, directory, Map.of(), host);
    }

    /** As the lock file has it: that of another manager would be ignored. */
    private String manager() {
        for (Path folder = root; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("pnpm-lock.yaml"))) {
                return "pnpm";
            }
            if (Files.exists(folder.resolve("yarn.lock"))) {
                return "yarn";
            }
            if (Files.exists(folder.resolve("bun.lock")) || Files.exists(folder.resolve("bun.lockb"))) {
                return "bun";
            }
            if (Files.exists(folder.resolve("package-lock.json")) || Files.exists(folder.resolve(".git"))) {
                return "npm";
            }
        }
        return "npm";
    }

    private List<String> patterns() {
        List<String> patterns = new ArrayList<>();
        boolean packages = false;
        for (String line : lines("pnpm-workspace.yaml").orElse(List.of())) {
            Matcher listed = LISTED.matcher(line);
            if (packages && listed.matches()) {
                patterns.add(listed.group(1));
            } else if (!line.isBlank() && !line.strip().startsWith("#")) {
                packages = line.strip().equals("packages:");
            }
        }
        if (!patterns.isEmpty()) {
            return patterns;
        }
        try {
            Object workspaces = new JsonObject(Files.readString(root.resolve("package.json"))).getValue("workspaces");
            Object list = workspaces instanceof JsonObject json ? json.getValue("packages") : workspaces;
            return list instanceof JsonArray array
                    ? array.stream().map(String::valueOf).toList()
                    : List.of();
        } catch (IOException | DecodeException none) {
            return List.of();
        }
    }

    private static List<PathMatcher> matchers(List<String> patterns) {
        List<PathMatcher> matchers = new ArrayList<>();
        for (String pattern : patterns) {
            try {
                String clean = pattern.replaceFirst("^\\./", "").replaceFirst("/$", "");
                matchers.add(FileSystems.getDefault().getPathMatcher("glob:" + clean));
            } catch (PatternSyntaxException noPattern) {
                // Its package manager will say so.
            }
        }
        return matchers;
    }

    private List<Path> folders() {
        List<Path> folders = new ArrayList<>();
        collect(root, DEPTH, folders);
        return folders;
    }

    private static void collect(Path folder, int depth, List<Path> into) {
        if (depth == 0) {
            return;
        }
        try (Stream<Path> children = Files.list(folder)) {
            for (Path child : children.filter(Files::isDirectory).sorted().toList()) {
                String base = child.getFileName().toString();
                if (!base.equals("node_modules") && !base.startsWith(".")) {
                    if (Files.isRegularFile(child.resolve("package.json"))) {
                        into.add(child);
                    }
                    collect(child, depth - 1, into);
                }
            }
        } catch (IOException unreadable) {
            // Nothing to run there.
        }
    }

    private Optional<List<String>> lines(String file) {
        try {
            return Optional.of(Files.readAllLines(root.resolve(file)));
        } catch (IOException none) {
            return Optional.empty();
        }
    }
}

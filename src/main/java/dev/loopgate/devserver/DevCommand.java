package dev.loopgate.devserver;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sees through the words that a dev server is started with, such as {@code npm run dev}, {@code poetry run} or {@code npx},
 * to the framework that they start.
 */
final class DevCommand {

    /** Scripts that start scripts end somewhere, or are a circle. */
    private static final int DEEPEST = 6;

    private static final Set<String> PREFIXES =
            Set.of("env", "cross-env", "cross-env-shell", "exec", "time", "nice", "dotenv", "env-cmd", "winpty");
    private static final Set<String> RUNNERS = Set.of("poetry", "uv", "pipenv", "pdm", "hatch", "rye");
    private static final Set<String> ONE_OFF = Set.of("npx", "bunx", "pnpx");
    private static final Set<String> PACKAGE_MANAGERS = Set.of("npm", "pnpm", "yarn", "bun");
    private static final Set<String> ELSEWHERE = Set.of("--prefix", "-C", "--dir", "--cwd");
    private static final Set<String> NPM_SHORT = Set.of("start", "test", "restart", "stop");

    /**
     * @param arguments those of the framework's own program
     * @param lead what has to stand before words that are appended for them to reach the framework
     */
    record Found(Framework framework, List<String> arguments, List<String> lead) {}

    private DevCommand() {}

    static Optional<Found> find(List<String> words, Path directory) {
        return find(words, directory, List.of(), DEEPEST);
    }

    private static Optional<Found> find(List<String> words, Path directory, List<String> lead, int depth) {
        if (words.isEmpty() || depth == 0) {
            return Optional.empty();
        }
        String program = program(words.get(0));
        List<String> rest = words.subList(1, words.size());
        if (words.get(0).matches("[A-Za-z_][A-Za-z0-9_]*=.*") || PREFIXES.contains(program)) {
            return find(withoutOptions(rest), directory, lead, depth);
        }
        if ((RUNNERS.contains(program) && startsWith(rest, "run"))
                || (program.equals("bundle") && startsWith(rest, "exec"))) {
            return find(withoutOptions(rest.subList(1, rest.size())), directory, lead, depth);
        }
        if (ONE_OFF.contains(program)) {
            return find(withoutOptions(rest), directory, lead, depth);
        }
        if (PACKAGE_MANAGERS.contains(program)) {
            return script(program, rest, directory, lead, depth);
        }
        return Frameworks.of(program, rest)
                .map(framework -> new Found(framework, rest, lead))
                .or(() -> interpreted(program, rest, directory, lead, depth));
    }

    /** What an interpreter runs. */
    private static Optional<Found> interpreted(
            String program, List<String> rest, Path directory, List<String> lead, int depth) {
        if (program.matches("python[0-9.]*|py")) {
            List<String> module = startsWith(rest, "-m") ? rest.subList(1, rest.size()) : withoutOptions(rest);
            return find(module, directory, lead, depth - 1);
        }
        boolean script = program.equals("node") || program.equals("ruby") || program.equals("php");
        return script ? find(withoutOptions(rest), directory, lead, depth - 1) : Optional.empty();
    }

    private static Optional<Found> script(
            String manager, List<String> words, Path start, List<String> lead, int depth) {
        boolean npm = manager.equals("npm");
        Path directory = start;
        int at = 0;
        for (; at < words.size() && words.get(at).startsWith("-"); at++) {
            if (ELSEWHERE.contains(words.get(at)) && at + 1 < words.size()) {
                directory = resolve(directory, words.get(++at));
            }
        }
        if (at == words.size()) {
            return Optional.empty();
        }
        String verb = words.get(at);
        List<String> rest = words.subList(at + 1, words.size());
        if (Set.of("exec", "dlx", "x").contains(verb)) {
            // npm keeps what has no -- before it for itself.
            return !npm || rest.contains("--")
                    ? find(withoutOptions(rest), directory, lead, depth)
                    : find(withoutOptions(rest), directory, joined(lead, "--"), depth);
        }
        if (verb.equals("run") || verb.equals("run-script")) {
            List<String> named = withoutOptions(rest);
            if (named.isEmpty()) {
                return Optional.empty();
            }
            verb = named.get(0);
            rest = named.subList(1, named.size());
        } else if (npm && !NPM_SHORT.contains(verb)) {
            return Optional.empty();
        }
        Optional<String> text = ProjectScripts.of(directory).script(verb);
        if (text.isEmpty()) {
            // What is no script is a program of the project.
            List<String> tool = words.subList(words.indexOf(verb), words.size());
            return npm ? Optional.empty() : find(tool, directory, lead, depth - 1);
        }
        int separator = rest.indexOf("--");
        List<String> passed = !npm ? rest : separator < 0 ? List.of() : rest.subList(separator + 1, rest.size());
        List<String> deeper = npm && separator < 0 ? joined(lead, "--") : lead;
        Path folder = directory;
        return ShellWords.ofLastCommand(text.get()).flatMap(script -> {
            List<String> all = new ArrayList<>(script);
            all.addAll(passed);
            return find(all, folder, deeper, depth - 1);
        });
    }

    private static List<String> joined(List<String> lead, String word) {
        List<String> all = new ArrayList<>(lead);
        all.add(word);
        return all;
    }

    private static Path resolve(Path directory, String name) {
        try {
            return directory.resolve(name).normalize();
        } catch (InvalidPathException noPath) {
            return directory;
        }
    }

    private static boolean startsWith(List<String> words, String first) {
        return !words.isEmpty() && words.get(0).equals(first);
    }

    private static List<String> withoutOptions(List<String> words) {
        int first = 0;
        while (first < words.size() && words.get(first).startsWith("-")) {
            first++;
        }
        return words.subList(first, words.size());
    }

    /** {@code node_modules/.bin/vite} and {@code ./mvnw.cmd} by the names that they are known by. */
    private static String program(String word) {
        String name = word.substring(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1);
        return name.replaceFirst("\\.(js|mjs|cjs|cmd|exe|bat)$", "");
    }

    /** The scripts of a {@code package.json}. */
    record ProjectScripts(Map<String, Object> scripts) {

        private static final int LARGEST = 1 << 20;

        static ProjectScripts of(Path directory) {
            Path file = directory.resolve("package.json");
            try {
                if (Files.isRegularFile(file) && Files.size(file) <= LARGEST) {
                    Object scripts = new JsonObject(Files.readString(file)).getValue("scripts");
                    if (scripts instanceof JsonObject json) {
                        return new ProjectScripts(json.getMap());
                    }
                }
            } catch (IOException | DecodeException unreadable) {
                // Whoever runs the script will say what is wrong with the file.
            }
            return new ProjectScripts(Map.of());
        }

        Optional<String> script(String name) {
            return Optional.ofNullable(scripts.get(name))
                    .filter(String.class::isInstance)
                    .map(String.class::cast);
        }
    }
}

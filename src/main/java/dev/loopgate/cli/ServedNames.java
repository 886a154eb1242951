package dev.loopgate.cli;

import dev.loopgate.admin.ControlClient;
import dev.loopgate.admin.ControlClient.RunningGateway;
import dev.loopgate.admin.ControlDirectory;
import dev.loopgate.config.Located;
import dev.loopgate.config.ReadResult;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Which names the configuration and the running gateways of this user serve, and who wants them. */
final class ServedNames {

    /** Wants the names of projects that no file holds: they come and go with a dev server. */
    static final String NO_FILE = "loopgate exec";

    /** Who misses a name here has the line taken away. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Surroundings surroundings;
    private final ConfigurationInput input;

    ServedNames(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.input = new ConfigurationInput(surroundings);
    }

    /** The absolute path of a configuration, by which its names are remembered; it need not exist any more. */
    String owner(Path file) {
        return absolute(file).toString();
    }

    private Path absolute(Path file) {
        return surroundings.workingDirectory().resolve(file).toAbsolutePath().normalize();
    }

    /**
     * Patterns by who wants them: of that file alone where one is named, else of the one that is found and of whatever the
     * running gateways serve, attached projects included. Where every gateway has answered, {@link #NO_FILE} is among the
     * owners, though it may want nothing any more.
     *
     * @throws CommandFailure where a file is missing or invalid
     */
    Map<String, Set<String>> byOwner(Optional<Path> named) {
        Map<String, Set<String>> names = new LinkedHashMap<>();
        if (input.locate(named) instanceof Located.Found found) {
            patterns(input.readValid(absolute(found.file())), of(names, owner(found.file())));
        }
        if (named.isEmpty()) {
            ControlClient.Seen seen = seen(PATIENCE);
            if (seen.silent().stream().allMatch(ControlClient.SilentSocket::stale)) {
                of(names, NO_FILE);
            }
            seen.running().forEach(gateway -> gather(gateway.status(), names));
        }
        return names;
    }

    private void gather(JsonObject status, Map<String, Set<String>> names) {
        Set<String> own = new TreeSet<>();
        StatusLists.objects(status, "hosts").forEach(host -> own.add(host.getString("pattern", "")));
        for (JsonObject project : StatusLists.objects(status, "attached")) {
            List<String> theirs = StatusLists.strings(project, "hosts");
            of(names, owner(project)).addAll(theirs);
            theirs.forEach(own::remove);
        }
        of(names, owner(status)).addAll(own);
    }

    /** @param source a gateway or an attached project, either of which may have a file */
    private String owner(JsonObject source) {
        String file = source.getString("file");
        return file == null ? NO_FILE : owner(Path.of(file));
    }

    private static Set<String> of(Map<String, Set<String>> names, String owner) {
        return names.computeIfAbsent(owner, any -> new TreeSet<>());
    }

    /** The same for a shell that completes a word: whatever can be found out, and no complaints. */
    Set<String> asFarAsKnown() {
        Set<String> names = new TreeSet<>();
        try {
            for (RunningGateway gateway : seen(ControlClient.GLANCE).running()) {
                StatusLists.objects(gateway.status(), "hosts")
                        .forEach(host -> names.add(host.getString("pattern", "")));
            }
            if (input.locate(Optional.empty()) instanceof Located.Found found
                    && input.read(absolute(found.file())) instanceof ReadResult.Valid valid) {
                patterns(valid, names);
            }
        } catch (CommandFailure unknown) {
            // What is known so far is better than a message in the middle of a line that somebody types.
        }
        return names;
    }

    private static void patterns(ReadResult.Valid valid, Set<String> names) {
        valid.configuration().hosts().forEach(host -> names.add(host.pattern().toString()));
    }

    private ControlClient.Seen seen(Duration patience) {
        return ControlDirectory.from(asInvoker(surroundings.environment()))
                .map(directory -> new ControlClient(directory).look(patience))
                .orElse(new ControlClient.Seen(List.of(), List.of()));
    }

    /** Behind sudo the gateways are those of whoever called it. */
    private static UnaryOperator<@Nullable String> asInvoker(UnaryOperator<@Nullable String> environment) {
        String user = environment.apply("SUDO_UID");
        if (user == null || !user.matches("[0-9]+") || environment.apply("XDG_RUNTIME_DIR") != null) {
            return environment;
        }
        Path runtime = Path.of("/run/user", user);
        return name -> name.equals("XDG_RUNTIME_DIR") && Files.isDirectory(runtime)
                ? runtime.toString()
                : environment.apply(name);
    }
}

package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.RunningProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A copy of a folder with a README, in which the ports are others, since nobody knows which are free. The commands are those
 * that the README has people type.
 */
final class Example {

    private static final String SHIPPED_PORT = "62893";
    private final Rig rig;
    private final Path folder;
    private final Map<String, Integer> ports = new HashMap<>();
    private final Map<String, String> environment;
    private final Set<String> asked = new HashSet<>();
    private final Set<String> run = new HashSet<>();

    /** @param shipped the ports that the folder's files name, besides the gateway's; each is replaced by a free one */
    Example(Rig rig, String source, String... shipped) {
        this(rig, source, Map.of(), shipped);
    }

    /** @param others what is to stand in the place of other ports */
    Example(Rig rig, String source, Map<String, Integer> others, String... shipped) {
        this.rig = rig;
        folder = rig.copy(source, "copy");
        ports.putAll(others);
        ports.put(SHIPPED_PORT, Rig.freePort());
        for (String port : shipped) {
            ports.put(port, Rig.freePort());
        }
        environment = PackagedGateway.environment(rig.folder("home"));
        Path programs = rig.folder("bin");
        link(programs.resolve("loopgate"), PackagedGateway.checkout().resolve("loopgate"));
        environment.put("PATH", programs + ":" + System.getenv("PATH"));
        rewrite();
    }

    private static void link(Path link, Path target) {
        try {
            Files.createSymbolicLink(link, target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void rewrite() {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                String text = rewritten(Files.readString(file));
                boolean listens = !file.endsWith("loopgate.yaml") || text.contains("listen:");
                Files.writeString(file, listens ? text : "listen: " + port(SHIPPED_PORT) + "\n" + text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String rewritten(String text) {
        // In one pass, since what stands in the place of a port may be another one that the files name.
        return Pattern.compile("\\b(" + String.join("|", ports.keySet()) + ")\\b")
                .matcher(text)
                .replaceAll(port -> Integer.toString(port(port.group())));
    }

    /** What stands in the place of a port that the files name. */
    int port(String shipped) {
        return Objects.requireNonNull(ports.get(shipped), shipped);
    }

    /** The gateway's. */
    int port() {
        return port(SHIPPED_PORT);
    }

    Path folder() {
        return folder;
    }

    Path file() {
        return folder.resolve("loopgate.yaml");
    }

    Readme readme() {
        return Readme.in(folder);
    }

    List<String> commands() {
        return readme().commands();
    }

    /**
     * Starts what the README starts, in its order. Gives the gateway, once that and the servers take connections.
     *
     * @param servers the ports, as shipped, that servers of the README listen on
     */
    RunningProcess start(String... servers) {
        RunningProcess last = null;
        for (String command : commands()) {
            if (command.endsWith("&")) {
                process(command.substring(0, command.length() - 1).strip());
            } else if (stays(command)) {
                last = process(command);
            }
        }
        RunningProcess gateway = Objects.requireNonNull(last, "a gateway in the README");
        Eventually.until(
                "a gateway: " + gateway.stderr(),
                Rig.LIMIT,
                () -> !gateway.alive()
                        || gateway.stdout().contains("listening on")
                        || gateway.stderr().contains(" leads to port "));
        assertThat(gateway.alive()).as(gateway.stderr()).isTrue();
        for (String server : servers) {
            Rig.awaitPort(port(server), gateway);
        }
        return gateway;
    }

    private static boolean stays(String command) {
        return command.startsWith("loopgate run") || command.startsWith("loopgate exec");
    }

    private RunningProcess process(String command) {
        return rig.with(RunningProcess.start(folder, environment, List.of("sh", "-c", "exec " + command)));
    }

    /** Runs a command of the README to its end. Gives its standard output. */
    String run(String command) {
        assertThat(commands()).contains(command);
        run.add(command);
        Matcher urls = Pattern.compile("http://\\S+").matcher(command);
        while (urls.find()) {
            asked.add(withoutSlash(urls.group()));
        }
        return rig.run(folder, environment, "sh", "-c", command);
    }

    /** Asks for a path of a host. */
    RawResponse get(String host, String path, String... fields) {
        url(host, path);
        List<String> all = new ArrayList<>(List.of(fields));
        all.add("Connection: close");
        try (RawClient client = RawClient.connect(port())) {
            return client.get(host + ":" + port(), path, all.toArray(String[]::new))
                    .response("GET", Rig.LIMIT);
        }
    }

    /** The URL of a path of a host, which is asked for by this. */
    String url(String host, String path) {
        String url = "http://" + host + ":" + port() + path;
        asked.add(withoutSlash(url));
        return url;
    }

    /** Makes sure that nothing of the README was left out: no URL and no command. */
    void checkAll() {
        Matcher urls = Pattern.compile("http://[a-z.-]*localhost:" + port() + "[\\w/-]*")
                .matcher(readme().text());
        Set<String> shown = new HashSet<>();
        while (urls.find()) {
            shown.add(withoutSlash(urls.group()));
        }
        assertThat(asked).containsAll(shown);
        assertThat(commands()).allMatch(command -> command.endsWith("&") || stays(command) || run.contains(command));
    }

    private static String withoutSlash(String url) {
        return url.endsWith(":" + URI.create(url).getPort() + "/") ? url.substring(0, url.length() - 1) : url;
    }
}

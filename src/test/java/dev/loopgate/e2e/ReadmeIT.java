package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RunningProcess;
import dev.loopgate.testkit.ScriptedBackend;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Types what the README at the root of the project has people type, in its order: each command that it names is here, and
 * each one here is one that it names.
 */
class ReadmeIT {

    private final Readme readme = Readme.in(PackagedGateway.checkout());
    private final Set<String> typed = new LinkedHashSet<>();

    @TempDir
    Path folder;

    @Test
    void every_command_does_what_it_says() throws IOException {
        try (Rig rig = new Rig(folder)) {
            Map<String, String> user = PackagedGateway.environment(rig.folder("home"));
            user.put("PATH", folder.resolve("home/.local/bin") + ":" + System.getenv("PATH"));
            rig.folder("home/.local/bin");
            // With options of one's own the launcher has Java learn nothing, which takes longer than all that is typed
            // here.
            user.put("LOOPGATE_JAVA_OPTS", "-Dloopgate.learns=no");
            Path clone = cloned(rig);
            demo(user, clone);
            rig.run(clone, user, "sh", "-c", type("ln -s \"$PWD/loopgate\" ~/.local/bin/"));
            own(rig, user);
        }
        // The build that runs this test is one of them.
        type("mvn verify");
        assertThat(typed).containsExactlyInAnyOrderElementsOf(named());
    }

    private Path cloned(Rig rig) throws IOException {
        Path checkout = PackagedGateway.checkout();
        Programs.require("git");
        if (!Files.exists(checkout.resolve(".git"))) {
            Programs.missing("the sources are no clone of a Git repository");
        }
        Map<String, String> trusting =
                Map.of("GIT_CONFIG_COUNT", "1", "GIT_CONFIG_KEY_0", "safe.directory", "GIT_CONFIG_VALUE_0", "*");
        String command = type("git clone https://github.com/loopgate/loopgate && cd loopgate");
        rig.run(
                folder,
                trusting,
                "sh",
                "-c",
                command.replace("https://github.com/loopgate/loopgate", "'" + checkout + "' loopgate"));
        Path clone = folder.resolve("loopgate");
        // The launcher would build it, which takes a minute; it was built before this test.
        Files.createDirectories(clone.resolve("target"));
        Files.copy(checkout.resolve("target/loopgate.jar"), clone.resolve("target/loopgate.jar"));
        return clone;
    }

    private void demo(Map<String, String> user, Path clone) {
        int port = Rig.freePort();
        type("./loopgate demo");
        type("loopgate demo");
        try (RunningProcess demo =
                RunningProcess.start(clone, user, List.of("./loopgate", "demo", "--port", Integer.toString(port)))) {
            Eventually.until(
                    "the demo", Rig.LIMIT, () -> !demo.alive() || demo.stdout().contains("listening on"));
            assertThat(demo.stdout()).as(demo.stderr()).contains("http://demo.localhost:" + port + "/");
            assertThat(body(port, "demo.localhost", "/")).contains("It works.");
        }
    }

    /** A configuration of one's own, and every command about it. */
    private void own(Rig rig, Map<String, String> user) throws IOException {
        Path project = rig.folder("project");
        Files.writeString(Files.createDirectory(project.resolve("site")).resolve("index.html"), "site");
        Path file = project.resolve("loopgate.yaml");
        int port = Rig.freePort();
        try (ScriptedBackend app = ScriptedBackend.start("app");
                ScriptedBackend web = ScriptedBackend.start("web");
                ScriptedBackend api = ScriptedBackend.start("api");
                ScriptedBackend database = ScriptedBackend.start("database")) {
            String text = "listen: " + port + "\n"
                    + readme.blocks("yaml")
                            .get(0)
                            .replace(": 3000 ", ": " + app.port() + " ")
                            .replace(": 5173 ", ": " + web.port() + " ")
                            .replace("to: 8080,", "to: " + api.port() + ",")
                            .replace("5432", Integer.toString(database.port()));
            Files.writeString(file, text);
            type("./loopgate run");
            type("loopgate run [--config FILE]");
            RunningProcess gateway =
                    rig.with(RunningProcess.start(project, user, List.of("sh", "-c", "exec loopgate run")));
            Eventually.until(
                    "a gateway",
                    Rig.LIMIT,
                    () -> !gateway.alive() || gateway.stdout().contains("listening on"));
            assertThat(gateway.alive()).as(gateway.stderr()).isTrue();

            assertThat(body(port, "app.localhost", "/")).isEqualTo("app");
            assertThat(body(port, "web.localhost", "/x")).isEqualTo("web");
            assertThat(body(port, "web.localhost", "/api/items")).isEqualTo("api");
            assertThat(api.awaitRequests(1).get(0).target()).isEqualTo("/items");
            assertThat(body(port, "docs.localhost", "/")).isEqualTo("site");

            for (String arguments : List.of(
                    "check",
                    "check loopgate.yaml",
                    "explain http://web.localhost:" + port + "/api/items",
                    "status",
                    "routes",
                    "version",
                    "get web",
                    "wait app",
                    "ports " + port,
                    "probe localhost:" + port,
                    "doctor " + port,
                    "reload")) {
                String said = rig.run(project, user, "sh", "-c", "loopgate " + arguments);
                assertThat(said).as(arguments).isNotBlank();
                assertThat(new JsonObject(rig.run(project, user, "sh", "-c", "loopgate " + arguments + " --json")))
                        .as(arguments)
                        .isNotEmpty();
            }
            for (String command : List.of(
                    "loopgate check [FILE]",
                    "loopgate explain URL",
                    "loopgate status",
                    "routes",
                    "reload",
                    "loopgate get NAME",
                    "wait NAME",
                    "loopgate ports",
                    "probe HOST:PORT",
                    "loopgate doctor [PORT\\|HOST\\|URL]",
                    "version")) {
                type(command);
            }
            for (String shell : List.of("bash", "zsh", "fish")) {
                assertThat(rig.run(project, user, "sh", "-c", "loopgate completion " + shell))
                        .contains("loopgate");
            }
            type("loopgate completion bash\\|zsh\\|fish");

            rig.run(project, user, "sh", "-c", "loopgate man | grep '^.TH LOOPGATE'");
            type("man");

            share(project, user);
            others(rig, project, user, port);

            // The line that the README shows once one host is new and one has changed.
            Files.writeString(
                    file,
                    text.replace("strip: true", "rewrite: /v2")
                            .replace("hosts:\n", "hosts:\n  new.localhost: " + app.port() + "\n"));
            Eventually.until("a reload", () -> gateway.stderr().contains("reloaded loopgate.yaml: +1 ~1 -0, "));
            assertThat(body(port, "new.localhost", "/")).isEqualTo("app");
        }
    }

    private void share(Path project, Map<String, String> user) {
        int port = Rig.freePort();
        type("loopgate share NAME\\|PORT");
        String command = "exec loopgate share app.localhost --on 127.0.0.1:" + port;
        try (RunningProcess share = RunningProcess.start(project, user, List.of("sh", "-c", command))) {
            Eventually.until(
                    "the share",
                    Rig.LIMIT,
                    () -> !share.alive() || share.stdout().contains("Ctrl-C ends it"));
            assertThat(share.stdout()).as(share.stderr()).contains("http://127.0.0.1:" + port + "/");
            assertThat(body(port, "127.0.0.1", "/")).isEqualTo("app");
            share.terminate();
            assertThat(share.awaitExit(Rig.LIMIT)).isZero();
        }
    }

    /** What changes the file or a file of the system, and what is served beside the file. */
    private void others(Rig rig, Path project, Map<String, String> user, int port) throws IOException {
        String before = Files.readString(project.resolve("loopgate.yaml"));
        type("loopgate add NAME TARGET");
        rig.run(project, user, "sh", "-c", "loopgate add extra 'http://localhost:1'");
        type("remove NAME");
        rig.run(project, user, "sh", "-c", "loopgate remove extra");
        assertThat(project.resolve("loopgate.yaml")).hasContent(before);

        Path shop = rig.folder("shop");
        Files.writeString(shop.resolve("loopgate.yaml"), "hosts: {shop.localhost: {respond: {body: shop}}}\n");
        type("loopgate attach [FILE]");
        serves(shop, user, port, "exec loopgate attach loopgate.yaml", "shop.localhost", "shop");

        Files.writeString(shop.resolve("index.html"), "dev");
        type("loopgate exec [NAME] -- COMMAND");
        Files.writeString(
                shop.resolve("package.json"),
                "{\"name\": \"dev\", \"scripts\": {\"dev\": \"python3 -m http.server\"}}");
        serves(shop, user, port, "exec loopgate exec -- npm run dev", "dev.localhost", "dev");

        Path hosts = Files.writeString(project.resolve("hosts"), "127.0.0.1 localhost\n");
        type("loopgate hosts sync");
        rig.run(project, user, "sh", "-c", "loopgate hosts sync --dry-run --file '" + hosts + "'");
        type("service install\\|status\\|uninstall");
        assertThat(rig.run(project, user, "sh", "-c", "loopgate service install --dry-run"))
                .contains("loopgate");

        type("loopgate trust");
        Path root = project.resolve("root.pem");
        rig.run(project, user, "sh", "-c", "loopgate trust --export '" + root + "' && loopgate trust --dry-run");
        assertThat(root).content().contains("BEGIN CERTIFICATE");
        type("untrust");
        // 1 where the lists of this very machine have one of somebody else.
        rig.run(project, user, "sh", "-c", "loopgate untrust --dry-run || [ $? = 1 ]");
    }

    private static void serves(
            Path directory, Map<String, String> user, int port, String command, String host, String expected) {
        try (RunningProcess running = RunningProcess.start(directory, user, List.of("sh", "-c", command))) {
            Eventually.until(
                    host,
                    Rig.LIMIT,
                    () -> !running.alive() || body(port, host, "/").equals(expected));
            assertThat(running.alive()).as(running.stdout() + running.stderr()).isTrue();
            running.terminate();
            running.awaitExit(Rig.LIMIT);
        }
    }

    private static String body(int port, String host, String path) {
        try (RawClient client = RawClient.connect(port)) {
            return client.get(host + ":" + port, path, "Connection: close")
                    .response()
                    .body();
        }
    }

    private String type(String command) {
        typed.add(command);
        return command;
    }

    /** The commands of its shell blocks, of its table, and of the sentences. */
    private Set<String> named() {
        List<String> all = new ArrayList<>(readme.commands());
        readme.text()
                .lines()
                .filter(line -> line.startsWith("| `"))
                .flatMap(line -> new Readme(line.substring(0, line.indexOf("` |") + 1)).inline())
                .forEach(all::add);
        readme.inline()
                .filter(code -> code.startsWith("ln ") || code.startsWith("mvn ") || code.startsWith("./loopgate "))
                .forEach(all::add);
        Pattern.compile("then: (.+)$", Pattern.MULTILINE)
                .matcher(readme.blocks("yaml").get(0))
                .results()
                .forEach(found -> all.add(found.group(1)));
        return new LinkedHashSet<>(all);
    }
}

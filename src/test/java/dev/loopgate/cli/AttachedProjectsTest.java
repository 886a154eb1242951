package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.loopgate.admin.Attachment;
import dev.loopgate.config.Located;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RawClient;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Projects beside a gateway's own configuration: how they stay attached, and what other commands make of them. */
class AttachedProjectsTest {

    private static final String OWN = "hosts: {own.invalid: {respond: {body: own}}}\n";

    @TempDir
    Path folder;

    private Path home = Path.of("");
    private Path shop = Path.of("");
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @BeforeEach
    void folders() throws IOException {
        home = Files.createDirectory(folder.resolve("home"));
        shop = Files.createDirectory(folder.resolve("shop"));
    }

    @Test
    void a_host_that_is_only_attached_is_explained_with_its_place() throws IOException {
        Path file = shop("hosts:\n  shop.invalid: {routes: {/: {respond: {body: \"${WORD}\"}}, /api: 1}}\n");
        try (GatewayHere gateway = GatewayHere.start(home, OWN)) {
            AttachedFile project = attach(gateway, file, Map.of("WORD", "shop"));
            for (Path found : new Path[] {gateway.file(), file, Path.of("")}) {
                Map<String, String> environment = new HashMap<>(gateway.environment());
                environment.put("LOOPGATE_CONFIG", found.toString());
                Invocation explain = Invocation.of(folder, environment, "", "explain", "--offline", "shop.invalid/x");
                assertThat(explain.status()).as(explain.err()).isZero();
                assertThat(explain.out())
                        .contains("file      " + gateway.file())
                        .contains("of the gateway with pid "
                                + ProcessHandle.current().pid())
                        .contains(file + ":2:3, attached by process "
                                + ProcessHandle.current().pid())
                        .contains("200, 4 characters");
            }
            JsonObject json = gateway.command(folder, "explain", "--offline", "--json", "shop.invalid/api")
                    .json();
            assertThat(json.getMap())
                    .containsEntry("host", "shop.invalid")
                    .containsEntry("route", "/api")
                    .containsEntry("hostPlace", file + ":2:3")
                    .containsEntry("attachedBy", (int) ProcessHandle.current().pid());
            assertThat(gateway.command(folder, "explain", "--json", "own.invalid")
                            .json()
                            .getMap())
                    .containsEntry("hostPlace", gateway.file() + ":3:9")
                    .doesNotContainKey("attachedBy");
            Map<String, String> inShop = new HashMap<>(gateway.environment());
            inShop.put("LOOPGATE_CONFIG", file.toString());
            assertThat(Invocation.of(folder, inShop, "", "doctor", "--timeout", "60s", "shop.invalid")
                            .out())
                    .contains("shop.invalid / of " + file + ":2:3 (attached by process ")
                    .doesNotContain("no gateway runs");
            // A file that was named is what is asked about.
            Path other = Files.writeString(folder.resolve("other.yaml"), "hosts: {a.invalid: 1}\n");
            assertThat(gateway.command(folder, "explain", "--offline", "--config", other.toString(), "shop.invalid")
                            .out())
                    .contains("404: no host");
            project.leave();
            assertThat(gateway.command(folder, "explain", "--offline", "shop.invalid")
                            .out())
                    .contains("404: no host");
        }
    }

    @Test
    void a_project_that_no_file_holds_is_explained_and_examined_by_its_name() throws IOException {
        try (GatewayHere gateway = GatewayHere.start(home, OWN);
                Attachment project =
                        gateway.attach("exec web\u001b[2J", "hosts: {web.localhost: {respond: {body: x}}}")) {
            assertThat(project.result().getJsonArray("hosts")).hasSize(1);
            String by = ProcessHandle.current().pid() + "";
            assertThat(gateway.command(folder, "explain", "--offline", "web.localhost")
                            .out())
                    .contains("web.localhost   (the name itself)", "exec web?[2J, attached by process " + by)
                    .doesNotContain("\u001b");
            Invocation doctor = gateway.command(folder, "doctor", "--timeout", "60s", "web.localhost");
            assertThat(doctor.out())
                    .contains("web.localhost / of exec web?[2J (attached by process " + by + ") leads to")
                    .doesNotContain("\u001b");
            assertThat(gateway.command(folder, "get", "web").out())
                    .isEqualTo("http://web.localhost:" + gateway.port() + "/\n");
        }
    }

    @Test
    void names_of_each_project_are_its_own_in_the_hosts_file() throws IOException {
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 localhost\n");
        Path file = shop("hosts: {shop.invalid: 1}\n");
        try (GatewayHere gateway = GatewayHere.start(home, OWN)) {
            AttachedFile project = attach(gateway, file, Map.of());
            try (Attachment dev = gateway.attach("exec web", "hosts: {web.invalid: 1}")) {
                assertThat(dev.result().getJsonArray("hosts")).hasSize(1);
                Invocation sync = gateway.command(folder, "hosts", "sync", "--file", hosts.toString());
                assertThat(sync.out()).as(sync.err()).isEqualTo("+ own.invalid\n+ shop.invalid\n+ web.invalid\n");
                assertThat(Files.readString(hosts))
                        .contains("127.0.0.1\town.invalid\t# " + gateway.file())
                        .contains("127.0.0.1\tshop.invalid\t# " + file)
                        .contains("127.0.0.1\tweb.invalid\t# loopgate exec");
            }
            // A dev server's name goes with it, a file's stays until that has it no more.
            project.leave();
            assertThat(gateway.command(folder, "hosts", "sync", "--file", hosts.toString())
                            .out())
                    .isEqualTo("- web.invalid\n");
            assertThat(gateway.command(
                                    folder,
                                    "hosts",
                                    "sync",
                                    "--remove",
                                    "--config",
                                    file.toString(),
                                    "--file",
                                    hosts.toString())
                            .out())
                    .isEqualTo("- shop.invalid\n");
        }
    }

    @Test
    void a_project_outlives_its_gateway_and_leaves_without_a_word() throws IOException {
        Path file = shop("hosts: {shop.invalid: {respond: {body: shop}}}\n");
        GatewayHere first = GatewayHere.start(home, OWN);
        AttachedFile project;
        try (first) {
            project = attach(first, file, Map.of());
        }
        awaitWord("waiting for it to come back");
        // In its way until somebody mends it.
        Files.writeString(file, "hosts: {own.invalid: {respond: {body: shop}}}\n");
        try (GatewayHere second = first.again()) {
            awaitWord("the host own.invalid is at " + second.file() + ":3:9 already");
            awaitWord("it is tried again");
            Files.writeString(file, "hosts: {shop.invalid: {respond: {body: again}}}\n");
            Eventually.until(
                    "its host", () -> body(second.port(), "shop.invalid").equals("again"));
            said.reset();
            project.leave();
            Eventually.until(
                    "no host", () -> body(second.port(), "shop.invalid").equals("404"));
        }
        assertThat(said.toString(StandardCharsets.UTF_8)).doesNotContain("has ended");
    }

    @Test
    void an_edit_gets_the_variables_of_who_attached_it_even_where_it_can_do_without() throws IOException {
        Path file = shop("hosts: {shop.invalid: {respond: {body: x}}}\n");
        try (GatewayHere gateway = GatewayHere.start(home, OWN)) {
            AttachedFile project = attach(gateway, file, Map.of("WORD", "mine"));
            Files.writeString(file, "hosts: {shop.invalid: {respond: {body: \"${WORD:-nobody's}\"}}}\n");
            Eventually.until(
                    "the variable", () -> body(gateway.port(), "shop.invalid").equals("mine"));
            project.leave();
        }
    }

    @Test
    void what_is_no_file_is_not_attached() throws IOException {
        Surroundings surroundings = surroundings(Map.of());
        assertThatThrownBy(() -> AttachedFile.read(surroundings, found(folder)))
                .hasMessageContaining(folder + " is a folder");
        Programs.require("mkfifo");
        Path pipe = folder.resolve("pipe");
        try {
            assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                    .isZero();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertThatThrownBy(() -> AttachedFile.read(surroundings, found(pipe)))
                .hasMessageContaining("is a pipe or a device");
    }

    @Test
    void a_name_that_no_request_can_have_is_wrong_usage() throws IOException {
        try (GatewayHere gateway = GatewayHere.start(home, "hosts: {\"*\": {respond: {body: x}}}\n")) {
            for (String name : new String[] {"a\u001b[2J", "a\r\nX: y", "a b", "*", ""}) {
                for (String command : new String[] {"get", "wait"}) {
                    Invocation wrong = gateway.command(home, command, name);
                    assertThat(wrong.status()).as(name).isEqualTo(ExitStatus.WRONG_USAGE);
                    assertThat(wrong.out()).isEmpty();
                    assertThat(wrong.err()).doesNotContain("\u001b", "\r");
                }
            }
            assertThat(gateway.command(home, "get", "café").out()).startsWith("http://xn--caf-dma.localhost:");
            assertThat(gateway.command(home, "wait", "any.name").status()).isZero();
        }
    }

    @Test
    void a_gateway_that_is_stopped_keeps_nobody_waiting_who_has_little_time() throws IOException {
        Path runtime = Files.createTempDirectory("lg");
        Path sockets = Files.createDirectory(runtime.resolve("loopgate"));
        Path config = shop("hosts: {a.localhost: 1}\n");
        try (ServerSocketChannel one = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                ServerSocketChannel two = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            one.bind(UnixDomainSocketAddress.of(sockets.resolve("1.sock")));
            two.bind(UnixDomainSocketAddress.of(sockets.resolve("2.sock")));
            Map<String, String> environment =
                    Map.of("XDG_RUNTIME_DIR", runtime.toString(), "LOOPGATE_CONFIG", config.toString());
            Invocation wait = assertTimeoutPreemptively(
                    Duration.ofSeconds(4),
                    () -> Invocation.of(folder, environment, "", "wait", "a", "--timeout", "200ms"));
            assertThat(wait.status()).isEqualTo(ExitStatus.FAILED);
            assertThat(wait.err()).contains("a.localhost does not answer after 200 ms", "no gateway is running");
        } finally {
            for (String left : List.of("loopgate/1.sock", "loopgate/2.sock", "loopgate", "")) {
                Files.deleteIfExists(runtime.resolve(left));
            }
        }
    }

    private Path shop(String text) throws IOException {
        return Files.writeString(shop.resolve("loopgate.yaml"), text);
    }

    private AttachedFile attach(GatewayHere gateway, Path file, Map<String, String> variables) {
        Map<String, String> environment = new HashMap<>(gateway.environment());
        environment.putAll(variables);
        AttachedFile project = AttachedFile.read(surroundings(environment), found(file));
        project.attach(gateway.client(), gateway.client().running().get(0), false);
        return project;
    }

    private static Located.Found found(Path file) {
        return new Located.Found(file, Located.Way.OPTION);
    }

    private Surroundings surroundings(Map<String, String> environment) {
        PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
        return new Surroundings(Terminal.of(stream, stream, environment::get, ""), environment::get, folder);
    }

    private void awaitWord(String word) {
        Eventually.until(word, () -> said.toString(StandardCharsets.UTF_8).contains(word));
    }

    private static String body(int port, String host) {
        try (RawClient client = RawClient.connect(port)) {
            var response = client.get(host, "/", "Connection: close").response();
            return response.status() == 200 ? response.body() : Integer.toString(response.status());
        }
    }
}

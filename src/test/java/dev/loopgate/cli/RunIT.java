package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.ClosedPort;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Gate;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.PeerAction.Piece;
import dev.loopgate.testkit.PeerAction.Then;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.RunningProcess;
import dev.loopgate.testkit.ScriptedBackend;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a gateway, seen from the terminal that it was started on. */
class RunIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path home;

    private final ScriptedBackend backend = ScriptedBackend.start("backend");
    private int port;

    @BeforeEach
    void choosePort() {
        try (ClosedPort free = new ClosedPort()) {
            port = free.port();
        }
        backend.always(PeerAction.ok("hello"));
    }

    @AfterEach
    void stopBackend() {
        backend.close();
    }

    @Test
    void prints_what_it_serves_and_logs_each_exchange() throws IOException {
        try (PackagedGateway gateway = start("hosts: {app.localhost: " + backend.port() + "}\n");
                RawClient client = RawClient.connect(port)) {
            awaitOutput(gateway, "http://app.localhost:" + port + "/");
            assertThat(gateway.process().stdout())
                    .contains("-> http://localhost:" + backend.port(), "listening on 127.0.0.1:" + port)
                    .doesNotContain("OPEN TO THE NETWORK", "\u001b");
            assertThat(client.get("app.localhost", "/some/path").response().body())
                    .isEqualTo("hello");
            // Not by its digits alone, which a port can have, too.
            awaitOutput(gateway, "GET  app.localhost/some/path -> ");
            assertThat(gateway.process().stderr()).doesNotContain("WARNING", "SLF4J", "Exception");
            client.finish();
            assertThat(gateway.stop()).isZero();
        }
        assertThat(sockets()).isEmpty();
    }

    @Test
    void a_log_for_machines_has_standard_output_to_itself() throws IOException {
        try (PackagedGateway gateway = start("hosts: {app.localhost: " + backend.port() + "}\naccess-log: json\n");
                RawClient client = RawClient.connect(port)) {
            awaitOutput(gateway, "listening on");
            client.get("app.localhost", "/x").response();
            client.finish();
            assertThat(gateway.stop()).isZero();
            assertThat(gateway.process().stderr()).contains("http://app.localhost:" + port + "/");
            assertThat(new JsonObject(gateway.process().stdout()).getMap())
                    .containsEntry("target", "/x")
                    .containsEntry("status", 200);
        }
    }

    @Test
    void takes_a_changed_file_and_keeps_the_old_routes_when_it_is_invalid() throws IOException {
        try (PackagedGateway gateway = start("hosts: {app.localhost: " + backend.port() + "}\n")) {
            awaitOutput(gateway, "listening on");
            write("hosts: {app.localhost: " + backend.port() + ", more.localhost: " + backend.port() + "}\n");
            awaitOutput(gateway, "reloaded " + file() + ": +1 ~0 -0, 0 connections kept");
            write("hosts: {app.localhost: " + backend.port() + ", more.localhost: 99999}\n");
            awaitOutput(gateway, "still serving the previous configuration");
            assertThat(gateway.process().stderr()).contains(file() + ":2:");
            try (RawClient client = RawClient.connect(port)) {
                assertThat(client.get("more.localhost", "/").response().status())
                        .isEqualTo(200);
            }
            write("hosts: {app.localhost: " + backend.port() + ", more.localhost: " + backend.port() + "}\n");
            awaitOutput(gateway, "nothing changed");
        }
    }

    @Test
    void a_reload_that_opens_ports_to_the_network_says_so_as_the_start_does() throws IOException {
        int forwarded = freePort();
        try (PackagedGateway gateway = start("")) {
            awaitOutput(gateway, "listening on");
            String open = "listen: 0.0.0.0:" + port + "\nforwards: {\"0.0.0.0:" + forwarded + "\": 1}\n";
            Files.writeString(file(), open);
            awaitOutput(gateway, "no longer listening on 127.0.0.1:" + port);
            assertThat(gateway.process().stderr())
                    .contains(
                            "reloaded " + file() + ": +2 ~0 -1, 0 connections kept\n",
                            "  listening on 0.0.0.0:" + port + ", OPEN TO THE NETWORK\n",
                            "  tcp 0.0.0.0:" + forwarded + "  -> localhost:1   OPEN TO THE NETWORK\n");
            write("");
            awaitOutput(gateway, "listening on 127.0.0.1:" + port + ", for this machine only\n");
        }
    }

    @Test
    void status_tells_what_the_file_is_warned_of_before_and_after_a_reload() throws IOException {
        try (PackagedGateway gateway = start("hosts: {a.localhost: " + port + "}\n")) {
            assertThat(awaitStatus(gateway).getJsonArray("warnings"))
                    .singleElement()
                    .asString()
                    .startsWith(file() + ":2:");
            assertThat(gateway.process().stderr()).containsOnlyOnce("warning: " + file() + ":2:");
            write("hosts: {b.localhost: 1, a.localhost: " + port + "}\n");
            awaitOutput(gateway, "reloaded");
            assertThat(gateway.command("status").stderr()).contains("warning: " + file() + ":2:");
            write("hosts: {b.localhost: 1}\n");
            awaitOutput(gateway, "~0 -1");
            assertThat(gateway.command("status").stderr()).isEmpty();
        }
    }

    @Test
    void a_log_that_cannot_be_written_is_told_in_the_voice_of_everything_else() throws IOException {
        String log = "access-log: {format: short, file: /dev/full}\n";
        try (PackagedGateway gateway = start(log + "hosts: {app.localhost: " + backend.port() + "}\n");
                RawClient client = RawClient.connect(port)) {
            awaitOutput(gateway, "listening on");
            client.get("app.localhost", "/").response();
            awaitOutput(gateway, "/dev/full");
            assertThat(gateway.process().stderr().lines())
                    .anySatisfy(line -> assertThat(line).startsWith("warning: access log: cannot write /dev/full: "))
                    .allSatisfy(line -> assertThat(line).matches("(warning: | {2,4})?[a-zA-Z/].*"));
        }
    }

    @Test
    void the_log_names_the_folder_that_a_file_came_from() throws IOException {
        Files.writeString(Files.createDirectory(home.resolve("site")).resolve("index.html"), "home");
        try (PackagedGateway gateway = start("hosts: {files.localhost: {files: ./site}}\n");
                RawClient client = RawClient.connect(port)) {
            awaitOutput(gateway, "listening on");
            assertThat(client.get("files.localhost", "/").response().body()).isEqualTo("home");
            awaitOutput(gateway, "files.localhost/ -> files " + home.resolve("site") + "\n");
        }
    }

    @Test
    void without_any_file_it_runs_with_no_hosts_and_tells_how_to_add_one() throws IOException {
        try (RunningProcess run = PackagedGateway.start(home, home, "run")) {
            // The port is the default one: on a machine where a gateway runs, this one says so and ends.
            Eventually.until("a start", LIMIT, () -> run.stdout().contains("listening on") || !run.alive());
            if (!run.alive()) {
                assertThat(run.stderr()).contains("62893");
                return;
            }
            assertThat(run.stdout())
                    .contains(
                            "There is no configuration yet",
                            home.resolve("loopgate.yaml").toString());
            try (RawClient client = RawClient.connect(62893)) {
                RawResponse page =
                        client.get("localhost:62893", "/", "Accept: text/html").response();
                assertThat(page.status()).isEqualTo(404);
                assertThat(page.body()).contains("No host is set up yet", "app.localhost: 3000");
            }
            Files.writeString(home.resolve("loopgate.yaml"), "hosts: {app.localhost: " + backend.port() + "}\n");
            Eventually.until("a reload", LIMIT, () -> run.stderr().contains("reloaded loopgate.yaml: +1 ~0 -0"));
        }
    }

    @Test
    void sighup_reads_the_file_again() throws IOException {
        try (PackagedGateway gateway = start("hosts: {app.localhost: " + backend.port() + "}\n")) {
            awaitOutput(gateway, "listening on");
            // The handler is there once the control socket is.
            Eventually.until("a control socket", () -> !sockets().isEmpty());
            awaitStatus(gateway);
            gateway.process().signal("HUP");
            awaitOutput(gateway, "reloaded " + file() + ": nothing changed");
            assertThat(gateway.process().alive()).isTrue();
        }
    }

    @Test
    void status_routes_and_reload_reach_it_through_its_own_socket() throws IOException {
        try (PackagedGateway gateway = start("hosts: {app.localhost: {routes: {/: " + backend.port() + ", /api: 1}}}\n"
                + "forwards: {\"127.0.0.1:" + freePort() + "\": " + backend.port() + "}\n")) {
            JsonObject status = awaitStatus(gateway);
            assertThat(status.getMap())
                    .containsKeys(
                            "version",
                            "pid",
                            "file",
                            "started",
                            "listeners",
                            "hosts",
                            "forwards",
                            "connections",
                            "requests",
                            "warnings")
                    .containsEntry("file", file().toString());
            assertThat(status.getLong("pid")).isEqualTo(gateway.process().pid());
            assertThat(gateway.command("status").stdout()).contains("Loopgate ", "127.0.0.1:" + port, "tcp 127.0.0.1:");
            assertThat(gateway.command("routes").stdout())
                    .contains("http://app.localhost:" + port + "/api  -> http://localhost:1");
            JsonObject routes =
                    new JsonObject(gateway.command("routes", "--json").stdout());
            assertThat(routes.getJsonArray("hosts").getJsonObject(0).getJsonArray("routes"))
                    .hasSize(2);
            assertThat(routes.getJsonArray("forwards").getJsonObject(0).getMap())
                    .containsKeys("bind", "addresses", "targets", "open", "connections", "accepted", "refused");
            PackagedGateway.Outcome reload = gateway.command("reload");
            assertThat(reload.status()).isZero();
            assertThat(reload.stdout()).isEqualTo("nothing changed\n");
            Files.writeString(file(), "listen: nonsense\n");
            PackagedGateway.Outcome bad = gateway.command("reload", "--json");
            assertThat(bad.status()).isEqualTo(ExitStatus.INVALID_CONFIGURATION);
            assertThat(new JsonObject(bad.stdout()).getString("outcome")).isEqualTo("invalid");
            assertThat(gateway.command("status", "--pid", "1").stderr()).contains("no running gateway is that one");
        }
        PackagedGateway.Outcome none = PackagedGateway.command(home, home, "status");
        assertThat(none.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(none.stderr()).contains("no gateway is running", "loopgate run");
    }

    @Test
    void sigterm_lets_a_request_finish_and_a_second_one_does_not() throws IOException {
        Gate gate = new Gate();
        backend.always(new PeerAction.Pieces(List.of(new Piece(gate, PeerAction.okBytes("late"))), Then.KEEP));
        try (PackagedGateway gateway = start("hosts: {app.localhost: " + backend.port() + "}\n");
                RawClient client = RawClient.connect(port)) {
            awaitStatus(gateway);
            client.get("app.localhost", "/");
            backend.awaitRequests(1);
            gateway.process().terminate();
            awaitOutput(gateway, "up to 10 s to finish");
            gate.open();
            assertThat(client.response().body()).isEqualTo("late");
            assertThat(gateway.process().awaitExit(LIMIT)).isZero();
        }
        choosePort();
        backend.always(PeerAction.stall());
        try (PackagedGateway gateway = start("hosts: {app.localhost: " + backend.port() + "}\n");
                RawClient client = RawClient.connect(port)) {
            awaitStatus(gateway);
            backend.forget();
            client.get("app.localhost", "/");
            backend.awaitRequests(1);
            gateway.process().terminate();
            awaitOutput(gateway, "up to 10 s to finish");
            gateway.process().terminate();
            assertThat(gateway.process().awaitExit(Duration.ofSeconds(8))).isEqualTo(143);
        }
    }

    @Test
    void sigterm_tells_of_the_connections_of_forwards_too() throws IOException {
        backend.always(PeerAction.stall());
        int forwarded = port;
        choosePort();
        try (PackagedGateway gateway = start("forwards: {\"127.0.0.1:" + forwarded + "\": " + backend.port() + "}\n")) {
            awaitStatus(gateway);
            try (RawClient client = RawClient.connect(forwarded)) {
                client.get("app.localhost", "/");
                backend.awaitRequests(1);
                gateway.process().terminate();
                awaitOutput(gateway, "1 connection has up to 10 s to finish");
            }
        }
    }

    private PackagedGateway start(String text) throws IOException {
        write(text);
        return PackagedGateway.run(home, file(), port);
    }

    private Path file() {
        return home.resolve("loopgate.yaml");
    }

    private void write(String text) throws IOException {
        Files.writeString(file(), "listen: 127.0.0.1:" + port + "\n" + text);
    }

    private List<Path> sockets() {
        try (var files = Files.list(home.resolve(".run/loopgate"))) {
            return files.toList();
        } catch (IOException notYet) {
            return List.of();
        }
    }

    private static int freePort() {
        try (ClosedPort free = new ClosedPort()) {
            return free.port();
        }
    }

    private static void awaitOutput(PackagedGateway gateway, String text) {
        Eventually.until(text, LIMIT, () -> gateway.output().contains(text));
    }

    private static JsonObject awaitStatus(PackagedGateway gateway) {
        awaitOutput(gateway, "listening on");
        PackagedGateway.Outcome status = gateway.command("status", "--json");
        assertThat(status.status()).as(status.stderr()).isZero();
        return new JsonObject(status.stdout());
    }
}

package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.ClosedPort;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.PackagedGateway.Outcome;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RunningProcess;
import dev.loopgate.testkit.ScriptedBackend;
import dev.loopgate.testkit.Wire;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several projects on one gateway, and the commands that change and ask what it serves. */
class AttachIT {

    private static final String SWITCH =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

    @TempDir
    Path folder;

    @Test
    void projects_come_and_go_and_disturb_nobody() {
        try (Rig rig = new Rig(folder);
                ScriptedBackend live = ScriptedBackend.start("live")) {
            live.always(echoing());
            int port = Rig.freePort();
            rig.folder("home");
            rig.folder("shop");
            rig.folder("blog");
            Path main = rig.file("home/loopgate.yaml", """
                    listen: 127.0.0.1:%d
                    access-log: off
                    hosts:
                      live.localhost: %d
                    """.formatted(port, live.port()));
            Path shop = rig.file("shop/loopgate.yaml", """
                    listen: 9999
                    hosts:
                      shop.localhost: {respond: {body: shop}}
                    """);
            Path blog = rig.file("blog/loopgate.yaml", """
                    hosts:
                      blog.localhost: {respond: {body: blog}}
                      live.localhost: 3000
                      shop.localhost: 3000
                    """);
            PackagedGateway gateway = rig.with(PackagedGateway.run(rig.folder("home"), main, port));
            try (Wire socket = webSocket(port)) {
                RunningProcess attached =
                        rig.with(PackagedGateway.start(rig.folder("home"), rig.folder("shop"), "attach"));
                awaitWord(attached, "attached loopgate.yaml to the gateway of " + main);
                assertThat(attached.stdout()).contains("http://shop.localhost:" + port + "/", "respond 200");
                assertThat(attached.stderr()).contains("listen of loopgate.yaml has no effect");
                assertThat(body(port, "shop.localhost")).isEqualTo("shop");

                Outcome clash = PackagedGateway.command(rig.folder("home"), rig.folder("blog"), "attach");
                assertThat(clash.status()).isEqualTo(1);
                assertThat(clash.stderr())
                        .contains(blog + ":3:3: the host live.localhost is at " + main + ":4:3 already")
                        .contains(blog + ":4:3: the host shop.localhost is at " + shop + ":3:3 already");

                Rig.replace(main, "hosts:", "hosts:\n  shop.localhost: 3000");
                Eventually.until(
                        "a refusal",
                        () -> gateway.output()
                                .contains(main + ":4:3: the host shop.localhost is at " + shop + ":3:3 already"));
                Rig.replace(main, "hosts:\n  shop.localhost: 3000", "hosts:");
                Rig.replace(shop, "body: shop", "body: more");
                Eventually.until("the edit", () -> body(port, "shop.localhost").equals("more"));
                Rig.replace(shop, "body: more", "bod: more");
                awaitWord(attached, "not reloaded loopgate.yaml: 1 problem");
                assertThat(body(port, "shop.localhost")).isEqualTo("more");

                JsonObject project = new JsonObject(
                                gateway.command("routes", "--json").stdout())
                        .getJsonArray("attached")
                        .getJsonObject(0);
                assertThat(project.getString("name")).isEqualTo("shop");
                assertThat(project.getString("file")).isEqualTo(shop.toString());
                assertThat(project.getLong("pid")).isEqualTo(attached.pid());

                assertThat(say(socket, "before")).isEqualTo("before");
                attached.signal("KILL");
                Eventually.until("its host to be gone", () -> status(port, "shop.localhost") == 404);
                assertThat(say(socket, "after")).isEqualTo("after");

                Rig.replace(shop, "bod: more", "body: back");
                RunningProcess told = rig.with(
                        PackagedGateway.start(rig.folder("home"), rig.folder("home"), "attach", shop.toString()));
                awaitWord(told, "attached " + shop);
                assertThat(body(port, "shop.localhost")).isEqualTo("back");
                told.terminate();
                assertThat(told.awaitExit(Rig.LIMIT)).isZero();
                assertThat(status(port, "shop.localhost")).isEqualTo(404);
                awaitWord(gateway.process(), "detached " + shop + " (process " + told.pid() + ")");
            }
        }
    }

    @Test
    void a_host_is_added_served_waited_for_and_removed() throws IOException {
        try (Rig rig = new Rig(folder);
                ScriptedBackend app = ScriptedBackend.start("app");
                ClosedPort closed = new ClosedPort()) {
            int port = Rig.freePort();
            Path home = rig.folder("home");
            String text = "# mine\nlisten: 127.0.0.1:%d\nhosts: # names\n  a.localhost: %d # a\n"
                    .formatted(port, closed.port());
            Path main = rig.file("home/loopgate.yaml", text);
            PackagedGateway gateway = rig.with(PackagedGateway.run(home, main, port));
            String target = Integer.toString(app.port());
            atOnce(rig, home, List.of("add", "app", target), List.of("add", "b", target), List.of("add", "c", target));
            assertThat(Files.readString(main)).startsWith(text).contains("  app.localhost: " + app.port() + "\n");

            Outcome waited = gateway.command("wait", "app");
            assertThat(waited.status()).as(waited.stderr()).isZero();
            assertThat(waited.stdout()).isEqualTo("http://app.localhost:" + port + "/\n");
            assertThat(app.request().field("Host")).contains("app.localhost:" + port);
            Outcome late = gateway.command("wait", "a", "--timeout", "4s");
            assertThat(late.status()).isEqualTo(1);
            assertThat(late.stderr())
                    .contains("a.localhost does not answer after 4 s")
                    .contains(Integer.toString(closed.port()));
            Outcome unknown = gateway.command("get", "ap.localhost");
            assertThat(unknown.status()).isEqualTo(1);
            assertThat(unknown.stderr()).contains("did you mean").contains("app.localhost");

            atOnce(rig, home, List.of("remove", "app"), List.of("remove", "b"), List.of("remove", "c"));
            assertThat(main).hasContent(text);
            assertThat(status(port, "app.localhost")).isEqualTo(404);
        }
    }

    /** Edits that each have to be in force, and none of which may undo another. */
    @SafeVarargs
    private static void atOnce(Rig rig, Path home, List<String>... edits) {
        List<RunningProcess> running = new ArrayList<>();
        for (List<String> edit : edits) {
            running.add(rig.with(PackagedGateway.start(home, home, edit.toArray(String[]::new))));
        }
        for (RunningProcess edit : running) {
            assertThat(edit.awaitExit(Rig.LIMIT)).as(edit.stderr()).isZero();
            assertThat(edit.stderr()).contains("has it in force");
        }
    }

    private static PeerAction echoing() {
        return PeerAction.script((connection, request) -> {
            connection.send(SWITCH);
            byte[] piece = connection.wire().readSome(65_536, Rig.LIMIT);
            while (piece.length > 0 && connection.wire().send(piece)) {
                piece = connection.wire().readSome(65_536, Rig.LIMIT);
            }
            return false;
        });
    }

    private static Wire webSocket(int port) {
        Wire wire = Wire.connect(port);
        wire.send("GET / HTTP/1.1\r\nHost: live.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        assertThat(wire.until("\r\n\r\n", Rig.LIMIT)).startsWith("HTTP/1.1 101");
        return wire;
    }

    private static String say(Wire socket, String word) {
        socket.send(word);
        return Wire.text(socket.read(word.length(), Rig.LIMIT));
    }

    private static void awaitWord(RunningProcess process, String word) {
        if (!Eventually.holds(Rig.LIMIT, () -> process.stderr().contains(word))) {
            throw new AssertionError("no \"" + word + "\" in\n" + process.stdout() + process.stderr());
        }
    }

    private static String body(int port, String host) {
        try (RawClient client = RawClient.connect(port)) {
            return client.get(host, "/", "Connection: close").response().body();
        }
    }

    private static int status(int port, String host) {
        try (RawClient client = RawClient.connect(port)) {
            return client.get(host, "/", "Connection: close").response().status();
        } catch (AssertionError | RuntimeException noGateway) {
            return 0;
        }
    }
}

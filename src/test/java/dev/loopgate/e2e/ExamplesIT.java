package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Browser;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.RunningProcess;
import dev.loopgate.testkit.ScriptedBackend;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every example does what its README says, by the commands that its README gives. */
class ExamplesIT {

    @TempDir
    Path folder;

    @Test
    void there_is_a_test_for_every_example() throws IOException {
        try (Stream<Path> examples = Files.list(PackagedGateway.checkout().resolve("examples"))) {
            assertThat(examples.map(example -> example.getFileName().toString().replace('-', '_')))
                    .allSatisfy(name ->
                            assertThat(ExamplesIT.class.getDeclaredMethod(name)).isNotNull());
        }
    }

    @Test
    void many_dev_services() {
        try (Rig rig = new Rig(folder)) {
            Programs.require("python3");
            Programs.require("curl");
            Example example = new Example(rig, "examples/many-dev-services", "3000", "8080", "4000", "8025", "6006");
            example.start("3000");

            for (String command : example.commands()) {
                if (command.startsWith("curl")) {
                    assertThat(example.run(command)).contains("loopgate.yaml");
                }
            }
            assertThat(example.get("acme.tenants.localhost", "/").body()).contains("loopgate.yaml");
            RawResponse starting = example.get("docs.localhost", "/", "Accept: text/html");
            assertThat(starting.status()).isEqualTo(503);
            assertThat(starting.field("Retry-After")).contains("1");
            assertThat(example.get("api.localhost", "/").status()).isEqualTo(502);
            assertThat(example.get("localhost", "/").field("Location")).contains(example.url("app.localhost", "/"));
            try (ScriptedBackend mail = ScriptedBackend.start("mail", "127.0.0.1", example.port("8025"))) {
                assertThat(example.get("mail.localhost", "/").body()).isEqualTo(mail.name());
            }
            CompletableFuture<RawResponse> held =
                    CompletableFuture.supplyAsync(() -> example.get("storybook.localhost", "/"));
            assertThat(example.get("docs.localhost", "/").status()).isEqualTo(502);
            assertThat(held).isNotDone();
            try (ScriptedBackend storybook = ScriptedBackend.start("storybook", "127.0.0.1", example.port("6006"))) {
                assertThat(held.join().body()).isEqualTo(storybook.name());
            }
            example.checkAll();
        }
    }

    @Test
    void container_to_host() throws IOException {
        // ContainerBridgeIT runs it, with the networks that it takes: here, only whether a machine without containers
        // takes it.
        try (Rig rig = new Rig(folder)) {
            Example example = new Example(rig, "examples/container-to-host", "8080", "5432");
            assertThat(rig.run(
                            PackagedGateway.checkout().resolve("loopgate").toString(),
                            "check",
                            example.file().toString()))
                    .contains("valid");
        }
    }

    @Test
    void lan_database() throws IOException {
        try (Rig rig = new Rig(folder)) {
            Programs.require("psql");
            Programs.require("redis-cli");
            // Another address of the loopback instead of the network's: LanForwardIT has a network of its own.
            String own = "127.0.0.2";
            Example example = new Example(rig, "examples/lan-database", "5432", "6379");
            Rig.replace(example.file(), "\"lan:", "\"" + own + ":");
            Rig.replace(example.file(), "allow: [", "allow: [127.0.0.0/8, ");
            Path readme = example.folder().resolve("README.md");
            Rig.replace(
                    readme,
                    "psql -h 192.168.1.10 -U me mydb",
                    "psql -h " + own + " -U postgres -p " + example.port("5432") + " -Atc 'select 6*7' postgres");
            Rig.replace(readme, "redis-cli -h 192.168.1.10", "redis-cli -h " + own + " -p " + example.port("6379"));
            Postgres.start(rig, example.port("5432"));
            rig.redis(example.port("6379"));
            RunningProcess gateway = example.start();

            assertThat(gateway.stdout()).contains(own + ":" + example.port("5432"));
            for (String command : example.commands()) {
                if (command.startsWith("psql")) {
                    assertThat(example.run(command)).isEqualTo("42\n");
                } else if (command.startsWith("redis-cli")) {
                    assertThat(example.run(command)).isEqualTo("PONG\n");
                }
            }
            example.checkAll();
        }
    }

    @Test
    void tls_forward() {
        try (Rig rig = new Rig(folder)) {
            Programs.require("redis-cli");
            Example example = new Example(rig, "examples/tls-forward", "6379", "6380", "6381");
            rig.redis(example.port("6379"));
            example.run(example.commands().get(0));
            example.start("6380", "6381");
            for (String command : example.commands()) {
                if (command.startsWith("redis-cli")) {
                    assertThat(example.run(command)).isEqualTo("PONG\n");
                }
            }
            example.checkAll();
        }
    }

    @Test
    void ftp_passive() throws IOException {
        try (Rig rig = new Rig(folder)) {
            Programs.require("vsftpd");
            Programs.require("curl");
            String own = "127.0.0.2";
            int first = Rig.freePorts(11);
            Example example = new Example(
                    rig, "examples/ftp-passive", Map.of("30000", first, "30009", first + 9, "2121", first + 10));
            Rig.replace(example.file(), "\"lan:", "\"" + own + ":");
            Rig.replace(example.file(), "allow: [", "allow: [127.0.0.0/8, ");
            Path settings = example.folder().resolve("vsftpd.conf");
            Path readme = example.folder().resolve("README.md");
            for (Path file : List.of(settings, readme)) {
                Rig.replace(file, "192.168.1.10", own);
                Rig.replace(file, "/srv/ftp", folder.resolve("srv").toString());
            }
            Rig.replace(readme, "/etc/", folder + "/");
            Rig.replace(readme, "sudo ", "");
            if (!FtpForwardIT.BY_ROOT) {
                Rig.replace(readme, "-o ftp ", "");
                Rig.replace(settings, "port_enable=NO", "port_enable=NO\nrun_as_launching_user=YES");
            }
            byte[] bytes = FtpForwardIT.random(3_000_000);
            Path photo = Files.write(example.folder().resolve("photo.jpg"), bytes);
            for (String command : example.commands()) {
                if (command.startsWith("install")) {
                    example.run(command);
                }
            }
            example.start("2121");

            for (String command : example.commands()) {
                if (command.startsWith("curl -O")) {
                    Files.delete(photo);
                    example.run(command);
                    assertThat(photo).hasBinaryContent(bytes);
                } else if (command.startsWith("curl")) {
                    assertThat(example.run(command)).contains(command.contains("-T") ? "" : "photo.jpg");
                }
            }
            example.checkAll();
        }
    }

    @Test
    void path_routed_app() {
        try (Rig rig = new Rig(folder)) {
            Programs.require("node");
            Example example = new Example(rig, "examples/path-routed-app", "5173", "8080");
            example.start("5173", "8080");

            String items = example.run("curl http://shop.localhost:" + example.port() + "/api/items");
            assertThat(items).contains("\"path\":\"/items\"", "apples");
            assertThat(example.get("shop.localhost", "/api/v1/items").body()).contains("\"path\":\"/legacy/items\"");
            assertThat(example.get("shop.localhost", "/health").body()).isEqualTo("ok");
            RawResponse frontEnd = example.get("shop.localhost", "/apiary");
            assertThat(frontEnd.body()).contains("<h1>Shop</h1>");
            assertThat(frontEnd.all("Cache-Control")).containsExactly("no-store");
            try (Browser browser = Browser.open(rig.folder("profile"))) {
                browser.show(example.url("shop.localhost", "/"));
                browser.await("document.querySelector('#items')?.textContent", "applespearsplums");
            }
            example.checkAll();
        }
    }

    @Test
    void static_site() throws IOException {
        try (Rig rig = new Rig(folder)) {
            Example example = new Example(rig, "examples/static-site");
            Files.writeString(example.folder().resolve("site/.hidden"), "hidden");
            example.start();

            RawResponse page = example.get("site.localhost", "/");
            assertThat(page.body()).isEqualTo(Files.readString(example.folder().resolve("site/index.html")));
            assertThat(example.get(
                                    "site.localhost",
                                    "/",
                                    "If-None-Match: " + page.field("ETag").orElse(""))
                            .status())
                    .isEqualTo(304);
            assertThat(example.get("site.localhost", "/about/").body())
                    .isEqualTo(Files.readString(example.folder().resolve("site/about/index.html")));
            assertThat(example.get("site.localhost", "/style.css", "Range: bytes=0-3")
                            .status())
                    .isEqualTo(206);
            assertThat(example.get("site.localhost", "/.hidden").status()).isEqualTo(404);
            RawResponse deep = example.get("app.localhost", "/users/7", "Accept: text/html");
            assertThat(deep.body()).isEqualTo(Files.readString(example.folder().resolve("app/index.html")));
            assertThat(deep.field("X-Content-Type-Options")).contains("nosniff");
            assertThat(example.get("app.localhost", "/assets/app.js").body())
                    .isEqualTo(Files.readString(example.folder().resolve("app/assets/app.js")));
            example.checkAll();
        }
    }

    @Test
    void websocket_app() throws IOException {
        try (Rig rig = new Rig(folder)) {
            Programs.require("node");
            Example example = new Example(rig, "examples/websocket-app", "3000");
            RunningProcess gateway = example.start("3000");

            try (Browser one = Browser.open(rig.folder("one"));
                    Browser other = Browser.open(rig.folder("other"))) {
                for (Browser browser : List.of(one, other)) {
                    browser.show(example.url("chat.localhost", "/"));
                    browser.await("typeof socket === 'object' && socket.readyState", "1");
                }
                say(one, "hello");
                other.await("document.querySelector('li')?.textContent", "hello");

                Files.writeString(
                        example.file(),
                        "listen: " + example.port() + "\n"
                                + example.readme().blocks("yaml").get(0));
                Eventually.until("a reload", () -> gateway.stderr().contains("reloaded loopgate.yaml: +0 ~1 -0"));
                say(other, "still here");
                one.await("document.querySelector('li:last-child')?.textContent", "still here");
            }
            example.checkAll();
        }
    }

    @Test
    void http2_backend() {
        try (Rig rig = new Rig(folder)) {
            Programs.require("node");
            Programs.require("curl");
            Example example = new Example(rig, "examples/http2-backend", "50051");
            example.start("50051");

            String asked = "http://api.localhost:" + example.port() + "/";
            String answer = "GET / for api.localhost:" + example.port() + ",\nin HTTP/2\n";
            assertThat(example.run("curl " + asked)).isEqualTo(answer);
            assertThat(example.run("curl --http2-prior-knowledge " + asked)).isEqualTo(answer);
            assertThat(example.run("curl --insecure --http2 " + asked.replace("http:", "https:")))
                    .isEqualTo(answer);
            example.checkAll();
        }
    }

    private static void say(Browser browser, String text) {
        browser.evaluate("(input.value = '" + text + "', document.querySelector('form').requestSubmit())");
    }

    @Test
    void node_flask_apache() throws IOException {
        try (Rig rig = new Rig(folder)) {
            Programs.require("node");
            Programs.require("apache2");
            Example example = new Example(rig, "examples/node-flask-apache", "8080", "8081", "8082");
            PythonModules.require(rig.folder("bin"), "flask");
            example.start("8080", "8081", "8082");

            String port = ":" + example.port() + "\n";
            assertThat(example.get("node.localhost", "/a?b").body())
                    .isEqualTo(
                            "Node, asked for GET /a?b\nHost: node.localhost" + port + "X-Forwarded-For: 127.0.0.1\n");
            assertThat(example.get("flask.localhost", "/?b").body())
                    .isEqualTo("Flask, asked for GET /?b\nHost: flask.localhost" + port + "Client: 127.0.0.1\n");
            assertThat(example.get("apache.localhost", "/").body())
                    .isEqualTo(Files.readString(example.folder().resolve("site/index.html")));
            assertThat(example.get("apache.localhost", "/").field("Server").orElse(""))
                    .startsWith("Apache");
            for (String name : List.of("node", "flask")) {
                assertThat(example.get(name + ".localhost", "/").status()).isEqualTo(200);
            }
            example.checkAll();
        }
    }

    @Test
    void dev_servers() throws IOException {
        try (Rig rig = new Rig(folder)) {
            Programs.require("npm");
            Programs.require("python3");
            Example example = new Example(rig, "examples/dev-servers");
            try {
                RunningProcess exec = example.start();
                for (String host : List.of("web.localhost", "api.localhost", "docs.shop.localhost")) {
                    String url = example.url(host, "");
                    Eventually.until(
                            url, Rig.LIMIT, () -> !exec.alive() || exec.stderr().contains(url + "/ leads to port "));
                }

                assertThat(example.get("web.localhost", "/").body())
                        .contains("<h1>Shop</h1>", "at " + example.url("web.localhost", ""));
                assertThat(example.get("api.localhost", "/").body())
                        .contains("apples", "\"url\": \"" + example.url("api.localhost", "") + "\"");
                assertThat(example.get("docs.shop.localhost", "/").body())
                        .isEqualTo(Files.readString(example.folder().resolve("docs/index.html")));
                assertThat(exec.stdout()).contains("web  | web on ");
                exec.terminate();
                exec.awaitExit(Rig.LIMIT);
                assertThat(exec.stderr()).contains("so do the others");
            } finally {
                ExecRig.endGateways(rig.folder("home"));
            }
            example.checkAll();
        }
    }

    @Test
    void json_form() {
        try (Rig rig = new Rig(folder);
                ScriptedBackend app = ScriptedBackend.start("app");
                ScriptedBackend first = ScriptedBackend.start("first");
                ScriptedBackend second = ScriptedBackend.start("second");
                TcpPeer database = TcpPeer.start(wire -> wire.send("database"))) {
            Example example = new Example(
                    rig,
                    "examples/json-form",
                    Map.of("3000", app.port(), "8080", first.port(), "8081", second.port(), "5432", database.port()),
                    "15432");
            example.start("15432");

            assertThat(example.get("app.localhost", "/").body()).isEqualTo("app");
            assertThat(List.of(
                            example.get("api.localhost", "/").body(),
                            example.get("api.localhost", "/").body()))
                    .containsExactlyInAnyOrder("first", "second");
            try (Wire wire = Wire.connect(example.port("15432"))) {
                assertThat(Wire.text(wire.rest(Eventually.LIMIT))).isEqualTo("database");
            }
            example.checkAll();
        }
    }
}

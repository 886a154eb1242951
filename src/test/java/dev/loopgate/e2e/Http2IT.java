package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Browser;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.Programs;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/2 of the packaged jar with the clients that people have, before an ordinary server of HTTP/1.1. */
class Http2IT {

    private static final int MODULES = 150;

    @TempDir
    static Path folder;

    private static Vertx vertx;
    private static Rig rig;
    private static PackagedGateway gateway;
    private static Path root;

    @BeforeAll
    static void start() throws Exception {
        vertx = Vertx.vertx();
        HttpServer server = vertx.createHttpServer()
                .requestHandler(Http2IT::answer)
                .webSocketHandler(socket -> socket.textMessageHandler(text -> socket.writeTextMessage("heard " + text)))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(15, TimeUnit.SECONDS);
        rig = new Rig(folder);
        gateway = rig.gateway("access-log: off\nhosts: {app.localhost: " + server.actualPort() + "}\n");
        root = folder.resolve("root.pem");
        assertThat(gateway.command("trust", "--export", root.toString()).status())
                .isZero();
    }

    @AfterAll
    static void stop() throws Exception {
        rig.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(15, TimeUnit.SECONDS);
    }

    private static void answer(HttpServerRequest request) {
        String path = request.path();
        if (path.equals("/echo")) {
            request.body().onSuccess(body -> request.response().end(body));
        } else if (path.startsWith("/m/")) {
            request.response()
                    .putHeader("content-type", "text/javascript")
                    .end("window.loaded = (window.loaded ?? 0) + 1;\n");
        } else {
            request.response().putHeader("content-type", "text/html").end(page());
        }
    }

    private static String page() {
        String modules = IntStream.range(0, MODULES)
                .mapToObj(i -> "<script type=module src=/m/" + i + ".js></script>")
                .collect(Collectors.joining("\n"));
        return "<!doctype html><link rel=icon href=data:,><title>modules</title>" + modules;
    }

    private static String url(String scheme, String path) {
        return scheme + "://app.localhost:" + gateway.port() + path;
    }

    private static String curl(String... words) {
        String[] command = new String[words.length + 7];
        System.arraycopy(
                new String[] {
                    Programs.require("curl").toString(),
                    "-sS",
                    "--cacert",
                    root.toString(),
                    "-w",
                    "|%{http_version}",
                    "-f"
                },
                0,
                command,
                0,
                7);
        System.arraycopy(words, 0, command, 7, words.length);
        return rig.run(command);
    }

    @Test
    void curl_speaks_the_version_that_it_is_told() throws IOException {
        String said = "window.loaded = (window.loaded ?? 0) + 1;\n|";
        assertThat(curl("--http2-prior-knowledge", url("http", "/m/1.js"))).isEqualTo(said + "2");
        assertThat(curl("--http2", url("https", "/m/1.js"))).isEqualTo(said + "2");
        assertThat(curl("--http1.1", url("https", "/m/1.js"))).isEqualTo(said + "1.1");
        // Asked to upgrade to h2c, it goes on as it is (RFC 9113 §3.1).
        assertThat(curl("--http2", url("http", "/m/1.js"))).isEqualTo(said + "1.1");
        Path body = Files.writeString(folder.resolve("body"), "x".repeat(2 << 20));
        for (String[] how :
                new String[][] {{"--http2-prior-knowledge", url("http", "/echo")}, {"--http2", url("https", "/echo")}
                }) {
            assertThat(curl(how[0], "--data-binary", "@" + body, how[1]))
                    .hasSize((2 << 20) + 2)
                    .endsWith("x|2");
        }
    }

    @Test
    void nghttp_has_nothing_to_complain_of() {
        String nghttp = Programs.require("nghttp").toString();
        String authority = "--header=:authority: app.localhost:" + gateway.port();
        for (String scheme : new String[] {"http", "https"}) {
            String said = rig.run(
                    nghttp,
                    "--no-verify-peer",
                    "-v",
                    "-n",
                    authority,
                    scheme + "://127.0.0.1:" + gateway.port() + "/m/1.js",
                    scheme + "://127.0.0.1:" + gateway.port() + "/m/2.js");
            assertThat(said.split(":status: 200", -1)).as(said).hasSize(3);
            assertThat(said)
                    .contains("SETTINGS_ENABLE_CONNECT_PROTOCOL(0x08):1")
                    .doesNotContain("error_code=PROTOCOL");
        }
    }

    @Test
    void h2load_gets_every_answer() {
        String h2load = Programs.require("h2load").toString();
        for (String scheme : new String[] {"http", "https"}) {
            String said = rig.run(
                    h2load,
                    "-n",
                    "500",
                    "-c",
                    "4",
                    "-m",
                    "50",
                    "--header=:authority: app.localhost:" + gateway.port(),
                    scheme + "://127.0.0.1:" + gateway.port() + "/m/1.js");
            assertThat(said).contains("500 succeeded, 0 failed, 0 errored, 0 timeout");
            assertThat(said).contains("status codes: 500 2xx");
        }
    }

    @Test
    void a_browser_loads_many_modules_and_opens_a_websocket() throws IOException {
        String certutil = Programs.require("certutil").toString();
        Path profile = rig.folder("profile");
        String database = "sql:" + Files.createDirectories(profile.resolve(".pki/nssdb"));
        rig.run(certutil, "-d", database, "-N", "--empty-password");
        rig.run(certutil, "-d", database, "-A", "-t", "C,,", "-n", "loopgate", "-i", root.toString());
        try (Browser browser = Browser.open(profile)) {
            browser.show(url("https", "/"));
            browser.await("document.title + ' ' + window.loaded", "modules " + MODULES);
            browser.await(
                    "[...new Set(performance.getEntries().filter(e => e.nextHopProtocol !== undefined)"
                            + ".map(e => e.nextHopProtocol))].join()",
                    "h2");
            browser.evaluate("window.socket = new WebSocket('" + url("wss", "/ws") + "')");
            browser.await("socket.readyState", "1");
            browser.evaluate("socket.onmessage = message => window.heard = message.data");
            browser.evaluate("socket.send('page')");
            browser.await("window.heard", "heard page");
        }
    }
}

package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.ScriptedBackend;
import dev.loopgate.testkit.TcpPeer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainTest {

    @TempDir
    Path folder;

    private int closedPort;

    @BeforeEach
    void findAPortThatNobodyHas() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closedPort = socket.getLocalPort();
        }
    }

    @Test
    void tells_host_route_request_and_that_the_upstream_answers() throws IOException {
        try (ServerSocket upstream = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            int port = upstream.getLocalPort();
            write("hosts:\n  \"*.shop.localhost\":\n    routes:\n      /: " + closedPort + "\n      /api: {to: " + port
                    + ", strip: true, host: rewrite, headers: {request: {set: {X-Env: dev}}}}\n");
            Invocation explain = explain("http://a.shop.localhost/api/x?q=1");
            assertThat(explain.status()).isZero();
            assertThat(explain.out())
                    .contains(
                            "*.shop.localhost   (no exact name; the longest wildcard that fits)",
                            "/api   (the longest prefix that fits, of / /api)",
                            "http://localhost:" + port,
                            "127.0.0.1:" + port + " takes connections",
                            "GET /x?q=1 HTTP/1.1",
                            "Host: localhost:" + port,
                            "X-Forwarded-Host: a.shop.localhost:62893",
                            "X-Forwarded-For: 127.0.0.1",
                            "X-Env: dev");
            JsonObject json = explain("--json", "a.shop.localhost/api/x").json();
            assertThat(json.getMap())
                    .containsEntry("answered", true)
                    .containsEntry("host", "*.shop.localhost")
                    .containsEntry("route", "/api");
            assertThat(json.getJsonArray("upstreams").getJsonObject(0).getMap())
                    .containsEntry("up", true)
                    .containsKeys("url", "attempts", "request");
        }
    }

    @Test
    void tells_that_the_upstream_is_down() throws IOException {
        write("hosts: {app.localhost: " + closedPort + "}\n");
        Invocation explain = explain("app.localhost");
        assertThat(explain.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(explain.out())
                .contains("127.0.0.1:" + closedPort + " refuses connections", "502: no upstream takes connections");
    }

    @Test
    void tells_the_nearest_name_of_an_unknown_host() throws IOException {
        write("hosts: {app.localhost: 1}\n");
        Invocation explain = explain("ap.localhost");
        assertThat(explain.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(explain.out()).contains("404: no host", "did you mean app.localhost?");
    }

    @Test
    void tells_about_answers_of_the_gateway_itself() throws IOException {
        write("""
                hosts:
                  ping.localhost: {respond: {status: 200, body: pong}}
                  old.localhost: {redirect: http://new.localhost, status: 308}
                  files.localhost: {files: ./nowhere}
                """);
        assertThat(explain("ping.localhost").out()).contains("200, 4 characters");
        assertThat(explain("old.localhost").out()).contains("308 to http://new.localhost");
        Invocation files = explain("files.localhost");
        assertThat(files.out()).contains("there is no such folder");
        assertThat(files.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(explain("--json", "ping.localhost").json().getMap())
                .containsEntry("answered", true)
                .containsKeys("upstreams", "problems");
    }

    @Test
    void a_request_that_never_arrives_at_a_good_route_fails() throws IOException {
        write("hosts: {ping.localhost: {respond: {body: pong}}}\n");
        assertThat(explain("http://ping.localhost:1/").status()).isEqualTo(ExitStatus.FAILED);
        assertThat(explain("--json", "https://ping.localhost/").json().getBoolean("answered"))
                .isTrue();
        write("hosts: {ping.localhost: {respond: {body: pong}, tls: off}}\n");
        assertThat(explain("https://ping.localhost/").out()).contains("ping.localhost is not served over TLS");
    }

    @Test
    void a_static_file_that_is_missing_fails_as_its_request_would() throws IOException {
        Files.createDirectories(folder.resolve("site/sub"));
        Files.writeString(folder.resolve("site/index.html"), "x");
        Files.writeString(folder.resolve("site/.secret"), "x");
        write("""
                hosts:
                  f.localhost: {routes: {/docs: {files: ./site}}}
                  app.localhost: {files: ./site, fallback: index.html}
                """);
        assertThat(explain("f.localhost/docs/").status()).isZero();
        assertThat(explain("f.localhost/docs/index.html?v=1").status()).isZero();
        assertThat(explain("f.localhost/docs/sub").status()).isZero();
        assertThat(explain("app.localhost/some/page").status()).isZero();
        for (String missing : List.of("f.localhost/docs/nope", "f.localhost/docs/.secret", "app.localhost/a.js")) {
            Invocation explain = explain(missing);
            assertThat(explain.status()).as(missing).isEqualTo(ExitStatus.FAILED);
            assertThat(explain.out()).as(missing).contains("404 no-file: ");
        }
    }

    @Test
    void a_client_that_allow_and_deny_refuse_is_told_so() throws IOException {
        write("""
                hosts:
                  a.localhost: {respond: {body: x}, allow: [192.0.2.0/24]}
                  b.localhost: {respond: {body: x}, deny: [192.0.2.0/24]}
                """);
        Invocation refused = explain("a.localhost");
        assertThat(refused.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(refused.out()).contains("403: allow and deny keep a client on this machine out");
        assertThat(explain("b.localhost").status()).isZero();
    }

    @Test
    void a_target_that_is_the_gateway_itself_ends_in_a_loop() throws IOException {
        write("listen: " + closedPort + "\nhosts: {a.localhost: " + closedPort + "}\n");
        Invocation explain = explain("a.localhost");
        assertThat(explain.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(explain.out())
                .contains("508: the target is the gateway itself")
                .doesNotContain("502:");
    }

    @Test
    void tells_about_paths_that_no_route_has_or_two_could_have() throws IOException {
        write("hosts: {a.localhost: {routes: {/api: 1, /admin: 2}}}\n");
        assertThat(explain("a.localhost/x").out()).contains("404: none of its routes");
        assertThat(explain("a.localhost/api/../admin").out()).contains("400: the path also reads as /admin");
        assertThat(explain("http://a.localhost:1/api").out()).contains("does not listen on port 1");
    }

    @Test
    void an_invalid_file_is_reported_as_such() throws IOException {
        write("hosts: {a.localhost: x y}\n");
        Invocation explain = explain("a.localhost");
        assertThat(explain.status()).isEqualTo(ExitStatus.INVALID_CONFIGURATION);
        assertThat(explain.err()).contains("loopgate.yaml:1:");
    }

    @Test
    void tells_what_becomes_of_each_header_line_and_why() throws IOException {
        write("hosts: {app.localhost: {to: " + closedPort
                + ", headers: {request: {remove: [Cookie], set: {X-Env: dev}}}}}\n");
        Invocation explain = explain(
                "--offline",
                "-X",
                "POST",
                "-H",
                "Cookie: a=b",
                "-H",
                "X-Forwarded-For: 192.0.2.1",
                "-H",
                "Connection: X-Hop",
                "-H",
                "X-Hop: 1",
                "-H",
                "Accept: */*",
                "-H",
                "X-Env: prod",
                "--json",
                "app.localhost/login");
        JsonObject json = explain.json();
        assertThat(explain.status()).isZero();
        assertThat(fates(json, "request"))
                .containsEntry("POST /login HTTP/1.1", "kept")
                .containsEntry("Host: app.localhost:62893", "kept")
                .containsEntry("Accept: */*", "kept")
                .containsEntry("X-Env: dev", "set")
                .containsEntry("X-Forwarded-For: 127.0.0.1", "set");
        assertThat(fates(json, "removed"))
                .containsOnlyKeys(
                        "Cookie: a=b", "X-Forwarded-For: 192.0.2.1", "Connection: X-Hop", "X-Hop: 1", "X-Env: prod");
        assertThat(json.getJsonArray("removed").encode())
                .contains("headers.request.remove", "trusted-proxies", "RFC 9110", "Connection names it");
        assertThat(json.getJsonArray("upstreams").getJsonObject(0).getMap()).doesNotContainKeys("up", "speaks");
    }

    private static Map<String, String> fates(JsonObject json, String member) {
        Map<String, String> fates = new HashMap<>();
        json.getJsonArray(member).stream()
                .map(JsonObject.class::cast)
                .forEach(line -> fates.put(line.getString("line"), line.getString("fate")));
        return fates;
    }

    @Test
    void tells_why_hosts_and_routes_that_come_close_do_not_match() throws IOException {
        write("""
                hosts:
                  shop.localhost: 1
                  "*.a.shop.localhost": 2
                  "*.shop.localhost": {routes: {/: 3, /api: 4, /API/x: 5, /ap: 6}}
                  "*.localhost": 7
                  "*": 8
                """);
        assertThat(explain("--offline", "a.shop.localhost/api/x").out())
                .contains(
                        "*.shop.localhost   (no exact name; the longest wildcard that fits)",
                        "not shop.localhost: is that name alone",
                        "not *.a.shop.localhost: the star stands for at least one label",
                        "not *.localhost: fits too, but is shorter",
                        "not *: fits any name, but comes last",
                        "not /API/x: differs in upper and lower case",
                        "not /ap: ends within a segment",
                        "not /: fits too, but is shorter");
    }

    @Test
    void tells_what_an_upstream_speaks_that_does_not_speak_http() throws IOException {
        try (TcpPeer ssh = TcpPeer.start("127.0.0.1", 0, wire -> wire.send("SSH-2.0-Test\u001b[2J\r\n"))) {
            write("hosts: {app.localhost: " + ssh.port() + "}\n");
            Invocation explain = explain("app.localhost");
            assertThat(explain.status()).isEqualTo(ExitStatus.FAILED);
            assertThat(explain.out())
                    .contains("502: 127.0.0.1:" + ssh.port() + " does not speak HTTP but says «SSH-2.0-Test?[2J»")
                    .contains("(pid " + ProcessHandle.current().pid())
                    .doesNotContain("\u001b");
        }
    }

    @Test
    void asks_an_upstream_for_nothing_but_options() throws IOException {
        try (ScriptedBackend backend = ScriptedBackend.start("A")) {
            write("hosts: {app.localhost: " + backend.port() + "}\n");
            Invocation explain = explain("app.localhost/delete?everything");
            assertThat(explain.out()).contains("speaks HTTP: it answers OPTIONS * with HTTP/1.1 200");
            assertThat(explain.status()).isZero();
            assertThat(backend.awaitRequests(1))
                    .allSatisfy(request -> assertThat(request.target()).isEqualTo("*"));
            write("hosts: {app.localhost: {to: [" + closedPort + ", " + backend.port() + "]}}\n");
            assertThat(explain("app.localhost").out())
                    .contains("passed over, since it takes no connections", "by turns: each request begins with");
        }
    }

    @Test
    void tells_who_has_the_port_of_a_gateway_that_does_not_run() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            write("listen: 127.0.0.1:" + other.getLocalPort() + "\nhosts: {a.localhost: {respond: {body: x}}}\n");
            assertThat(explain("a.localhost").out())
                    .contains("no gateway runs this file, and java (pid "
                            + ProcessHandle.current().pid());
            assertThat(explain("--json", "a.localhost")
                            .json()
                            .getJsonObject("listener")
                            .getString("state"))
                    .isEqualTo("taken");
        }
    }

    @Test
    void a_request_that_no_program_could_send_is_wrong_usage() throws IOException {
        write("hosts: {a.localhost: {respond: {body: x}}}\n");
        for (String[] wrong : new String[][] {
            {"-X", "GE T"}, {"-H", "no colon"}, {"-H", "A: b\r\nC: d"}, {"-H", "Host: b"}, {"-H", ": x"}
        }) {
            Invocation explain = explain(wrong[0], wrong[1], "a.localhost");
            assertThat(explain.status()).as(wrong[1]).isEqualTo(ExitStatus.WRONG_USAGE);
            assertThat(explain.err()).contains("for example").doesNotContain("\r");
        }
    }

    private Invocation explain(String... arguments) {
        List<String> all = new ArrayList<>(List.of("explain", "--config", file().toString()));
        all.addAll(List.of(arguments));
        return Invocation.of(folder, all.toArray(String[]::new));
    }

    private Path file() {
        return folder.resolve("loopgate.yaml");
    }

    private void write(String text) throws IOException {
        Files.writeString(file(), text);
    }
}

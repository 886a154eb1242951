package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Browser;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.PackagedGateway.Outcome;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RunningProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dev servers behind names: real ones, with real signals. */
class ExecIT {

    /** Says which signals it gets, and goes on for a moment after each. */
    private static final String SERVER = """
            import http.server, os, signal, sys, threading, time
            def told(number, frame):
                print("got", signal.Signals(number).name, flush=True)
                threading.Thread(target=lambda: (time.sleep(0.5), os._exit(7))).start()
            for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(one, told)
            class Page(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(200)
                    self.end_headers()
                    self.wfile.write((os.environ["LOOPGATE_URL"] + " " + os.environ["HOST"]).encode())
                def log_message(self, *words):
                    pass
            time.sleep(float(os.environ.get("LATE", "0")))
            server = http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page)
            print("pid", os.getpid(), flush=True)
            server.serve_forever()
            """;

    /** Runs its arguments on a terminal of their own, types Ctrl-C once a URL is there, and tells how all ended. */
    private static final String TERMINAL = """
            import os, pty, select, sys, termios
            master, slave = pty.openpty()
            before = termios.tcgetattr(slave)
            child = os.fork()
            if child == 0:
                os.login_tty(slave)
                os.execvp(sys.argv[1], sys.argv[1:])
            seen, typed, status = b"", False, None
            while status is None:
                if select.select([master], [], [], 0.1)[0]:
                    seen += os.read(master, 4096)
                if b"leads to port" in seen and not typed:
                    os.write(master, bytes([3]))
                    typed = True
                pid, ended = os.waitpid(child, os.WNOHANG)
                if pid:
                    status = os.waitstatus_to_exitcode(ended)
            while select.select([master], [], [], 0.5)[0]:
                seen += os.read(master, 4096)
            print(seen.decode(), "status", status, "times", seen.count(b"got SIGINT"),
                  "terminal", "as before" if termios.tcgetattr(slave) == before else "changed")
            """;

    @TempDir
    Path folder;

    private Rig rig;
    private Path home;
    private Path shop;
    private int port;

    @BeforeEach
    void project() throws IOException {
        Programs.require("python3");
        rig = new Rig(folder);
        home = rig.folder("home");
        shop = rig.folder("shop");
        rig.file("shop/server.py", SERVER);
        port = Rig.freePort();
    }

    @AfterEach
    void nothing_is_left() {
        JsonObject status = status();
        rig.close();
        // One that was started in the background is nobody's child.
        ProcessHandle.of(status.getLong("pid", 0L)).ifPresent(gateway -> {
            gateway.destroy();
            Eventually.until("the gateway ends", Rig.LIMIT, () -> !runs(gateway));
        });
    }

    private void gateway(String hosts) {
        rig.gateway(rig.file("loopgate.yaml", "listen: 127.0.0.1:" + port + "\n" + hosts), port);
    }

    private RunningProcess exec(String... words) {
        List<String> all = new ArrayList<>(List.of("exec"));
        all.addAll(List.of(words));
        return rig.with(PackagedGateway.start(home, shop, all.toArray(String[]::new)));
    }

    private JsonObject status() {
        Outcome outcome = PackagedGateway.command(home, shop, "status", "--json");
        return outcome.status() == 0 ? new JsonObject(outcome.stdout()) : new JsonObject();
    }

    private String body(String host) {
        try (RawClient client = RawClient.connect(port)) {
            return client.send("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                    .response()
                    .body();
        }
    }

    private static void awaitUrl(RunningProcess exec, String host) {
        Eventually.until(
                "the URL of " + host,
                Rig.LIMIT,
                () -> !exec.alive() || exec.stderr().contains("http://" + host + ":"));
        assertThat(exec.stderr()).contains("http://" + host + ":");
    }

    /** One that has ended and that nobody asks for its exit status has no command any more. */
    private static boolean runs(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    private static ProcessHandle server(RunningProcess exec) {
        Eventually.until("a server", Rig.LIMIT, () -> exec.stdout().contains("pid "));
        String pid = exec.stdout().replaceFirst("(?s).*?pid ([0-9]+).*", "$1");
        return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }

    @Test
    void a_route_is_there_from_when_the_server_listens_until_it_ends() {
        gateway("hosts: {other.localhost: {respond: {body: other}}}\n");
        RunningProcess exec = exec("--", "env", "LATE=3", "python3", "server.py");
        Eventually.until("a guard and a server", Rig.LIMIT, () -> descendants(exec) >= 2);
        assertThat(body("shop.localhost")).doesNotContain("127.0.0.1 ").contains("shop.localhost");
        assertThat(exec.stderr()).doesNotContain("http://");

        awaitUrl(exec, "shop.localhost");
        assertThat(body("shop.localhost")).isEqualTo("http://shop.localhost:" + port + " 127.0.0.1");
        assertThat(PackagedGateway.command(home, shop, "exec", "shop", "--", "true")
                        .stderr())
                .contains("shop.localhost is taken, by loopgate exec (process " + exec.pid() + ")", "--force");
        assertThat(PackagedGateway.command(home, shop, "exec", "other", "--", "true")
                        .stderr())
                .contains("other.localhost is taken, by ", "loopgate.yaml");

        ProcessHandle server = server(exec);
        // By its number alone: the server does not get it from the terminal.
        exec.terminate();
        assertThat(exec.awaitExit(Rig.LIMIT)).isEqualTo(7);
        assertThat(exec.stdout()).containsOnlyOnce("got SIGTERM");
        assertThat(runs(server)).isFalse();
        assertThat(status().getJsonArray("attached")).isEmpty();
        assertThat(body("other.localhost")).isEqualTo("other");
    }

    private static long descendants(RunningProcess exec) {
        return ProcessHandle.of(exec.pid())
                .map(process -> process.children().count())
                .orElse(0L);
    }

    @Test
    void nothing_is_left_of_a_server_whose_exec_was_killed() {
        gateway("");
        RunningProcess exec = exec("--", "sh", "-c", "python3 server.py & sleep 600 & wait");
        awaitUrl(exec, "shop.localhost");
        ProcessHandle server = server(exec);
        List<ProcessHandle> all =
                ProcessHandle.of(exec.pid()).orElseThrow().descendants().toList();

        exec.signal("KILL");
        exec.awaitExit(Rig.LIMIT);

        Eventually.until("the server ends", Rig.LIMIT, () -> !runs(server));
        Eventually.until("all it has started", Rig.LIMIT, () -> all.stream().noneMatch(ExecIT::runs));
        Eventually.until(
                "the route goes",
                Rig.LIMIT,
                () -> status().getJsonArray("attached").isEmpty());
    }

    @Test
    void another_takes_the_place_of_one_by_force_and_follows_a_server_to_the_port_of_its_own() {
        gateway("");
        RunningProcess first = exec("--", "python3", "server.py");
        awaitUrl(first, "shop.localhost");
        int own = Rig.freePort();
        RunningProcess second = exec("shop", "--force", "--", "env", "PORT=" + own, "python3", "server.py");

        awaitUrl(second, "shop.localhost");
        assertThat(first.alive()).isFalse();
        assertThat(second.stderr()).contains("it listens on " + own + ", not on PORT=");
        assertThat(body("shop.localhost")).startsWith("http://shop.localhost");
    }

    @Test
    void two_at_once_start_one_gateway_that_binds_loopback_only() throws IOException {
        rig.file("shop/loopgate.yaml", "listen: 0.0.0.0:" + port + "\n");
        RunningProcess web = exec("web", "--", "python3", "server.py");
        RunningProcess api = exec("api", "--", "python3", "server.py");
        awaitUrl(web, "web.localhost");
        awaitUrl(api, "api.localhost");

        assertThat(body("web.localhost")).startsWith("http://web.localhost");
        assertThat(body("api.localhost")).startsWith("http://api.localhost");
        JsonObject status = status();
        assertThat(status.getJsonArray("listeners").encode()).doesNotContain("0.0.0.0");
        assertThat(Files.readString(home.resolve(".state/loopgate/gateway.log")))
                .contains("attached exec web.localhost");
        web.signal("INT");
        assertThat(web.awaitExit(Rig.LIMIT)).isEqualTo(7);
        assertThat(web.stdout()).containsOnlyOnce("got SIGINT");
        assertThat(api.alive()).isTrue();
    }

    @Test
    void a_stranger_on_the_port_is_named_before_anything_is_started() {
        rig.file("shop/loopgate.yaml", "listen: " + port + "\n");
        rig.server(port, shop, Map.of(), "python3", "-m", "http.server", "--bind", "127.0.0.1", Integer.toString(port));

        Outcome outcome = PackagedGateway.command(home, shop, "exec", "--", "python3", "server.py");

        assertThat(outcome.status()).isEqualTo(4);
        assertThat(outcome.stderr()).contains("http.server");
        assertThat(outcome.stdout()).isEmpty();
    }

    @Test
    void ctrl_c_reaches_the_server_once_and_the_terminal_is_left_as_it_was() {
        gateway("");
        rig.file("terminal.py", TERMINAL);

        String said = rig.run(
                shop,
                PackagedGateway.environment(home),
                "python3",
                folder.resolve("terminal.py").toString(),
                PackagedGateway.checkout().resolve("loopgate").toString(),
                "exec",
                "--",
                "sh",
                "-c",
                "stty raw -echo isig; exec python3 server.py");

        assertThat(said).contains("status 7 times 1 terminal as before");
    }

    @Test
    void an_end_of_its_own_is_passed_on_and_a_command_that_there_is_none_of_is_127() {
        gateway("");
        assertThat(PackagedGateway.command(home, shop, "exec", "--", "sh", "-c", "exit 3")
                        .status())
                .isEqualTo(3);
        assertThat(PackagedGateway.command(home, shop, "exec", "--", "sh", "-c", "kill -9 $$")
                        .status())
                .isEqualTo(137);
        Outcome none = PackagedGateway.command(home, shop, "exec", "--", "no-such-program", "--json");
        assertThat(none.status()).isEqualTo(127);
        assertThat(none.stderr()).contains("no-such-program: no such program is in the PATH");
    }

    @Test
    void a_whole_project_of_vite_flask_and_java_is_up_in_a_browser_with_one_command() throws IOException {
        String npm = Programs.require("npm").toString();
        Path programs = rig.folder("bin");
        Flask.require(programs);
        Path app = rig.copy("src/test/projects/vite-app", "shop/web");
        Outcome install = Rig.attempt(
                app, Map.of(), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");
        if (install.status() != 0) {
            Programs.missing("npm cannot install Vite: " + install.stderr());
        }
        rig.file("shop/api.py", """
                from flask import Flask
                app = Flask(__name__)
                @app.route("/")
                def page():
                    return "<p id=who>flask</p>"
                """);
        rig.file("shop/Books.java", """
                import com.sun.net.httpserver.HttpServer;
                public class Books {
                    public static void main(String[] none) throws Exception {
                        HttpServer server = HttpServer.create(new java.net.InetSocketAddress(
                                "127.0.0.1", Integer.parseInt(System.getenv("SERVER_PORT"))), 0);
                        server.createContext("/", exchange -> {
                            exchange.sendResponseHeaders(200, 0);
                            try (exchange; var body = exchange.getResponseBody()) {
                                body.write("<p id=who>java</p>".getBytes());
                            }
                        });
                        server.start();
                    }
                }
                """);
        rig.file(
                "shop/loopgate.yaml",
                "listen: 127.0.0.1:" + port + "\n" + """
                run:
                  web: {command: npx vite, directory: web}
                  api: {command: python3 -m flask --app api run, name: api.shop, environment: {PATH: "BIN"}}
                  books: java Books.java
                """.replace("BIN", programs + ":" + System.getenv("PATH")));
        try (Browser browser = Browser.open(rig.folder("profile"))) {
            RunningProcess exec = exec();
            awaitUrl(exec, "web.localhost");
            awaitUrl(exec, "api.shop.localhost");
            awaitUrl(exec, "books.localhost");

            browser.show("http://api.shop.localhost:" + port + "/");
            browser.await("document.getElementById('who')?.textContent", "flask");
            browser.show("http://books.localhost:" + port + "/");
            browser.await("document.getElementById('who')?.textContent", "java");
            browser.show("http://web.localhost:" + port + "/");
            browser.await("document.getElementById('greeting')?.textContent", "first greeting");
            assertThat(exec.stdout()).contains("web   | ").contains("VITE");
            assertThat(exec.stderr()).contains("api   | ");

            exec.terminate();
            exec.awaitExit(Rig.LIMIT);
            assertThat(exec.stderr()).contains("so do the others");
        }
    }
}

package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Browser;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.PackagedGateway.Outcome;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All dev servers of a project behind their names. */
class ExecProjectIT {

    @TempDir
    Path folder;

    private ExecRig rig;

    @BeforeEach
    void project() {
        rig = new ExecRig(folder);
    }

    @AfterEach
    void nothing_is_left() {
        rig.close();
    }

    @Test
    void workspaces_outlive_a_killed_gateway_and_nothing_outlives_a_killed_exec() {
        Programs.require("npm");
        rig.rig().file("shop/package.json", "{\"name\": \"acme\", \"workspaces\": [\"apps/*\"]}");
        for (String name : List.of("web", "api")) {
            rig.rig().folder("shop/apps/" + name);
            rig.rig().file("shop/apps/" + name + "/package.json", """
                    {"name": "@acme/NAME", "scripts": {"dev": "python3 ../../server.py & sleep 600 & wait"}}
                    """.replace("NAME", name));
        }
        PackagedGateway first = rig.gateway("");
        RunningProcess exec = rig.exec();
        ExecRig.awaitUrl(exec, "web.acme.localhost");
        ExecRig.awaitUrl(exec, "api.acme.localhost");
        assertThat(rig.body("web.acme.localhost")).startsWith("http://web.acme.localhost");

        first.process().signal("KILL");
        first.process().awaitExit(Rig.LIMIT);
        rig.gateway("hosts: {web.acme.localhost: {respond: {body: other}}}\n");
        Eventually.until(
                "a server behind the next gateway",
                Rig.LIMIT,
                () -> rig.body("api.acme.localhost").startsWith("http://api"));
        Eventually.until(
                "word of the one that it does not take",
                Rig.LIMIT,
                () -> exec.stderr().contains("the next gateway does not serve web.acme.localhost: "));
        assertThat(rig.body("web.acme.localhost")).isEqualTo("other");
        rig.configure("");
        Eventually.until(
                "that one too once its name is free",
                Rig.LIMIT,
                () -> rig.body("web.acme.localhost").startsWith("http://web"));

        List<ProcessHandle> all =
                ProcessHandle.of(exec.pid()).orElseThrow().descendants().toList();
        exec.signal("KILL");
        exec.awaitExit(Rig.LIMIT);
        Eventually.until(
                "all that it has started", Rig.LIMIT, () -> all.stream().noneMatch(ExecRig::runs));
        Eventually.until(
                "the routes to go",
                Rig.LIMIT,
                () -> !rig.body("web.acme.localhost").startsWith("http://web"));
    }

    @Test
    void servers_of_a_procfile_go_on_where_one_ends_and_hang_up_together() {
        rig.gateway("");
        rig.rig()
                .file(
                        "shop/Procfile",
                        "web: python3 server.py\napi: python3 server.py\njob: sleep 600 & echo left $!; exit 3\n");
        RunningProcess exec = rig.exec("--keep-going");
        ExecRig.awaitUrl(exec, "web.shop.localhost");
        ExecRig.awaitUrl(exec, "api.shop.localhost");
        Eventually.until(
                "the end of one",
                Rig.LIMIT,
                () -> exec.stderr().contains("job has ended, with status 3")
                        && exec.stdout().contains("job | left "));
        String left = exec.stdout().replaceFirst("(?s).*left ([0-9]+).*", "$1");
        Eventually.until(
                "the end of what it has left behind",
                Rig.LIMIT,
                () -> ProcessHandle.of(Long.parseLong(left))
                        .filter(ExecRig::runs)
                        .isEmpty());
        assertThat(rig.body("api.shop.localhost")).startsWith("http://api.shop.localhost");

        exec.signal("HUP");

        assertThat(exec.awaitExit(Rig.LIMIT)).isEqualTo(3);
        assertThat(exec.stdout()).containsOnlyOnce("web | got SIGHUP").containsOnlyOnce("api | got SIGHUP");
    }

    @Test
    void a_whole_project_of_vite_flask_django_and_java_is_up_in_a_browser_with_one_command() throws IOException {
        String npm = Programs.require("npm").toString();
        Path programs = rig.rig().folder("bin");
        PythonModules.require(programs, "flask", "django");
        Path app = rig.rig().copy("src/test/projects/vite-app", "shop/web");
        Outcome install = Rig.attempt(
                app, Map.of(), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");
        if (install.status() != 0) {
            Programs.missing("npm cannot install Vite: " + install.stderr());
        }
        rig.rig().file("shop/api.py", """
                from flask import Flask
                app = Flask(__name__)
                @app.route("/")
                def page():
                    return "<p id=who>flask</p>"
                """);
        rig.rig().file("shop/manage.py", """
                import sys
                from django.conf import settings
                from django.core.management import execute_from_command_line
                from django.http import HttpResponse
                from django.urls import path
                settings.configure(DEBUG=True, ROOT_URLCONF=__name__, SECRET_KEY="none")
                urlpatterns = [path("", lambda request: HttpResponse("<p id=who>django</p>"))]
                execute_from_command_line(sys.argv)
                """);
        rig.rig().file("shop/Books.java", """
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
        rig.rig()
                .file(
                        "shop/loopgate.yaml",
                        "listen: 127.0.0.1:" + rig.port() + "\n"
                                + """
                run:
                  web: {command: npx vite, directory: web}
                  api: {command: python3 -m flask --app api run, name: api.shop, environment: {PATH: "BIN"}}
                  admin: {command: python3 manage.py runserver, name: admin.test, environment: {PATH: "BIN"}}
                  books: java Books.java
                """.replace("BIN", programs + ":" + System.getenv("PATH")));
        try (Browser browser = Browser.open(rig.rig().folder("profile"))) {
            RunningProcess exec = rig.exec();
            ExecRig.awaitUrl(exec, "web.localhost");
            ExecRig.awaitUrl(exec, "api.shop.localhost");
            ExecRig.awaitUrl(exec, "books.localhost");
            ExecRig.awaitUrl(exec, "admin.test");

            assertThat(rig.body("admin.test")).contains("<p id=who>django</p>");
            browser.show("http://api.shop.localhost:" + rig.port() + "/");
            browser.await("document.getElementById('who')?.textContent", "flask");
            browser.show("http://books.localhost:" + rig.port() + "/");
            browser.await("document.getElementById('who')?.textContent", "java");
            browser.show("http://web.localhost:" + rig.port() + "/");
            browser.await("document.getElementById('greeting')?.textContent", "first greeting");
            assertThat(exec.stdout()).contains("web   | ").contains("VITE");
            assertThat(exec.stderr()).contains("api   | ");

            exec.terminate();
            exec.awaitExit(Rig.LIMIT);
            assertThat(exec.stderr()).contains("so do the others");
        }
    }
}

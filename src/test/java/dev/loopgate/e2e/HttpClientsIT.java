package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.PackagedGateway.Outcome;
import dev.loopgate.testkit.Programs;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people have at hand: curl, wget and Python, before a Node server and an Apache. */
class HttpClientsIT {

    @TempDir
    Path folder;

    @Test
    void curl_gets_what_it_asks_for_in_every_way_it_asks() throws IOException {
        String curl = Programs.require("curl").toString();
        try (Rig rig = new Rig(folder)) {
            int port = echo(rig);
            Function<String[], JsonObject> echo = arguments -> new JsonObject(rig.run(curl(curl, arguments)));
            String at = "http://echo.localhost:" + port;

            JsonObject plain = echo.apply(new String[] {at + "/a%20b/../c?q=%C3%A4", "--path-as-is"});
            assertThat(plain.getString("url")).isEqualTo("/a%20b/../c?q=%C3%A4");
            assertThat(plain.getJsonObject("headers").getString("host")).isEqualTo("echo.localhost:" + port);
            assertThat(plain.getJsonObject("headers").getString("x-forwarded-for"))
                    .isIn("127.0.0.1", "::1");
            assertThat(echo.apply(new String[] {"-H", "Host: echo.localhost", "http://127.0.0.1:" + port})
                            .getJsonObject("headers")
                            .getString("host"))
                    .isEqualTo("echo.localhost");
            assertThat(echo.apply(new String[] {"--http1.0", at}).getString("method"))
                    .isEqualTo("GET");
            assertThat(echo.apply(new String[] {"--compressed", at + "/gzip"}).getString("url"))
                    .isEqualTo("/gzip");
            assertThat(echo.apply(new String[] {"--data-urlencode", "name=a&b", at})
                            .getString("text"))
                    .isEqualTo("name=a%26b");

            Path file = folder.resolve("upload");
            byte[] bytes = new byte[3_000_000];
            new Random(4).nextBytes(bytes);
            Files.write(file, bytes);
            String sum = rig.run("sha256sum", file.toString()).substring(0, 64);
            String expect = "Expect: 100-continue";
            assertThat(echo.apply(new String[] {"-H", expect, "--expect100-timeout", "20", "-T", file.toString(), at})
                            .getString("sha256"))
                    .isEqualTo(sum);
            assertThat(echo.apply(new String[] {"-T", file.toString(), "-H", "Transfer-Encoding: chunked", at})
                            .getString("sha256"))
                    .isEqualTo(sum);
            assertThat(echo.apply(new String[] {"-F", "file=@" + file, "-F", "name=value", at})
                            .getInteger("length"))
                    .isGreaterThan(bytes.length);

            String said = rig.run(curl(curl, "-i", "-H", expect, "--data-binary", "@" + file, at));
            assertThat(said).startsWith("HTTP/1.1 100 Continue\r\n").contains("\r\n\r\nHTTP/1.1 200 OK\r\n");
            Outcome refused = Rig.attempt(
                    folder,
                    Map.of(),
                    curl(
                            curl,
                            "-w",
                            "%{http_code} %{size_upload}",
                            "-H",
                            expect,
                            "-T",
                            file.toString(),
                            at + "/refuse"));
            assertThat(refused.stdout()).isEqualTo("not that\n403 0");

            String many = rig.run(curl(
                    curl,
                    "-w",
                    "%{num_connects} ",
                    "-o",
                    "/dev/null",
                    "-o",
                    "/dev/null",
                    "-o",
                    "/dev/null",
                    at + "/[1-3]"));
            assertThat(many).isEqualTo("1 0 0 ");
            assertThat(rig.run(curl(
                            curl,
                            "-Z",
                            "--parallel-max",
                            "40",
                            "-w",
                            "%{http_code}\n",
                            "-o",
                            "/dev/null",
                            at + "/[1-200]")))
                    .isEqualTo("200\n".repeat(200));
        }
    }

    @Test
    void curl_and_wget_fetch_files_in_whole_in_part_and_again() throws IOException {
        String curl = Programs.require("curl").toString();
        String wget = Programs.require("wget").toString();
        String httpd = Programs.require("apache2").toString();
        try (Rig rig = new Rig(folder)) {
            int backend = Rig.freePort();
            Path apache = rig.copy("examples/node-flask-apache", "apache");
            Path site = apache.resolve("site");
            String numbers = rig.run("seq", "100000");
            Files.writeString(site.resolve("numbers.txt"), numbers);
            Files.createDirectory(site.resolve("more"));
            Files.writeString(site.resolve("more/index.html"), "<a href=\"../numbers.txt\">numbers</a>");
            Files.writeString(site.resolve("index.html"), "<a href=\"more/\">more</a>");
            Rig.replace(apache.resolve("httpd.conf"), "8082", Integer.toString(backend));
            rig.server(
                    backend, apache, Map.of(), httpd, "-d", apache.toString(), "-f", "httpd.conf", "-D", "FOREGROUND");
            int port =
                    rig.gateway("hosts: {files.localhost: " + backend + "}\n").port();
            String file = "http://files.localhost:" + port + "/numbers.txt";

            assertThat(rig.run(curl(curl, file))).isEqualTo(numbers);
            assertThat(rig.run(curl(curl, "-r", "10-19", "-w", "%{http_code}", file)))
                    .isEqualTo(numbers.substring(10, 20) + "206");
            assertThat(rig.run(curl(curl, "-r", "0-3,6-7", file))).contains("bytes 0-3/", "bytes 6-7/");
            assertThat(rig.run(curl(curl, "-I", file)))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("Content-Length: " + numbers.length(), "Accept-Ranges: bytes");
            Path part = rig.file("part", numbers.substring(0, 300_000));
            rig.run(curl(curl, "-C", "-", "-o", part.toString(), file));
            assertThat(Files.readString(part)).isEqualTo(numbers);
            rig.run(curl(curl, "--etag-save", "tag", "-o", "/dev/null", file));
            assertThat(rig.run(curl(curl, "--etag-compare", "tag", "-w", "%{http_code}", file)))
                    .isEqualTo("304");

            // wget asks the resolver, which may not know the name.
            List<String> named = List.of("-nv", "--tries=1", "--header=Host: files.localhost");
            String at = "http://127.0.0.1:" + port + "/";
            Path half = rig.file("numbers.txt", numbers.substring(0, 200_000));
            rig.run(with(wget, named, "-c", at + "numbers.txt"));
            assertThat(Files.readString(half)).isEqualTo(numbers);
            rig.run(with(wget, named, "--spider", at));
            rig.run(with(wget, named, "-r", "-P", "mirror", at));
            Path mirror = folder.resolve("mirror/127.0.0.1:" + port);
            assertThat(Files.readString(mirror.resolve("numbers.txt"))).isEqualTo(numbers);
            assertThat(mirror.resolve("more/index.html")).exists();
            Outcome missing = Rig.attempt(folder, Map.of(), with(wget, named, "-S", at + "missing"));
            assertThat(missing.status()).isEqualTo(8);
            assertThat(missing.stderr()).contains("404 Not Found").doesNotContain("X-Loopgate-Error");
        }
    }

    @Test
    void pythons_clients_keep_one_connection_through_uploads_long_fields_and_expectations() {
        String python = Programs.require("python3").toString();
        try (Rig rig = new Rig(folder)) {
            int port = echo(rig);
            Path script = rig.copy("src/test/projects/python-client", "client").resolve("client.py");
            JsonObject told = new JsonObject();
            rig.run(python, script.toString(), Integer.toString(port))
                    .lines()
                    .map(JsonObject::new)
                    .forEach(line -> told.put(line.getString("what"), line));

            assertThat(told.getJsonObject("get").getJsonObject("answer").getString("url"))
                    .isEqualTo("/a%20b?q=%C3%A4");
            assertThat(told.getJsonObject("form").getJsonObject("answer").getString("text"))
                    .isEqualTo("name=%C3%A4+b&x=1");
            assertThat(told.getJsonObject("redirect").getMap())
                    .containsEntry("status", 301)
                    .containsEntry("location", "http://echo.localhost/x?y");
            assertThat(told.getJsonObject("unknown").getMap())
                    .containsEntry("status", 404)
                    .containsEntry("error", "unknown-host");
            assertThat(told.getJsonObject("unknown").getString("text")).contains("echo.localhost");

            assertThat(told.getJsonObject("chunked").getJsonObject("answer").getInteger("length"))
                    .isEqualTo(2_100_000);
            assertThat(told.getJsonObject("long field")
                            .getJsonObject("answer")
                            .getJsonObject("headers")
                            .getString("x-long"))
                    .hasSize(30_000);
            assertThat(told.getJsonObject("long answer").getInteger("long")).isEqualTo(30_000);
            assertThat(told.getJsonObject("chunks").getJsonObject("answer").getString("url"))
                    .isEqualTo("/chunks");
            assertThat(told.getJsonObject("expect").getString("interim")).startsWith("HTTP/1.1 100 ");
            assertThat(told.getJsonObject("expect").getJsonObject("answer").getString("text"))
                    .isEqualTo("later");
            assertThat(told.getJsonObject("head").getInteger("length")).isZero();
            assertThat(told.getJsonObject("head").getInteger("port"))
                    .isEqualTo(told.getJsonObject("first").getInteger("port"));
            assertThat(told.getMap().keySet()).hasSize(11);
            told.stream().map(line -> (JsonObject) line.getValue()).forEach(line -> {
                if (line.getValue("answer") != null) {
                    assertThat(line.getInteger("status"))
                            .as(line.getString("what"))
                            .isEqualTo(200);
                }
            });
        }
    }

    /** A server that says what arrived, behind {@code echo.localhost}; gives the gateway's port. */
    private static int echo(Rig rig) {
        String node = Programs.require("node").toString();
        int port = Rig.freePort();
        Path server = rig.copy("src/test/projects/echo-server", "server");
        rig.server(port, server, Map.of(), node, "server.js", Integer.toString(port));
        return rig.gateway("hosts:\n  echo.localhost: " + port
                        + "\n  old.localhost: {redirect: http://echo.localhost, status: 301}\n")
                .port();
    }

    /** curl that fails where it cannot do what it is asked for. */
    private static String[] curl(String program, String... arguments) {
        return with(program, List.of("-sS", "--max-time", "50"), arguments);
    }

    private static String[] with(String program, List<String> before, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(program);
        command.addAll(before);
        command.addAll(List.of(arguments));
        return command.toArray(String[]::new);
    }
}

package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.RunningProcess;
import dev.loopgate.testkit.UdpWire;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code loopgate demo}, as the README has people start. */
class DemoIT {

    private static final Pattern FOLDER = Pattern.compile("\\$EDITOR (\\S+)/loopgate\\.yaml");

    private static final Pattern ECHO = Pattern.compile("nc -u 127\\.0\\.0\\.1 (\\d+) ");

    @TempDir
    Path home;

    private int port;

    @Test
    void every_sample_answers_and_a_static_site_is_served_with_validators_ranges_and_closed_borders() throws Exception {
        port = Rig.freePort();
        Path folder;
        try (RunningProcess demo = PackagedGateway.start(home, home, "demo", "--port", Integer.toString(port))) {
            Eventually.until(
                    "the demo", Rig.LIMIT, () -> !demo.alive() || demo.stdout().contains("listening on"));
            assertThat(demo.stdout())
                    .as(demo.stderr())
                    .containsSubsequence("http://demo.localhost:" + port + "/", "Open that in a browser");

            assertThat(get("demo.localhost", "/", "").body()).contains("It works.", "GET / HTTP/1.1");
            assertThat(get("demo.localhost", "/request", "X-Forwarded-For: 6.6.6.6\r\n")
                            .body())
                    .contains("X-Forwarded-For: 127.0.0.1")
                    .doesNotContain("6.6.6.6");
            assertThat(get("app.localhost", "/api/request", "").body()).startsWith("GET /request ");
            assertThat(get("ping.localhost", "/", "").body()).isEqualTo("pong\n");
            assertThat(get("old.localhost", "/x?y", "").field("Location").orElse(""))
                    .isEqualTo("http://demo.localhost:" + port + "/x?y");
            assertThat(get("down.localhost", "/", "").field("X-Loopgate-Error").orElse(""))
                    .isEqualTo("connection-refused");

            Matcher echo = ECHO.matcher(demo.stdout());
            assertThat(echo.find()).isTrue();
            InetAddress loopback = InetAddress.getLoopbackAddress();
            try (UdpWire client = UdpWire.to(new InetSocketAddress(loopback, Integer.parseInt(echo.group(1))))) {
                assertThat(client.send("hello").text()).isEqualTo("hello");
            }

            Matcher found = FOLDER.matcher(demo.stdout());
            assertThat(found.find()).isTrue();
            folder = Path.of(found.group(1));
            static_site(folder.resolve("site"));
            demo.terminate();
            assertThat(demo.awaitExit(Rig.LIMIT)).isZero();
        }
        assertThat(folder).doesNotExist();
    }

    private void static_site(Path site) throws Exception {
        Files.writeString(site.resolve("data.txt"), "0123456789");
        Files.writeString(site.resolve("data.txt.gz"), "not really gzip");
        Files.writeString(site.resolve(".secret"), "hidden");
        Files.writeString(site.resolveSibling("outside.txt"), "outside");
        Files.createSymbolicLink(site.resolve("link.txt"), site.resolveSibling("outside.txt"));

        RawResponse whole = get("app.localhost", "/data.txt", "");
        assertThat(whole.status()).isEqualTo(200);
        assertThat(whole.body()).isEqualTo("0123456789");
        assertThat(whole.field("Content-Type").orElse("")).startsWith("text/plain");
        String tag = whole.field("ETag").orElse("");
        assertThat(get("app.localhost", "/data.txt", "If-None-Match: " + tag + "\r\n")
                        .status())
                .isEqualTo(304);
        RawResponse part = get("app.localhost", "/data.txt", "Range: bytes=2-4\r\n");
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.body()).isEqualTo("234");
        assertThat(part.field("Content-Range").orElse("")).isEqualTo("bytes 2-4/10");
        assertThat(get("app.localhost", "/data.txt", "Range: bytes=50-\r\n").status())
                .isEqualTo(416);
        RawResponse packed = get("app.localhost", "/data.txt", "Accept-Encoding: gzip\r\n");
        assertThat(packed.field("Content-Encoding").orElse("")).isEqualTo("gzip");
        assertThat(packed.body()).isEqualTo("not really gzip");
        for (String path : new String[] {
            "/.secret", "/link.txt", "/missing", "/..%2foutside.txt", "/%2e%2e/outside.txt", "/../outside.txt"
        }) {
            RawResponse refused = get("app.localhost", path, "");
            assertThat(refused.status()).as(path).isIn(400, 404);
            assertThat(refused.body()).as(path).doesNotContain("outside\n", "hidden");
        }
    }

    private RawResponse get(String host, String path, String fields) {
        try (RawClient client = RawClient.connect(port)) {
            client.send("GET " + path + " HTTP/1.1\r\nHost: " + host + ":" + port + "\r\nConnection: close\r\n" + fields
                    + "\r\n");
            return client.response();
        }
    }
}

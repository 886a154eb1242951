package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Browser;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import dev.loopgate.testkit.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/3 as users of the packaged jar have it: a client of another make, and a browser. */
class Http3IT {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    private String run(String... words) {
        try (RunningProcess process = RunningProcess.start(folder, Map.of(), List.of(words))) {
            process.awaitExit(LIMIT);
            return process.stdout() + process.stderr();
        }
    }

    private static String configuration(int port, boolean http3) {
        return "listen: 127.0.0.1:" + port + "\nhttp3: " + http3 + "\naccess-log: json\nhosts:\n"
                + "  localhost: {files: ./site}\n"
                + "  app.localhost: {respond: {body: \"<title>secure</title>\"}}\n";
    }

    @Test
    void a_second_implementation_and_a_browser_get_their_answers_over_http3() throws Exception {
        String curl = Programs.require("curl").toString();
        String client = Programs.require("gtlsclient").toString();
        int port = Rig.freePort();
        byte[] large = new byte[3_000_000];
        new Random(3).nextBytes(large);
        Files.write(Files.createDirectory(folder.resolve("site")).resolve("large.bin"), large);
        Path file = Files.writeString(folder.resolve("loopgate.yaml"), configuration(port, true));
        Path home = Files.createDirectory(folder.resolve("home"));
        String url = "https://app.localhost:" + port + "/";
        try (PackagedGateway gateway = PackagedGateway.run(home, file, port)) {
            Eventually.until(
                    "the table of the start", LIMIT, () -> gateway.output().contains("Ctrl-C"));
            assertThat(gateway.output()).contains("HTTP/3 on UDP 127.0.0.1:" + port);

            Path downloads = Files.createDirectory(folder.resolve("downloads"));
            String said = run(
                    client,
                    "--exit-on-all-streams-close",
                    "--quiet",
                    "--download=" + downloads,
                    "127.0.0.1",
                    Integer.toString(port),
                    "https://localhost:" + port + "/large.bin");
            assertThat(downloads.resolve("large.bin")).as(said).hasBinaryContent(large);
            assertThat(gateway.output()).contains("\"target\":\"/large.bin\",\"protocol\":\"HTTP/3");

            assertThat(run(curl, "-skD-", url)).contains("h3=\":" + port + "\"");
            assertThat(run(curl, "-sD-", "http://app.localhost:" + port + "/")).doesNotContain("h3=");
            Path profile = Files.createDirectory(folder.resolve("profile"));
            try (Browser browser = Browser.openWithQuic(profile, "app.localhost:" + port, key(home, port))) {
                browser.show(url);
                browser.await("document.title", "secure");
                assertThat(browser.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol"))
                        .isEqualTo("h3");
            }

            Files.writeString(file, configuration(port, false));
            Eventually.until(
                    "nobody is told of HTTP/3 any more",
                    LIMIT,
                    () -> !run(curl, "-skD-", url).contains("h3=\":"));
            assertThat(gateway.command("status", "--json").stdout()).doesNotContain("http3");
        }
    }

    /** Of the certificate that the gateway has for the browser's page. */
    private static String key(Path home, int port) throws IOException, NoSuchAlgorithmException {
        Path authority = Path.of(PackagedGateway.environment(home).get("XDG_DATA_HOME"), "loopgate", "ca");
        try (SSLSocket socket = Tls.connect(Tls.at(authority).trusting(), port, "app.localhost")) {
            byte[] key =
                    socket.getSession().getPeerCertificates()[0].getPublicKey().getEncoded();
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(key));
        }
    }
}

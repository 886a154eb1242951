package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Browser;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.PackagedGateway.Outcome;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS as users of the packaged jar have it: curl and a browser that trust the authority, and do not before. */
class HttpsIT {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    private Outcome run(String... words) {
        try (RunningProcess process = RunningProcess.start(folder, Map.of(), List.of(words))) {
            return new Outcome(process.awaitExit(LIMIT), process.stdout(), process.stderr());
        }
    }

    @Test
    void curl_and_a_browser_take_a_certificate_once_they_trust_its_authority() throws IOException {
        String curl = Programs.require("curl").toString();
        String certutil = Programs.require("certutil").toString();
        int port = Rig.freePort();
        Path file = Files.writeString(
                folder.resolve("loopgate.yaml"),
                "listen: 127.0.0.1:" + port + "\n"
                        + "hosts:\n  app.localhost: {respond: {body: <title>secure</title>}}\n");
        Path home = Files.createDirectory(folder.resolve("home"));
        String url = "https://app.localhost:" + port + "/";
        try (PackagedGateway gateway = PackagedGateway.run(home, file, port)) {
            assertThat(run(curl, "-s", "http://app.localhost:" + port + "/").stdout())
                    .contains("secure");
            assertThat(run(curl, "-sS", url).status()).isEqualTo(60);
            Path root = folder.resolve("root.pem");
            assertThat(gateway.command("trust", "--export", root.toString()).status())
                    .isZero();
            Outcome trusting = run(curl, "-sS", "--cacert", root.toString(), "-w", "%{http_version}", url);
            assertThat(trusting.stdout()).as(trusting.stderr()).isEqualTo("<title>secure</title>2");
            assertThat(gateway.output()).contains("made a certificate authority in " + home);

            Path profile = Files.createDirectory(folder.resolve("profile"));
            Path database = Files.createDirectories(profile.resolve(".pki/nssdb"));
            run(certutil, "-d", "sql:" + database, "-N", "--empty-password");
            try (Browser stranger = Browser.open(profile)) {
                stranger.show(url);
                stranger.await(
                        "document.title != 'secure' && document.body.innerText.includes('CERT_AUTHORITY')", "true");
            }
            run(certutil, "-d", "sql:" + database, "-A", "-t", "C,,", "-n", "loopgate", "-i", root.toString());
            try (Browser browser = Browser.open(profile)) {
                browser.show(url);
                browser.await("document.title", "secure");
                assertThat(browser.evaluate("location.protocol + isSecureContext"))
                        .isEqualTo("https:true");
            }
        }
    }
}

package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.RunningProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page by which phones come to trust an authority, made for the domains of the configuration. */
class TrustPageIT {

    @TempDir
    Path folder;

    @Test
    void a_phone_gets_the_certificate_until_the_command_ends() {
        try (Rig rig = new Rig(folder)) {
            int port = Rig.freePort();
            rig.file("loopgate.yaml", "hosts: {app.example.com: 3000, \"*.example.org\": 3001, app.localhost: 3002}\n");
            RunningProcess command = rig.with(PackagedGateway.start(
                    rig.folder("home"), folder, "trust", "--page", "--on", "127.0.0.1:" + port, "--qr"));
            Eventually.until(
                    "it is served: " + command.stderr(),
                    Rig.LIMIT,
                    () -> !command.alive() || command.stdout().contains("Ctrl-C ends it"));

            RawResponse page = get(port, "/");
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.field("Content-Type")).contains("text/html; charset=utf-8");
            List<String> fingerprint =
                    command.stdout().lines().skip(1).limit(4).map(String::strip).toList();
            assertThat(fingerprint).allMatch(row -> row.matches("([0-9A-F]{2}:){7}[0-9A-F]{2}"));
            assertThat(page.body())
                    .contains(fingerprint)
                    .contains("<code>app.example.com</code>", "<code>example.org</code>", "<code>local</code>");
            assertThat(get(port, "/loopgate.crt").field("Content-Type")).contains("application/x-x509-ca-cert");
            assertThat(get(port, "/loopgate.crt").body())
                    .isEqualTo(PackagedGateway.command(rig.folder("home"), folder, "trust", "--export", "-")
                            .stdout());
            assertThat(get(port, "/loopgate.mobileconfig").field("Content-Type"))
                    .contains("application/x-apple-aspen-config");
            assertThat(command.stdout()).contains("http://127.0.0.1:" + port + "/", "\u2588\u2588");

            command.terminate();
            assertThat(command.awaitExit(Duration.ofMinutes(1))).isZero();
        }
    }

    private static RawResponse get(int port, String path) {
        try (RawClient client = RawClient.connect(port)) {
            return client.get("192.168.1.10", path, "Connection: close").response("GET", Rig.LIMIT);
        }
    }
}

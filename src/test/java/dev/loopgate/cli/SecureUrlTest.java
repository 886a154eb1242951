package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.ClosedPort;
import dev.loopgate.testkit.ScriptedBackend;
import dev.loopgate.testkit.TcpPeer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands say of URLs of https, and of a file that is named, while a gateway runs. */
class SecureUrlTest {

    private static final String HOSTS = """
            hosts:
              a.localhost: {respond: {status: 200, body: hi}}
              bad.localhost: {respond: {status: 400, body: no}}
              off.localhost: {respond: {status: 200, body: hi}, tls: off}
            """;

    @TempDir
    Path folder;

    /** A busy machine takes its time. */
    private Invocation doctor(GatewayHere gateway, String... words) {
        String[] all = new String[words.length + 3];
        all[0] = "doctor";
        all[1] = "--timeout";
        all[2] = "60s";
        System.arraycopy(words, 0, all, 3, words.length);
        return gateway.command(folder, all);
    }

    @Test
    void a_doctor_agrees_on_tls_and_asks_within_it() throws IOException {
        try (GatewayHere gateway = GatewayHere.start(folder, HOSTS)) {
            Invocation good = doctor(gateway, "https://a.localhost:" + gateway.port() + "/");
            assertThat(good.out())
                    .containsPattern("ok +connection +127.0.0.1:" + gateway.port()
                            + " answers HTTP/1.1 200 OK over TLSv1.3, with a certificate that is good until .*"
                            + " and trusted by this user's authority");
            assertThat(good.status()).isZero();
            assertThat(doctor(gateway, "http://bad.localhost:" + gateway.port()).out())
                    .containsPattern("ok +connection .* answers HTTP/1.1 400");

            Invocation off = doctor(gateway, "https://off.localhost:" + gateway.port() + "/x");
            assertThat(off.status()).isEqualTo(ExitStatus.FAILED);
            assertThat(off.out())
                    .contains(
                            "off.localhost of " + gateway.file() + " is not served over TLS: it has tls: off",
                            "fix: http://off.localhost:" + gateway.port() + "/x");
            assertThat(doctor(gateway, "https://nobody.localhost:" + gateway.port())
                            .out())
                    .contains(
                            "refuses the handshake: unrecognized_name, for it has nobody of the name nobody.localhost")
                    .contains("has no host nobody.localhost");
        }
    }

    @Test
    void a_probe_tells_of_tls_and_of_who_trusts_the_certificate() throws IOException {
        try (GatewayHere gateway = GatewayHere.start(folder, HOSTS)) {
            String url = "https://127.0.0.1:" + gateway.port() + "/";
            assertThat(gateway.command(folder, "probe", "--timeout", "20s", url).out())
                    .contains(
                            "It speaks TLS: TLSv1.3, ",
                            "ALPN h2",
                            "certificate for localhost, 127.0.0.1",
                            "signed by CN=Loopgate",
                            "trusted by this user's authority",
                            "within it HTTP: HTTP/1.1 404");
            JsonObject speech = gateway.command(folder, "probe", "--timeout", "20s", "--json", url)
                    .json()
                    .getJsonObject("speech");
            assertThat(speech.getString("kind")).isEqualTo("tls");
            assertThat(speech.getBoolean("trusted")).isTrue();
            assertThat(speech.getJsonArray("trustedBy")).isEqualTo(new JsonArray().add("authority"));
            assertThat(gateway.command(folder, "probe", "--timeout", "20s", "https://bad.localhost:" + gateway.port())
                            .out())
                    .contains("certificate for bad.localhost", "within it HTTP: HTTP/1.1 400");
        }
    }

    private Invocation explain(GatewayHere gateway, String url) {
        return gateway.command(
                folder, "explain", "--offline", "--config", gateway.file().toString(), url);
    }

    @Test
    void an_explanation_tells_that_tls_is_refused_to_a_name_that_no_host_has() throws IOException {
        try (GatewayHere gateway = GatewayHere.start(folder, HOSTS)) {
            assertThat(explain(gateway, "https://nobody.localhost").out())
                    .contains("TLS is refused (unrecognized_name): no host of the configuration has this name");
            assertThat(explain(gateway, "https://127.0.0.1").out())
                    .contains("404: no host of the configuration has this name");
            // Its own page has a name.
            assertThat(explain(gateway, "https://localhost").out())
                    .contains("404: no host of the configuration has this name");
            Files.writeString(gateway.file(), "tls: off\n" + HOSTS);
            assertThat(explain(gateway, "https://localhost").out()).contains("TLS is refused (unrecognized_name): ");
        }
    }

    @Test
    void a_doctor_goes_by_the_file_that_is_named_whoever_else_serves_the_name() throws IOException {
        try (GatewayHere gateway = GatewayHere.start(folder, HOSTS);
                ClosedPort free = new ClosedPort()) {
            Path named = Files.writeString(
                    folder.resolve("named.yaml"),
                    "listen: 127.0.0.1:" + free.port() + "\nhosts: {a.localhost: {respond: {body: x}}}\n");
            Invocation doctor = doctor(gateway, "a.localhost", "--config", named.toString());
            assertThat(doctor.status()).isEqualTo(ExitStatus.FAILED);
            assertThat(doctor.out())
                    .contains(
                            "nobody listens on port " + free.port() + ": no gateway runs " + named,
                            "a.localhost / of " + named);
            assertThat(doctor(gateway, "http://a.localhost:" + gateway.port(), "--config", named.toString())
                            .out())
                    .contains(
                            named + " has no listener on port " + gateway.port() + ", but on 127.0.0.1:" + free.port());

            Files.writeString(
                    named, "listen: 127.0.0.1:" + gateway.port() + "\nhosts: {a.localhost: {respond: {body: x}}}\n");
            assertThat(doctor(gateway, "a.localhost", "--config", named.toString())
                            .out())
                    .containsPattern("FAIL +port .*: the gateway of " + named + " cannot");

            Files.writeString(named, "hots: {}\n");
            assertThat(doctor(gateway, "a.localhost", "--config", named.toString())
                            .out())
                    .containsPattern("FAIL +file +.*named.yaml:1:1: ");
            assertThat(doctor(gateway, "a.localhost", "--config", gateway.file().toString())
                            .status())
                    .isZero();

            Files.writeString(gateway.file(), "hots: {}\n");
            assertThat(doctor(gateway, "a.localhost", "--config", gateway.file().toString())
                            .out())
                    .containsPattern("FAIL +file +.*loopgate.yaml:1:1: ")
                    .containsPattern("ok +connection +127.0.0.1:" + gateway.port() + " answers HTTP/1.1 200");
        }
    }

    @Test
    void a_doctor_looks_at_a_forward_of_the_file_that_is_named() throws IOException {
        int port = TcpPeer.closedPort();
        try (ScriptedBackend backend = ScriptedBackend.start("app");
                GatewayHere gateway = GatewayHere.start(
                        folder,
                        HOSTS + "forwards: {\"127.0.0.1:" + port + "\": \"127.0.0.1:" + backend.port() + "\"}\n")) {
            assertThat(doctor(
                                    gateway,
                                    "http://localhost:" + port,
                                    "--config",
                                    gateway.file().toString())
                            .out())
                    .containsPattern("ok +connection +127.0.0.1:" + port + " answers HTTP/1.1 200")
                    .doesNotContain("has no listener");
        }
    }
}

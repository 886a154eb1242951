package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.Configuration;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.RunningProcess;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.Tls;
import dev.loopgate.tls.LocalCertificates;
import dev.loopgate.tls.TlsIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A session is resumed by whoever asks for the name that it was made for, whatever was reloaded, and under no other. */
class TlsResumptionTest {

    private static final Tls TLS = Tls.inNewFolder();

    @RegisterExtension
    static final Stage STAGE = new Stage(TlsResumptionTest::configuration, TLS.termination());

    @TempDir
    Path folder;

    private static Configuration configuration(Stage stage) {
        VirtualHost plain = Sites.proxy("*.given.localhost", stage.b().port());
        try {
            TlsSettings given = new TlsSettings.Given(
                    new LocalCertificates(Optional.of(TLS.folder()), InstantSource.system(), sentence -> {})
                            .certificate(new TlsIdentity.Local("given.localhost", "")));
            return Sites.of(
                    Sites.proxy("a.localhost", stage.a().port()),
                    Sites.proxy("*.w.localhost", stage.b().port()),
                    new VirtualHost(plain.pattern(), plain.routes(), Optional.of(given), false));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** @return whether the session was resumed */
    private boolean resumes(String version, String name, String... session) {
        Path openssl = Programs.require("openssl");
        String ask = "printf 'GET / HTTP/1.1\\r\\nHost: " + name + "\\r\\nConnection: close\\r\\n\\r\\n' | " + openssl
                + " s_client -ign_eof -" + version + " -connect 127.0.0.1:"
                + STAGE.gateway().port() + " -servername " + name + " " + String.join(" ", session);
        try (RunningProcess client = RunningProcess.start(folder, Map.of(), List.of("sh", "-c", ask))) {
            client.awaitExit(Duration.ofSeconds(30));
            assertThat(client.stdout()).containsPattern("(New|Reused), TLSv1").contains("HTTP/1.1 200");
            return client.stdout().contains("Reused, TLSv1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls1_2", "tls1_3"})
    void resumes_under_its_own_name_only(String version) {
        for (List<String> names : List.of(
                List.of("a.localhost", "x.w.localhost"),
                List.of("x.w.localhost", "y.w.localhost"),
                List.of("x.given.localhost", "y.given.localhost"))) {
            assertThat(resumes(version, names.get(0), "-sess_out", "session")).isFalse();
            assertThat(resumes(version, names.get(1), "-sess_in", "session"))
                    .as("%s as %s", names.get(0), names.get(1))
                    .isFalse();
            STAGE.gateway().install(configuration(STAGE));
            assertThat(resumes(version, names.get(0), "-sess_in", "session"))
                    .as(names.get(0))
                    .isTrue();
        }
    }
}

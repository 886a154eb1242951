package dev.loopgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.Credential;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.tls.AuthorityFolder;
import dev.loopgate.tls.LocalCertificates;
import dev.loopgate.tls.TlsIdentity;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that the file names. */
class TlsReaderTest {

    @TempDir
    Path folder;

    private Credential made(String name, Instant at) throws IOException {
        return new LocalCertificates(
                        Optional.of(AuthorityFolder.at(folder.resolve("ca"))), InstantSource.fixed(at), sentence -> {})
                .certificate(new TlsIdentity.Local(name, ""));
    }

    private static String block(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + label
                + "-----\n";
    }

    private void write(Credential credential, String cert, String key) throws Exception {
        Files.writeString(
                folder.resolve(cert),
                block("CERTIFICATE", credential.certificate().getEncoded()));
        Files.writeString(
                folder.resolve(key), block("PRIVATE KEY", credential.key().getEncoded()));
    }

    private ReadResult read(String text) throws IOException {
        Path file = folder.resolve("loopgate.yaml");
        Files.writeString(file, text);
        return new ConfigurationReader(Map.of("PASSWORD", "secret")::get).read(file, new DiskTexts());
    }

    private String problem(String text) throws IOException {
        ReadResult.Invalid invalid = (ReadResult.Invalid) read(text);
        assertThat(invalid.problems()).hasSize(1);
        return invalid.problems().get(0).toString().replace(folder + "/", "");
    }

    @Test
    void reads_a_pair_of_pem_files() throws Exception {
        Credential made = made("a.localhost", Instant.now());
        write(made, "cert.pem", "key.pem");
        ReadResult.Valid valid =
                (ReadResult.Valid) read("tls: {cert: cert.pem, key: ./key.pem}\nhosts: {a.localhost: 3000}\n");
        assertThat(valid.configuration().tls()).isEqualTo(new TlsSettings.Given(made));
        assertThat(valid.warnings()).isEmpty();
    }

    @Test
    void reads_a_pkcs12_file_with_a_password_from_the_environment() throws Exception {
        Credential made = made("a.localhost", Instant.now());
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("a", made.key(), "secret".toCharArray(), made.chain().toArray(Certificate[]::new));
        try (OutputStream out = Files.newOutputStream(folder.resolve("a.p12"))) {
            store.store(out, "secret".toCharArray());
        }
        ReadResult.Valid valid = (ReadResult.Valid)
                read("hosts:\n  a.localhost: {to: 3000, tls: {pkcs12: a.p12, password: \"${PASSWORD}\"}}\n");
        assertThat(valid.configuration().hosts().get(0).tls()).contains(new TlsSettings.Given(made));

        assertThat(problem("tls: {pkcs12: a.p12, password: other}"))
                .isEqualTo("loopgate.yaml:1:15: a.p12 does not open with this password (check the password)");
    }

    @Test
    void names_the_place_of_a_file_that_is_not_there() throws Exception {
        write(made("a.localhost", Instant.now()), "cert.pem", "key.pem");
        assertThat(problem("tls: {cert: cert.pem, key: nowhere.pem}"))
                .isEqualTo("loopgate.yaml:1:28: cannot read nowhere.pem: there is no such file");
    }

    @Test
    void refuses_a_key_of_another_certificate() throws Exception {
        write(made("a.localhost", Instant.now()), "cert.pem", "key.pem");
        write(made("a.localhost", Instant.now()), "other.pem", "other-key.pem");
        assertThat(problem("tls: {cert: cert.pem, key: other-key.pem}"))
                .isEqualTo("loopgate.yaml:1:28: other-key.pem is not the key of the certificate"
                        + " (name the two files that were made together)");
    }

    @Test
    void warns_of_a_certificate_that_is_expired_and_of_one_that_soon_will_be() throws Exception {
        String text = "tls: {cert: cert.pem, key: key.pem}";
        write(made("a.localhost", Instant.parse("2020-01-01T00:00:00Z")), "cert.pem", "key.pem");
        assertThat(warning(text))
                .isEqualTo("loopgate.yaml:1:13: cert.pem expired at 2020-03-31T00:00:00Z, so browsers refuse it"
                        + " (renew it, or write tls: auto)");
        write(made("a.localhost", Instant.now().minus(Duration.ofDays(80))), "cert.pem", "key.pem");
        assertThat(warning(text))
                .startsWith("loopgate.yaml:1:13: cert.pem expires at ")
                .contains(", in 9 days");
        write(made("a.localhost", Instant.now().minus(Duration.ofDays(60))), "cert.pem", "key.pem");
        assertThat(((ReadResult.Valid) read(text)).warnings()).isEmpty();
    }

    private String warning(String text) throws IOException {
        ReadResult.Valid valid = (ReadResult.Valid) read(text);
        assertThat(valid.warnings()).hasSize(1);
        return valid.warnings().get(0).toString().replace(folder + "/", "");
    }

    @Test
    void refuses_a_certificate_that_is_not_valid_yet() throws Exception {
        write(made("a.localhost", Instant.now().plus(Duration.ofDays(30))), "cert.pem", "key.pem");
        assertThat(problem("tls: {cert: cert.pem, key: key.pem}")).contains("cert.pem is not valid before");
    }

    @Test
    void refuses_what_is_no_key_and_no_certificate() throws Exception {
        write(made("a.localhost", Instant.now()), "cert.pem", "key.pem");
        Files.writeString(folder.resolve("text.pem"), "hello\n");
        Files.writeString(
                folder.resolve("broken.pem"), "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n");
        assertThat(problem("tls: {cert: text.pem, key: key.pem}")).contains("text.pem holds no certificate");
        assertThat(problem("tls: {cert: cert.pem, key: cert.pem}")).contains("cert.pem holds no private key");
        assertThat(problem("tls: {cert: broken.pem, key: key.pem}")).contains("broken.pem is damaged");
        assertThat(problem("tls: {pkcs12: cert.pem}")).contains("cert.pem is no PKCS#12 file");
    }

    @Test
    void warns_of_hosts_that_the_certificate_is_not_for() throws Exception {
        write(made("a.localhost", Instant.now()), "cert.pem", "key.pem");
        ReadResult.Valid valid = (ReadResult.Valid)
                read("tls: {cert: cert.pem, key: key.pem}\nhosts: {a.localhost: 3000, b.localhost: 3001}\n");
        assertThat(valid.warnings())
                .singleElement()
                .asString()
                .contains("loopgate.yaml:1:1: the certificate is not for b.localhost");
    }

    @Test
    void asks_for_the_files_so_that_they_are_followed() throws Exception {
        write(made("a.localhost", Instant.now()), "cert.pem", "key.pem");
        Path file = folder.resolve("loopgate.yaml");
        Files.writeString(file, "tls: {cert: cert.pem, key: key.pem}");
        List<Path> asked = new java.util.ArrayList<>();
        DiskTexts disk = new DiskTexts();
        new ConfigurationReader(variable -> null).read(file, new SourceTexts() {
            @Override
            public byte[] content(Path path) throws IOException {
                asked.add(path);
                return disk.content(path);
            }

            @Override
            public List<Path> glob(Path base, String pattern) throws IOException {
                return disk.glob(base, pattern);
            }
        });
        assertThat(asked).containsExactly(file, folder.resolve("cert.pem"), folder.resolve("key.pem"));
    }

    @Test
    void shows_no_key_in_a_text() throws Exception {
        Credential made = made("a.localhost", Instant.now());
        assertThat(new TlsSettings.Given(made).toString())
                .contains("O=Loopgate")
                .doesNotContain(made.key().toString());
    }
}

package dev.loopgate.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.doctor.Finding.Status;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.tls.AuthorityFolder;
import dev.loopgate.tls.LocalCertificates;
import dev.loopgate.tls.TlsIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who takes the certificates. */
class CertificateCheckTest {

    private static final Clock CLOCK = Clock.systemUTC();

    @TempDir
    Path home;

    private Map<String, String> environment;

    @BeforeEach
    void browser() throws IOException {
        Path bin = Files.createDirectories(home.resolve("bin"));
        Path profile = Files.createDirectories(home.resolve(".mozilla/firefox/abc.default"));
        Files.createFile(profile.resolve("cert9.db"));
        Path certutil =
                Files.writeString(bin.resolve("certutil"), "#!/bin/sh\ntest -e " + home.resolve("trusts") + "\n");
        Files.setPosixFilePermissions(certutil, PosixFilePermissions.fromString("rwxr-xr-x"));
        environment = Map.of("HOME", home.toString(), "PATH", bin + ":/usr/bin:/bin");
    }

    private List<Finding> machine() {
        return CertificateCheck.ofAll(environment::get, List.of(), CLOCK).look();
    }

    private AuthorityFolder folder() {
        return AuthorityFolder.from(environment::get).orElseThrow();
    }

    @Test
    void tells_who_does_not_trust_the_authority() throws IOException {
        assertThat(machine()).isEmpty();
        folder().certificateOrNew(Instant.now());
        assertThat(machine()).singleElement().satisfies(finding -> {
            assertThat(finding.status()).isEqualTo(Status.WARN);
            assertThat(finding.evidence()).contains("not trusted by", "abc.default of Firefox");
            assertThat(finding.fix()).contains("loopgate trust");
        });
        Files.createFile(home.resolve("trusts"));
        assertThat(machine())
                .singleElement()
                .satisfies(finding -> assertThat(finding.evidence()).doesNotContain("Firefox"));
    }

    @Test
    void a_url_needs_an_authority() {
        CertificateCheck check =
                new CertificateCheck(environment::get, Map.of("app.localhost", new TlsSettings.Auto()), true, CLOCK);
        assertThat(check.look())
                .singleElement()
                .satisfies(finding -> assertThat(finding.evidence()).contains("no certificate authority yet"));
    }

    @Test
    void tells_of_one_that_is_damaged() throws IOException {
        folder().certificateOrNew(Instant.now());
        Files.writeString(folder().root().resolveSibling("authority.pem"), "");
        assertThat(machine()).singleElement().satisfies(finding -> {
            assertThat(finding.status()).isEqualTo(Status.FAIL);
            assertThat(finding.evidence()).contains("move it away");
        });
    }

    @Test
    void tells_of_a_given_certificate_before_it_expires_and_after() throws IOException {
        Instant now = Instant.now();
        TlsSettings given = new TlsSettings.Given(new LocalCertificates(
                        Optional.of(AuthorityFolder.at(home.resolve("other"))),
                        InstantSource.fixed(now),
                        sentence -> {})
                .certificate(new TlsIdentity.Local("app.localhost", "")));
        Configuration plain = Configuration.EMPTY;
        Configuration configuration =
                new Configuration(plain.listen(), List.of(), List.of(), List.of(), false, plain.accessLog(), given);
        assertThat(given(configuration, now)).isEmpty();
        assertThat(given(configuration, now.plus(Duration.ofDays(80))))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.status()).isEqualTo(Status.WARN);
                    assertThat(finding.evidence()).contains("for the gateway expires at");
                });
        assertThat(given(configuration, now.plus(Duration.ofDays(91))))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.status()).isEqualTo(Status.FAIL);
                    assertThat(finding.evidence()).contains("expired at");
                });
    }

    private List<Finding> given(Configuration configuration, Instant now) {
        return CertificateCheck.ofAll(environment::get, List.of(configuration), Clock.fixed(now, ZoneOffset.UTC))
                .look();
    }
}

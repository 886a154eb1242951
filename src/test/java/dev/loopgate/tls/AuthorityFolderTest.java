package dev.loopgate.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.model.Credential;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityFolderTest {

    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    @TempDir
    Path home;

    private final List<String> notices = new ArrayList<>();

    private AuthorityFolder folder() {
        return AuthorityFolder.from(Map.of("HOME", home.toString())::get).orElseThrow();
    }

    private LocalCertificates certificates(Instant now) {
        return new LocalCertificates(Optional.of(folder()), InstantSource.fixed(now), notices::add);
    }

    private static TlsIdentity.Local name(String name) {
        return new TlsIdentity.Local(name, name);
    }

    @Test
    void is_where_the_environment_says() {
        assertThat(folder()).hasToString(home + "/.local/share/loopgate/ca");
        assertThat(AuthorityFolder.from(Map.of("HOME", "/h", "XDG_DATA_HOME", "/d")::get)
                        .orElseThrow())
                .hasToString("/d/loopgate/ca");
        assertThat(AuthorityFolder.from(variable -> null)).isEmpty();
        assertThat(AuthorityFolder.from(Map.of("HOME", "relative")::get)).isEmpty();
    }

    @Test
    void keeps_its_key_from_everybody_else() throws IOException {
        folder().certificateOrNew(NOW);
        Path ca = home.resolve(".local/share/loopgate/ca");
        Path both = ca.resolve("authority.pem");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ca)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(both)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(folder().root()))
                .startsWith("-----BEGIN CERTIFICATE")
                .doesNotContain("KEY");

        Files.setPosixFilePermissions(both, PosixFilePermissions.fromString("rw-r--r--"));
        folder().certificateOrNew(NOW);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(both)))
                .isEqualTo("rw-------");
    }

    @Test
    void has_one_authority_however_many_begin_at_once() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Callable<X509Certificate>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(() -> folder().certificateOrNew(NOW));
        }
        Set<X509Certificate> found = new java.util.HashSet<>();
        for (Future<X509Certificate> one : threads.invokeAll(all)) {
            found.add(one.get());
        }
        threads.shutdown();
        assertThat(found).hasSize(1);
        assertThat(folder().all(notices::add)).hasSize(1);
    }

    @Test
    void says_what_to_do_with_a_file_that_is_damaged() throws IOException {
        folder().certificateOrNew(NOW);
        Path both = home.resolve(".local/share/loopgate/ca/authority.pem");
        Files.writeString(both, "-----BEGIN PRIVATE KEY-----\n");
        assertThatThrownBy(() -> folder().certificateOrNew(NOW))
                .isInstanceOf(IOException.class)
                .hasMessage(both + " holds no certificate authority any more; move it away, and a new one is made");
    }

    @Test
    void may_sign_for_nothing_but_this_machine() throws Exception {
        X509Certificate root = folder().certificateOrNew(NOW);
        assertThat(root.getCriticalExtensionOIDs()).contains("2.5.29.30", "2.5.29.19", "2.5.29.15");
        assertThat(root.getBasicConstraints()).isZero();
        assertThat(root.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        LocalAuthority authority = folder().open("localhost", Set.of(), NOW);
        assertThat(authority.domains()).containsExactlyInAnyOrder("localhost", "test", "internal", "local");
        assertThat(authority.permits("a.localhost")).isTrue();
        assertThat(authority.permits("notlocalhost")).isFalse();
        assertThat(authority.permits("example.com")).isFalse();
    }

    @Test
    void makes_certificates_that_browsers_take() throws Exception {
        Credential leaf = certificates(NOW).certificate(name("app.localhost"));
        X509Certificate certificate = leaf.certificate();
        certificate.verify(folder().certificateOrNew(NOW).getPublicKey());
        assertThat(certificate.getSubjectAlternativeNames().toString()).isEqualTo("[[2, app.localhost]]");
        assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(certificate.getSigAlgName()).isEqualTo("SHA256withECDSA");
        assertThat(certificate.getNotBefore().toInstant()).isBefore(NOW);
        assertThat(Duration.between(
                        certificate.getNotBefore().toInstant(),
                        certificate.getNotAfter().toInstant()))
                .isLessThan(Duration.ofDays(397));
        assertThat(LocalCertificates.renewal(leaf))
                .isBefore(certificate.getNotAfter().toInstant());
    }

    @Test
    void announces_an_authority_that_is_made() throws IOException {
        certificates(NOW).certificate(name("app.localhost"));
        assertThat(notices).singleElement().asString().contains(folder().toString());
        certificates(NOW).certificate(name("other.localhost"));
        assertThat(notices).hasSize(1);
    }

    @Test
    void makes_a_new_one_for_another_domain_and_says_so() throws IOException {
        X509Certificate before = folder().certificateOrNew(NOW);
        certificates(NOW).certificate(new TlsIdentity.Local("x.app.example.com", "app.example.com"));
        assertThat(folder().certificateOrNew(NOW)).isNotEqualTo(before);
        assertThat(folder().all(notices::add))
                .extracting(AuthorityFolder.Kept::certificate)
                .containsExactly(before, folder().certificateOrNew(NOW));
        assertThat(notices).singleElement().asString().contains("app.example.com", "trusted again");
        LocalAuthority now = folder().open("localhost", Set.of(), NOW);
        assertThat(now.permits("y.app.example.com")).isTrue();
        assertThat(now.permits("example.com")).isFalse();
    }

    @Test
    void signs_for_no_name_that_is_not_in_the_configuration() {
        LocalCertificates certificates = certificates(NOW);
        for (String stranger : List.of("example.com", "a..localhost", "-.localhost", "A.localhost", "10.0.0.1")) {
            assertThatThrownBy(() -> certificates.certificate(new TlsIdentity.Local(stranger, "")))
                    .as(stranger)
                    .isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x:1.w.localhost",
                "1.2.3.4.5",
                "127.0.0.1.5",
                "127.1",
                "127.0.0.010",
                "2130706433",
                "0x7f.0.0.1",
                "::2",
                "[::1]",
                "fe80::1%lo",
                "a.0x7f",
                "a\u001b[31m.localhost"
            })
    void takes_nothing_for_an_address_that_would_have_to_be_looked_up(String name) {
        LocalCertificates certificates = certificates(NOW);
        assertThatThrownBy(() -> certificates.certificate(new TlsIdentity.Local(name, name)))
                .isInstanceOf(IOException.class)
                .hasMessage("no certificate can be made for such a name");
        assertThat(folder().root()).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 3", "::1, 3", "127.0.255.9, 4"})
    void signs_for_loopback_addresses(String name, int names) throws Exception {
        assertThat(certificates(NOW)
                        .certificate(new TlsIdentity.Local(name, ""))
                        .certificate()
                        .getSubjectAlternativeNames())
                .hasSize(names)
                .anySatisfy(one -> assertThat(one.get(1)).isEqualTo(name.equals("::1") ? "0:0:0:0:0:0:0:1" : name));
    }

    @Test
    void takes_all_other_domains_at_once() throws IOException {
        X509Certificate first = folder().certificateOrNew(NOW);
        LocalCertificates certificates = certificates(NOW);
        Set<String> all = Set.of("a.example.com", "b.example.com", "c.example.com", "com", "10.0.0.1", "d.localhost");
        for (String name : List.of("a.example.com", "b.example.com", "x.c.example.com")) {
            certificates.certificate(new TlsIdentity.Local(name, all, true));
        }
        assertThat(notices).hasSize(1);
        assertThat(folder().all(notices::add))
                .hasSize(2)
                .extracting(AuthorityFolder.Kept::certificate)
                .contains(first);
        assertThat(folder().open("localhost", Set.of(), NOW).domains())
                .contains("a.example.com", "b.example.com", "c.example.com")
                .doesNotContain("com", "10.0.0.1", "d.localhost");
    }

    @Test
    void sees_that_the_folder_was_moved_away() throws Exception {
        LocalCertificates certificates = certificates(NOW);
        certificates.certificate(name("a.localhost"));
        X509Certificate before = folder().certificateOrNew(NOW);
        Files.move(home.resolve(".local/share/loopgate/ca"), home.resolve("away"));
        Credential leaf = certificates.certificate(name("b.localhost"));
        X509Certificate after = folder().certificateOrNew(NOW);
        assertThat(after).isNotEqualTo(before);
        leaf.certificate().verify(after.getPublicKey());
        assertThat(notices).hasSize(2);
    }

    @Test
    void writes_anew_what_is_to_be_trusted_where_it_is_another() throws IOException {
        X509Certificate root = folder().certificateOrNew(NOW);
        String text = Files.readString(folder().root());
        Files.writeString(folder().root(), "something else");
        assertThat(folder().certificateOrNew(NOW)).isEqualTo(root);
        assertThat(folder().root()).hasContent(text);
    }

    @Test
    void leaves_out_a_former_one_that_is_damaged() throws IOException {
        X509Certificate root = folder().certificateOrNew(NOW);
        Path damaged = Files.writeString(folder().root().resolveSibling("former-1.pem"), "nothing");
        assertThat(folder().all(notices::add)).containsExactly(new AuthorityFolder.Kept(root, folder().root()));
        assertThat(notices).singleElement().asString().contains(damaged.toString());
    }

    @Test
    void one_odd_entry_of_the_system_spoils_no_other() throws Exception {
        X509Certificate root = folder().certificateOrNew(NOW);
        X509Certificate other = AuthorityFolder.at(home.resolve("other")).certificateOrNew(NOW);
        Path system = Files.writeString(
                home.resolve("system.pem"),
                "# comment\n-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n" + Pem.write(other));
        LocalCertificates certificates = new LocalCertificates(
                Optional.of(folder()), Optional.of(system), InstantSource.fixed(NOW), notices::add);
        assertThat(certificates.trusted().getCertificateAlias(other)).isNotNull();
        assertThat(certificates.trusted().getCertificateAlias(root)).isNotNull();
        assertThat(notices).hasSize(2).first().asString().contains("1 entry of " + system);

        notices.clear();
        Files.writeString(system, Pem.write(other));
        Files.writeString(folder().root().resolveSibling("authority.pem"), "damaged");
        assertThat(certificates.trusted().getCertificateAlias(other)).isNotNull();
        assertThat(notices).singleElement().asString().contains("move it away");
    }

    @Test
    void tells_programs_whom_to_trust_once_it_is_there() throws IOException {
        Map<String, String> environment = Map.of("HOME", home.toString(), "DENO_CERT", "/own.pem");
        assertThat(AuthorityVariables.of(environment::get)).isEmpty();
        folder().certificateOrNew(NOW);
        Map<String, String> variables = AuthorityVariables.of(environment::get);
        assertThat(variables)
                .containsEntry("NODE_EXTRA_CA_CERTS", folder().root().toString())
                .doesNotContainKey("DENO_CERT");
        String bundle = variables.get("SSL_CERT_FILE");
        if (bundle != null) {
            assertThat(Files.readString(Path.of(bundle))).endsWith(Files.readString(folder().root()));
        }
    }

    @Test
    void signs_for_no_top_level_domain_whatever_the_configuration_says() throws IOException {
        LocalCertificates certificates = certificates(NOW);
        assertThatThrownBy(() -> certificates.certificate(new TlsIdentity.Local("shop.com", "com")))
                .hasMessageStartingWith("the local authority may not sign for shop.com, ");
        assertThat(folder().certificate()).isEmpty();
    }

    @Test
    void is_replaced_before_it_expires() throws IOException {
        X509Certificate before = folder().certificateOrNew(NOW);
        Instant later = before.getNotAfter().toInstant().minus(Duration.ofDays(30));
        certificates(later).certificate(name("a.localhost"));
        assertThat(folder().certificateOrNew(later)).isNotEqualTo(before);
        assertThat(notices).singleElement().asString().contains("about to expire");
    }

    @Test
    void one_that_cannot_be_read_is_told_with_its_file_and_the_reason() throws IOException {
        folder().certificateOrNew(NOW);
        Path file = folder().root().resolveSibling("authority.pem");
        Files.delete(file);
        Files.createDirectory(file);
        assertThatThrownBy(() -> folder().certificate()).hasMessage(file + ": Is a directory");
        assertThatThrownBy(() -> certificates(NOW).certificate(name("a.localhost")))
                .hasMessage(file + ": Is a directory");
    }
}

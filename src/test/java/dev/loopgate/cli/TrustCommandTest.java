package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.admin.Attachment;
import dev.loopgate.tls.AuthorityFolder;
import dev.loopgate.tls.TrustStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dry: what it does is for {@code TrustStoresTest}, on a system of its own. */
class TrustCommandTest {

    @TempDir
    Path folder;

    private Invocation run(String... words) {
        return run(Map.of(), words);
    }

    private Invocation run(Map<String, String> more, String... words) {
        Map<String, String> environment = new HashMap<>(Map.of("HOME", folder.toString(), "PATH", ""));
        environment.putAll(more);
        return Invocation.of(folder, environment, "", words);
    }

    private X509Certificate made() throws IOException {
        return AuthorityFolder.from(Map.of("HOME", folder.toString())::get)
                .orElseThrow()
                .certificateOrNew(Instant.now());
    }

    @Test
    void a_dry_run_makes_nothing() {
        Invocation dry = run("trust", "--dry-run");
        assertThat(dry.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(dry.err()).contains("there is no certificate authority yet");
        assertThat(folder).isEmptyDirectory();
        // The lists of this very machine may have one of somebody else.
        assertThat(run("untrust").err()).containsAnyOf("nobody trusts it", "to finish it, run");
    }

    @Test
    void what_is_trusted_is_enough_for_the_configuration() throws IOException {
        X509Certificate before = made();
        Files.writeString(folder.resolve("loopgate.yaml"), "hosts: {app.example.com: 3000}\n");
        Invocation dry = run("trust", "--dry-run", "--java", "own.p12");
        assertThat(dry.err()).contains("which may not sign for app.example.com");
        assertThat(made()).isEqualTo(before);
        Invocation exported = run("trust", "--export", "root.pem");
        assertThat(exported.err())
                .contains("there is a new certificate authority, since the one before may not sign for"
                        + " app.example.com");
        assertThat(made()).isNotEqualTo(before);
        assertThat(run("trust", "--export", "-").err()).doesNotContain("new certificate authority");
        Files.writeString(folder.resolve("loopgate.yaml"), "hosts: {app.example.com: }\n");
        assertThat(run("trust", "--export", "-").err()).contains("loopgate.yaml has problems");
    }

    @Test
    void what_is_trusted_is_enough_for_projects_that_are_attached() throws IOException {
        Path home = Files.createDirectory(folder.resolve("home"));
        try (GatewayHere gateway = GatewayHere.start(home, "hosts: {own.example.net: 1}\n");
                Attachment project = gateway.attach("exec web", "hosts: {web.example.org: 1, web.localhost: 2}")) {
            assertThat(project.result().getJsonArray("hosts")).hasSize(2);
            run(gateway.environment(), "trust", "--export", "root.pem");
            // The file that is named, and nothing else.
            Path other = Files.writeString(folder.resolve("other.yaml"), "hosts: {a.example.com: 1}\n");
            assertThat(run(gateway.environment(), "trust", "--dry-run", "--config", other.toString())
                            .err())
                    .contains("may not sign for a.example.com\n");
            assertThat(AuthorityFolder.from(gateway.environment()::get)
                            .orElseThrow()
                            .domains())
                    .contains("own.example.net", "web.example.org")
                    .doesNotContain("a.example.com");
        }
    }

    @Test
    void the_page_is_served_alone() {
        for (String other : new String[] {"--json", "--export=-", "--dry-run"}) {
            assertThat(run("trust", "--page", other).status()).isEqualTo(ExitStatus.WRONG_USAGE);
        }
        assertThat(run("trust", "--for", "5m").err()).contains("are for --page", "loopgate trust --help");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_dry_run_prints_the_commands() throws IOException {
        String alias = TrustStores.alias(made());
        Invocation dry = run("trust", "--dry-run", "--java", "own.p12", "--java-password", "geheim");
        assertThat(dry.status()).as(dry.err()).isZero();
        assertThat(dry.out())
                .contains("would the Java truststore " + folder.resolve("own.p12"))
                .contains("-alias " + alias, "-storepass PASSWORD")
                .doesNotContain("geheim");
        assertThat(folder.resolve("own.p12")).doesNotExist();
        assertThat(run("trust", "--dry-run", "--json", "--java", "own.p12")
                        .json()
                        .getString("authority"))
                .isEqualTo(alias);
    }

    @Test
    void untrust_finds_what_is_left_where_the_folder_is_gone() throws IOException {
        Path database = Files.createDirectories(folder.resolve(".pki/nssdb"));
        Files.createFile(database.resolve("cert9.db"));
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Path certutil = Files.writeString(bin.resolve("certutil"), "#!/bin/sh\necho 'loopgate-89abcdef    C,,'\n");
        Files.setPosixFilePermissions(certutil, PosixFilePermissions.fromString("rwxr-xr-x"));
        Invocation untrust = run(Map.of("PATH", bin.toString()), "untrust");
        assertThat(untrust.out()).contains("done  Chromium", "loopgate-89abcdef", "-D -n loopgate-89abcdef");
    }

    @Test
    void exports_the_certificate_and_no_key() throws IOException {
        assertThat(run("trust", "--export", "nowhere/root.crt").err())
                .contains("cannot write " + folder.resolve("nowhere/root.crt") + ": there is no ", "may write to");
        assertThat(run("trust", "--export", "root.crt").status()).isZero();
        assertThat(Files.readString(folder.resolve("root.crt")))
                .startsWith("-----BEGIN CERTIFICATE")
                .doesNotContain("KEY");
        assertThat(run("trust", "--export", "-").out()).isEqualTo(Files.readString(folder.resolve("root.crt")));
    }

    @Test
    void does_not_take_the_authority_of_root_for_that_of_who_typed_sudo() {
        Invocation sudo = run(Map.of("SUDO_USER", "jane"), "trust");
        assertThat(sudo.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(sudo.err()).contains("not that of jane", "run it without sudo");
    }
}

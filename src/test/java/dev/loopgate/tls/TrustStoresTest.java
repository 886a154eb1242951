package dev.loopgate.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On a system of our own, whose programs write down how they are called. */
class TrustStoresTest {

    @TempDir
    Path folder;

    private Path root;
    private Path home;
    private Path bin;
    private Path calls;
    private AuthorityFolder authority;
    private X509Certificate certificate;

    @BeforeEach
    void machine() throws IOException {
        root = Files.createDirectories(folder.resolve("root"));
        home = Files.createDirectories(folder.resolve("home"));
        bin = Files.createDirectories(folder.resolve("bin"));
        calls = folder.resolve("calls");
        authority = AuthorityFolder.at(folder.resolve("ca"));
        certificate = authority.certificateOrNew(Instant.now());
    }

    private void program(String name, String body) throws IOException {
        Path file = Files.writeString(
                bin.resolve(name), "#!/bin/sh\necho \"" + name + " $*\" >>" + calls + "\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private List<TrustStore> stores(String platform) {
        return new TrustStores(root, platform, Map.of("HOME", home.toString(), "PATH", bin.toString())::get)
                .of(certificate, authority.root());
    }

    @ParameterizedTest
    @CsvSource({
        "usr/local/share/ca-certificates, .crt, update-ca-certificates, ''",
        "etc/pki/ca-trust/source/anchors, .pem, update-ca-trust, extract",
        "etc/ca-certificates/trust-source/anchors, .crt, trust, extract-compat",
        "etc/pki/trust/anchors, .pem, update-ca-certificates, ''"
    })
    void has_the_system_trust_it_and_takes_it_back(String anchors, String suffix, String program, String word)
            throws IOException {
        Path list = Files.createDirectories(root.resolve(anchors));
        program(program, "");
        TrustStore store = stores("Linux").get(0);
        assertThat(store.trusts()).isFalse();
        assertThat(store.closed()).isEmpty();

        TrustStore.take(store.add());
        Path put = list.resolve(TrustStores.alias(certificate) + suffix);
        assertThat(put).hasSameTextualContentAs(authority.root());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(put)))
                .isEqualTo("rw-r--r--");
        assertThat(Files.readString(calls).strip()).isEqualTo((program + " " + word).strip());
        assertThat(stores("Linux").get(0).trusts()).isTrue();

        TrustStore.take(store.remove());
        assertThat(list).isEmptyDirectory();
        assertThat(Files.readAllLines(calls)).hasSize(2);
    }

    @Test
    void knows_nobody_on_a_system_that_it_does_not_know() {
        assertThat(stores("Linux")).isEmpty();
    }

    @Test
    void fills_the_databases_of_browsers_and_makes_that_of_chromium() throws IOException {
        program("chromium", "");
        program("certutil", "case \"$*\" in *-L*) exit 1 ;; esac");
        Path profile = Files.createDirectories(home.resolve(".mozilla/firefox/abc.default"));
        Files.createFile(profile.resolve("cert9.db"));
        List<TrustStore> stores = stores("Linux");
        assertThat(stores)
                .extracting(TrustStore::name)
                .satisfiesExactly(
                        one -> assertThat(one).startsWith("Chromium"),
                        one -> assertThat(one).contains("abc.default of Firefox"));
        for (TrustStore store : stores) {
            assertThat(store.trusts()).isFalse();
            TrustStore.take(store.add());
        }
        assertThat(home.resolve(".pki/nssdb")).isDirectory();
        String alias = TrustStores.alias(certificate);
        assertThat(Files.readString(calls))
                .contains("certutil -d sql:" + home.resolve(".pki/nssdb") + " -N --empty-password")
                .contains("certutil -d sql:" + profile + " -A -t C,, -n " + alias + " -i " + authority.root());
    }

    @Test
    void finds_what_is_left_of_authorities_whose_files_are_gone() throws IOException {
        Path list = Files.createDirectories(root.resolve("usr/local/share/ca-certificates"));
        Path old = Files.writeString(list.resolve("loopgate-01234567.crt"), "");
        Files.writeString(list.resolve(TrustStores.alias(certificate) + ".crt"), "");
        Files.writeString(list.resolve("another.crt"), "");
        program("update-ca-certificates", "");
        Path database = Files.createDirectories(home.resolve(".pki/nssdb"));
        Files.createFile(database.resolve("cert9.db"));
        program(
                "certutil",
                "echo; echo 'loopgate-89abcdef       C,,'; echo '" + TrustStores.alias(certificate)
                        + "    C,,'; echo 'mkcert development   C,,'");
        TrustStores stores = linux();
        assertThat(stores.remnantsForAll(List.of(certificate)))
                .singleElement()
                .satisfies(store -> assertThat(store.remove()).contains(new TrustStep.Delete(old)));
        assertThat(stores.remnants(List.of(certificate)))
                .singleElement()
                .satisfies(store -> assertThat(store.remove().get(0).command()).endsWith("-D -n loopgate-89abcdef"));
        assertThat(stores.remnants(List.of())).hasSize(2);
    }

    private TrustStores linux() {
        return new TrustStores(root, "Linux", Map.of("HOME", home.toString(), "PATH", bin + ":/bin")::get);
    }

    /** Of Debian: what its hook has made of an authority in the list of all Java programs. */
    private Path javaList(X509Certificate held, String password) throws IOException, GeneralSecurityException {
        KeyStore list = KeyStore.getInstance("JKS");
        list.load(null, null);
        list.setCertificateEntry("debian:" + TrustStores.alias(held) + ".pem", held);
        list.setCertificateEntry("debian:another.pem", held);
        Path file = Files.createDirectories(root.resolve("etc/ssl/certs/java")).resolve("cacerts");
        try (OutputStream out = Files.newOutputStream(file)) {
            list.store(out, password.toCharArray());
        }
        return file;
    }

    @Test
    void takes_it_out_of_the_list_for_java_that_the_system_has_put_it_in() throws Exception {
        Path list = javaList(certificate, "changeit");
        assertThat(linux().remnantsForAll(List.of(certificate))).isEmpty();
        TrustStore trace = linux().traces(List.of(certificate)).get(0);
        String alias = "debian:" + TrustStores.alias(certificate) + ".pem";
        assertThat(trace.name()).contains(list.toString(), alias);
        assertThat(trace.missing()).isEmpty();
        assertThat(trace.closed()).isEmpty();
        assertThat(trace.remove())
                .singleElement()
                .satisfies(step -> assertThat(step.command())
                        .endsWith("keytool -delete -alias " + alias + " -keystore " + list + " -storepass changeit"));

        TrustStore.take(trace.remove());
        assertThat(linux().traces(List.of(certificate))).isEmpty();
        assertThat(Collections.list(KeyStore.getInstance(list.toFile(), "changeit".toCharArray())
                        .aliases()))
                .containsExactly("debian:another.pem");
    }

    @Test
    void leaves_authorities_of_others_in_the_list_for_java() throws Exception {
        javaList(AuthorityFolder.at(folder.resolve("others")).certificateOrNew(Instant.now()), "changeit");
        assertThat(linux().traces(List.of(certificate))).isEmpty();
        assertThat(linux().remnantsForAll(List.of(certificate))).hasSize(1);
    }

    @Test
    void finds_it_in_a_list_for_java_that_another_password_closes() throws Exception {
        javaList(certificate, "geheim");
        List<TrustStep> remove = linux().traces(List.of(certificate)).get(0).remove();
        assertThatThrownBy(() -> TrustStore.take(remove))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("keytool: ");
    }

    @Test
    void says_what_is_missing_for_the_list_for_java() throws Exception {
        Path list = javaList(certificate, "changeit");
        assertThat(new DebianJavaList(list, Optional.empty()).entries(certificate::equals))
                .singleElement()
                .satisfies(entry -> assertThat(entry.missing())
                        .hasValueSatisfying(what -> assertThat(what).startsWith("keytool")));
    }

    @Test
    void says_nothing_of_a_list_for_java_that_is_none() throws IOException {
        Files.writeString(
                Files.createDirectories(root.resolve("etc/ssl/certs/java")).resolve("cacerts"), "none");
        assertThat(linux().traces(List.of(certificate))).isEmpty();
    }

    @Test
    void has_debian_make_its_links_anew() throws IOException {
        Path list = Files.createDirectories(root.resolve("usr/local/share/ca-certificates"));
        Path links = Files.createDirectories(root.resolve("etc/ssl/certs"));
        String alias = TrustStores.alias(certificate);
        Path link = links.resolve(alias + ".pem");
        program("update-ca-certificates", "case \"$*\" in *--fresh*) rm " + link + " ;; esac");
        TrustStore.take(linux().of(certificate, authority.root()).get(0).add());
        assertThat(Files.readString(calls)).doesNotContain("--fresh");
        Files.createSymbolicLink(link, list.resolve(alias + ".crt"));
        assertThat(linux().traces(List.of(certificate))).isEmpty();

        List<TrustStep> remove =
                linux().of(certificate, authority.root()).get(0).remove();
        TrustStore.take(remove.subList(0, 1));
        assertThat(linux().traces(List.of(certificate)))
                .singleElement()
                .satisfies(store -> assertThat(store.remove()).containsExactly(remove.get(1)));
        assertThat(linux().remnantsForAll(List.of(certificate))).isEmpty();
        assertThat(linux().remnantsForAll(List.of())).hasSize(1);
        TrustStore.take(remove.subList(1, 2));
        assertThat(links).isEmptyDirectory();
    }

    @Test
    void shows_the_password_of_a_truststore_to_nobody() throws IOException {
        Path keystore = folder.resolve("own.p12");
        TrustStore store =
                new TrustStores(Map.<String, String>of()::get).java(certificate, authority.root(), keystore, "geheim");
        assertThat(store.add()).singleElement().satisfies(step -> {
            assertThat(((TrustStep.Run) step).words()).doesNotContain("geheim");
            assertThat(step.command()).endsWith("-storepass PASSWORD");
        });
    }

    @Test
    void says_what_is_missing_for_a_browser() throws IOException {
        program("google-chrome", "");
        assertThat(stores("Linux"))
                .singleElement()
                .satisfies(store -> assertThat(store.missing())
                        .hasValueSatisfying(what -> assertThat(what).contains("libnss3-tools")));
    }

    @Test
    void tells_what_a_program_said_that_failed() throws IOException {
        Files.createDirectories(root.resolve("etc/pki/trust/anchors"));
        program("update-ca-certificates", "printf 'no\\033[31m way' >&2; exit 3");
        List<TrustStep> add = stores("Linux").get(0).add();
        assertThatThrownBy(() -> TrustStore.take(add))
                .isInstanceOf(IOException.class)
                .hasMessage(bin.resolve("update-ca-certificates") + ": no?[31m way");
    }

    @Test
    void has_a_truststore_of_java_trust_it() throws IOException {
        Path keystore = folder.resolve("my keys.p12");
        TrustStores all = new TrustStores(Map.<String, String>of()::get);
        TrustStore store = all.java(certificate, authority.root(), keystore, "changeit");
        assertThat(store.trusts()).isFalse();
        TrustStore.take(store.add());
        TrustStore after = all.java(certificate, authority.root(), keystore, "changeit");
        assertThat(after.trusts()).isTrue();
        assertThat(store.add().get(0).command()).contains("-keystore '" + keystore + "'");
        TrustStore.take(after.remove());
        assertThat(all.java(certificate, authority.root(), keystore, "changeit").trusts())
                .isFalse();
    }

    @Test
    void speaks_the_words_of_other_systems() {
        assertThat(stores("Mac OS X").get(0).add().get(0).command())
                .startsWith("security add-trusted-cert -r trustRoot -k " + home);
        assertThat(new TrustStores(root, "Windows 11", Map.of("USERPROFILE", home.toString())::get)
                        .of(certificate, authority.root())
                        .get(0)
                        .remove()
                        .get(0)
                        .command())
                .isEqualTo("certutil -user -delstore Root "
                        + certificate.getSerialNumber().toString(16));
    }
}

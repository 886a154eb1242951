package dev.loopgate.lan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.Route;
import dev.loopgate.model.Target;
import dev.loopgate.tls.AuthorityFolder;
import dev.loopgate.tls.TrustStores;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** What phones are given. */
class RootPageTest {

    @TempDir
    Path folder;

    private X509Certificate root;
    private RootPage page;

    @BeforeEach
    void make() throws Exception {
        root = AuthorityFolder.at(folder.resolve("ca")).certificateOrNew(Instant.now());
        page = new RootPage(root, Set.of("test", "<b>.example"));
    }

    @Test
    void shows_what_there_is_to_compare_and_runs_nothing() {
        String html = page.html();
        String fingerprint = TrustStores.fingerprint(root);
        assertThat(html)
                .contains(fingerprint.substring(0, 23), fingerprint.substring(24, 47), fingerprint.substring(72))
                .contains("<code>test</code>", "&lt;b&gt;.example")
                .contains("href=\"/loopgate.crt\"", "href=\"/loopgate.mobileconfig\"")
                .doesNotContain("<script", "{{");
    }

    @Test
    void gives_the_certificate_and_no_key() throws Exception {
        assertThat(CertificateFactory.getInstance("X.509")
                        .generateCertificates(
                                new ByteArrayInputStream(page.pem().getBytes(StandardCharsets.US_ASCII))))
                .singleElement()
                .isEqualTo(root);
        assertThat(page.pem()).doesNotContain("PRIVATE");
    }

    @Test
    void the_profile_holds_the_certificate_and_is_the_same_each_time() throws Exception {
        DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        builder.setEntityResolver((id, system) -> new InputSource(new StringReader("")));
        Document profile = builder.parse(new InputSource(new StringReader(page.profile())));
        String data = profile.getElementsByTagName("data").item(0).getTextContent();
        assertThat(Base64.getMimeDecoder().decode(data)).isEqualTo(root.getEncoded());
        assertThat(new RootPage(root, Set.of()).profile()).isEqualTo(page.profile());
    }

    @Test
    void phones_know_each_file_by_its_type() {
        assertThat(page.host().routes())
                .extracting(route -> ((Target.Respond) route.target()).headers().get("Content-Type"))
                .containsExactly(
                        "text/html; charset=utf-8", "application/x-x509-ca-cert", "application/x-apple-aspen-config");
        assertThat(page.host().routes()).extracting(Route::prefix).doesNotHaveDuplicates();
    }
}

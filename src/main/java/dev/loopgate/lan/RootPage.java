package dev.loopgate.lan;

import dev.loopgate.http.PageTemplate;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.PathPrefix;
import dev.loopgate.model.Route;
import dev.loopgate.model.RouteOptions;
import dev.loopgate.model.Target;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.tls.TrustStores;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A page by which phones and other machines come to trust an authority: its certificate in the forms that they take, and
 * what to do with it. There is nothing secret in it.
 */
public final class RootPage {

    private static final String CERTIFICATE = "/loopgate.crt";
    private static final String PROFILE = "/loopgate.mobileconfig";

    /** Of a fingerprint, with the colon behind it. */
    private static final int ROW = 24;

    private final X509Certificate root;
    private final Set<String> domains;

    /** @param domains that it signs for */
    public RootPage(X509Certificate root, Set<String> domains) {
        this.root = root;
        this.domains = Set.copyOf(domains);
    }

    /** Serves it, whatever Host is asked for; without TLS, which nobody could trust yet. */
    public VirtualHost host() {
        return new VirtualHost(
                HostPattern.any(),
                List.of(
                        route("/", html(), "text/html; charset=utf-8", ""),
                        // Android takes it for what it is by this type, and iOS does, too.
                        route(CERTIFICATE, pem(), "application/x-x509-ca-cert", "loopgate.crt"),
                        route(PROFILE, profile(), "application/x-apple-aspen-config", "loopgate.mobileconfig")),
                Optional.of(new TlsSettings.Off()),
                false);
    }

    private static Route route(String path, String body, String type, String file) {
        Map<String, String> fields = file.isEmpty()
                ? Map.of(
                        "Content-Type",
                        type,
                        "Cache-Control",
                        "no-store",
                        "Content-Security-Policy",
                        "default-src 'none'; style-src 'unsafe-inline'")
                : Map.of(
                        "Content-Type",
                        type,
                        "Cache-Control",
                        "no-store",
                        "Content-Disposition",
                        "attachment; filename=\"" + file + "\"");
        return new Route(new PathPrefix(path), new Target.Respond(200, body, fields), RouteOptions.DEFAULT);
    }

    String html() {
        return new PageTemplate(resource("root.html"))
                .render(Map.of(
                        "name",
                        name(),
                        "domains",
                        domains.stream()
                                .sorted()
                                .map(domain -> Map.of("domain", domain))
                                .toList(),
                        "fingerprint",
                        fingerprint().stream().map(row -> Map.of("row", row)).toList(),
                        "until",
                        root.getNotAfter().toInstant().toString().substring(0, 10),
                        "certificate",
                        CERTIFICATE,
                        "profile",
                        PROFILE));
    }

    /** The SHA-256 fingerprint as the page shows it: eight pairs in each row, which fit a phone. */
    public List<String> fingerprint() {
        String whole = TrustStores.fingerprint(root);
        List<String> rows = new ArrayList<>();
        for (int from = 0; from < whole.length(); from += ROW) {
            rows.add(whole.substring(from, Math.min(from + ROW - 1, whole.length())));
        }
        return rows;
    }

    String pem() {
        return "-----BEGIN CERTIFICATE-----\n" + base64() + "\n-----END CERTIFICATE-----\n";
    }

    /** Its identifiers come of the certificate: to install it again changes nothing. */
    String profile() {
        String id = "dev.loopgate." + TrustStores.alias(root);
        return new PageTemplate(resource("root.mobileconfig"))
                .render(Map.of(
                        "name", name(),
                        "data", base64(),
                        "id", id,
                        "uuid", uuid(id),
                        "inner", uuid(id + ".certificate")));
    }

    private String uuid(String text) {
        return UUID.nameUUIDFromBytes((text + TrustStores.fingerprint(root)).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    private String base64() {
        try {
            return Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(root.getEncoded());
        } catch (CertificateEncodingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** As lists of authorities show it. */
    private String name() {
        return root.getSubjectX500Principal().getName().replaceFirst("^.*?CN=([^,]*).*$", "$1");
    }

    private static String resource(String name) {
        try (InputStream in = RootPage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

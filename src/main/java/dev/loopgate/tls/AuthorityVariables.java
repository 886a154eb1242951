package dev.loopgate.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Environment variables by which programs trust the local authority beside those of the system. */
public final class AuthorityVariables {

    /** Take one that is trusted as well. */
    private static final List<String> MORE = List.of("NODE_EXTRA_CA_CERTS", "DENO_CERT");

    /** Take all that are trusted: OpenSSL with Python, Ruby and PHP, Go; requests; curl. */
    private static final List<String> ALL = List.of("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE");

    /** Where Debian, Fedora, openSUSE and macOS have all that they trust in one file. */
    private static final List<Path> SYSTEM = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
            Path.of("/etc/ssl/ca-bundle.pem"),
            Path.of("/etc/ssl/cert.pem"));

    private AuthorityVariables() {}

    /** All that the system trusts, in one file. */
    static Optional<Path> system() {
        return SYSTEM.stream().filter(Files::isReadable).findFirst();
    }

    /**
     * None where there is no authority; and none that is set already.
     *
     * @param environment the value of a variable, or null
     */
    public static Map<String, String> of(UnaryOperator<@Nullable String> environment) {
        Optional<AuthorityFolder> folder =
                AuthorityFolder.from(environment).filter(found -> Files.isReadable(found.root()));
        Map<String, String> variables = new LinkedHashMap<>();
        folder.ifPresent(found -> {
            MORE.forEach(name -> variables.put(name, found.root().toString()));
            system().ifPresent(system -> {
                try {
                    Path both = found.bundle(system);
                    ALL.forEach(name -> variables.put(name, both.toString()));
                } catch (IOException unwritable) {
                    // Those that take one more still do.
                }
            });
        });
        variables.keySet().removeIf(name -> environment.apply(name) != null);
        return variables;
    }
}

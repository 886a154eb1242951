package dev.loopgate.tls;

import dev.loopgate.tls.TrustStep.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The list of all Java programs that Debian and its kin pack (ca-certificates-java). What becomes one of the system's
 * authorities is put in there as well, but what no longer is one is not taken out.
 *
 * @param keytool the program that writes it; empty where it is not there
 */
record DebianJavaList(Path file, Optional<Path> keytool) {

    private static final String ALIAS = "debian:" + TrustStores.ALIAS + "\\.pem";

    /**
     * Entries that the system has made of authorities of our kind; none where there is no such list, or it cannot be read.
     *
     * @param meant whose are meant
     */
    List<TrustStore> entries(Predicate<X509Certificate> meant) {
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        List<TrustStore> entries = new ArrayList<>();
        try {
            KeyStore list = read();
            for (String alias : Collections.list(list.aliases())) {
                if (alias.matches(ALIAS)
                        && list.getCertificate(alias) instanceof X509Certificate certificate
                        && meant.test(certificate)) {
                    entries.add(entry(alias));
                }
            }
        } catch (IOException | GeneralSecurityException unreadable) {
            return List.of();
        }
        return entries;
    }

    private KeyStore read() throws IOException, GeneralSecurityException {
        try {
            return KeyStore.getInstance(file.toFile(), Run.JAVA_PASSWORD.toCharArray());
        } catch (IOException anotherPassword) {
            // In the format that Debian has it in, it can be read without; keytool says what is wrong when it writes.
            return KeyStore.getInstance(file.toFile(), (char[]) null);
        }
    }

    private TrustStore entry(String alias) {
        return new TrustStore(
                "the system's Java truststore (" + file + ", " + alias + ")",
                true,
                List.of(),
                List.of(new Run(
                        List.of(
                                keytool.map(Path::toString).orElse("keytool"),
                                "-delete",
                                "-alias",
                                alias,
                                "-keystore",
                                file.toString()),
                        Optional.of(Run.JAVA_PASSWORD))),
                Optional.of(file).filter(written -> !Files.isWritable(written)),
                keytool.isPresent()
                        ? Optional.empty()
                        : Optional.of("keytool, which comes with any Java (Debian, Ubuntu: default-jre-headless)"));
    }
}

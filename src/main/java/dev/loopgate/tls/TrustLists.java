package dev.loopgate.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Who may sign for servers, by whose list it is, read whenever it is asked for. Blocks; safe for use by any thread.
 *
 * @param folder of this user's authority
 * @param system the file of all whom the system trusts
 * @param notice told what cannot be read, in one sentence
 */
public record TrustLists(Optional<AuthorityFolder> folder, Optional<Path> system, Consumer<String> notice) {

    /** Whose list it is. */
    public enum Whose {
        JAVA("Java"),
        SYSTEM("the system"),
        /** The authority that signs for this user's gateways. */
        AUTHORITY("this user's authority");

        private final String words;

        Whose(String words) {
            this.words = words;
        }

        /** As in "trusted by …". */
        public String words() {
            return words;
        }
    }

    /**
     * Those of this user.
     *
     * @param environment the value of a variable, or null
     */
    public static TrustLists from(UnaryOperator<@Nullable String> environment) {
        return new TrustLists(AuthorityFolder.from(environment), AuthorityVariables.system(), unread -> {});
    }

    /**
     * What cannot be read of the system's, or of the authority, is left out, with a notice: it is others' to write.
     *
     * @return empty where there is no such list
     * @throws GeneralSecurityException where Java's cannot be read
     */
    public List<X509Certificate> roots(Whose whose) throws GeneralSecurityException {
        return switch (whose) {
            case JAVA -> ofJava();
            case SYSTEM -> ofSystem();
            case AUTHORITY -> own().stream().toList();
        };
    }

    private static List<X509Certificate> ofJava() throws GeneralSecurityException {
        List<X509Certificate> found = new ArrayList<>();
        TrustManagerFactory standard = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        standard.init((KeyStore) null);
        for (TrustManager manager : standard.getTrustManagers()) {
            if (manager instanceof X509TrustManager trust) {
                found.addAll(List.of(trust.getAcceptedIssuers()));
            }
        }
        return found;
    }

    private List<X509Certificate> ofSystem() {
        List<X509Certificate> found = new ArrayList<>();
        system.ifPresent(file -> {
            try {
                int odd = Pem.readAll(Files.readAllBytes(file), found);
                if (odd > 0) {
                    notice.accept(odd + (odd == 1 ? " entry of " : " entries of ") + file
                            + " cannot be read as a certificate, and no backend is trusted for it");
                }
            } catch (IOException unreadable) {
                notice.accept(file + " cannot be read, so no backend is trusted for what is in it");
            }
        });
        return found;
    }

    private Optional<X509Certificate> own() {
        try {
            return folder.isEmpty() ? Optional.empty() : folder.get().certificate();
        } catch (IOException damaged) {
            notice.accept(damaged.getMessage() + "; until then no backend is trusted for it");
            return Optional.empty();
        }
    }
}

package dev.loopgate.doctor;

import dev.loopgate.model.Configuration;
import dev.loopgate.model.Credential;
import dev.loopgate.model.Forward;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.tls.AuthorityFolder;
import dev.loopgate.tls.GivenCertificate;
import dev.loopgate.tls.TrustStore;
import dev.loopgate.tls.TrustStores;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Whether browsers and programs take the certificates of gateways.
 *
 * @param environment where the authority is, and the lists that are to trust it
 * @param served what is served over TLS, by who it is
 * @param needed whether an authority has to be there
 */
record CertificateCheck(
        UnaryOperator<@Nullable String> environment, Map<String, TlsSettings> served, boolean needed, Clock clock)
        implements Check {

    CertificateCheck {
        served = Map.copyOf(served);
    }

    /** Of all that configurations say; the authority where there is one. */
    static CertificateCheck ofAll(
            UnaryOperator<@Nullable String> environment, List<Configuration> configurations, Clock clock) {
        Map<String, TlsSettings> served = new LinkedHashMap<>();
        for (Configuration configuration : configurations) {
            if (configuration.tls() instanceof TlsSettings.Given given) {
                served.put("the gateway", given);
            }
            for (VirtualHost host : configuration.hosts()) {
                host.tls().ifPresent(tls -> served.put(host.pattern().toString(), tls));
            }
            for (Forward forward : configuration.forwards()) {
                if (forward instanceof Forward.Tcp tcp && tcp.secure()) {
                    served.put("the forward " + tcp.key(), tcp.security().clients());
                }
            }
        }
        return new CertificateCheck(environment, served, false, clock);
    }

    @Override
    public String name() {
        return "certificate";
    }

    @Override
    public List<Finding> look() {
        List<Finding> findings = new ArrayList<>();
        Map<Credential, String> given = new LinkedHashMap<>();
        served.forEach((whose, tls) -> {
            if (tls instanceof TlsSettings.Given one) {
                given.merge(one.credential(), whose, (first, second) -> first.compareTo(second) < 0 ? first : second);
            }
        });
        given.forEach(
                (credential, whose) -> ending(credential.certificate(), whose).ifPresent(findings::add));
        if (needed || given.isEmpty() || given.size() < served.size()) {
            findings.addAll(authority());
        }
        return findings;
    }

    private Optional<Finding> ending(X509Certificate certificate, String whose) {
        boolean over = clock.instant().isAfter(certificate.getNotAfter().toInstant());
        return GivenCertificate.ending(certificate, clock.instant())
                .map(end -> "the certificate that the file names for " + whose + " " + end)
                .map(text -> over ? Finding.fail(name(), text) : Finding.warn(name(), text));
    }

    private List<Finding> authority() {
        Optional<AuthorityFolder> folder = AuthorityFolder.from(environment);
        Optional<X509Certificate> certificate;
        try {
            certificate = folder.isEmpty() ? Optional.empty() : folder.get().certificate();
        } catch (IOException damaged) {
            return List.of(Finding.fail(name(), String.valueOf(damaged.getMessage())));
        }
        if (certificate.isEmpty()) {
            return needed
                    ? List.of(Finding.warn(name(), "there is no certificate authority yet that browsers could trust")
                            .fix("loopgate trust"))
                    : List.of();
        }
        List<TrustStore> stores =
                new TrustStores(environment).of(certificate.get(), folder.get().root());
        List<String> strangers = stores.stream()
                .filter(store -> !store.trusts())
                .map(store -> store.name()
                        + store.missing()
                                .map(program -> " (that cannot be told without " + program + ")")
                                .orElse(""))
                .toList();
        if (!strangers.isEmpty()) {
            return List.of(Finding.warn(
                            name(),
                            "this user's certificate authority is not trusted by " + String.join(", by ", strangers)
                                    + ", so whoever asks there warns of its certificates")
                    .fix("loopgate trust"));
        }
        return stores.isEmpty()
                ? List.of()
                : List.of(Finding.ok(
                        name(),
                        "this user's certificate authority is trusted by all " + stores.size()
                                + (stores.size() == 1 ? " list" : " lists") + " of authorities that were found"));
    }
}

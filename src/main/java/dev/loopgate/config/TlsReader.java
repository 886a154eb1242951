package dev.loopgate.config;

import dev.loopgate.config.Item.Mapping;
import dev.loopgate.config.Item.Scalar;
import dev.loopgate.model.Credential;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.tls.CredentialFault;
import dev.loopgate.tls.GivenCertificate;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The value of {@code tls}: of the gateway, or of a host. The files that it names are read and watched like included ones. */
final class TlsReader {

    private static final String EXPECTED = "auto, off, or a map of cert and key";
    private static final Keys KEYS = new Keys("tls", List.of("cert", "key", "pkcs12", "password"));

    private final Problems problems;
    private final SourceFiles files;
    private final Scalars scalars;
    /** Ten thousand hosts may share one certificate. */
    private final Map<List<Object>, Optional<Credential>> known = new HashMap<>();

    TlsReader(Problems problems, SourceFiles files) {
        this.problems = problems;
        this.files = files;
        scalars = new Scalars(problems);
    }

    /** Empty, with a problem, where it says nothing that can be done. */
    Optional<TlsSettings> read(Item item) {
        if (!(item instanceof Mapping mapping)) {
            return scalars.scalar(item, EXPECTED).flatMap(this::word);
        }
        Fields fields = new Fields(mapping, KEYS, problems);
        Optional<Credential> credential;
        if (fields.has("pkcs12")) {
            for (String other : List.of("cert", "key")) {
                if (fields.has(other)) {
                    problems.error(
                            fields.placeOf(other),
                            "\"" + other + "\" and \"pkcs12\" exclude each other",
                            "a PKCS#12 file holds both");
                }
            }
            credential = pkcs12(fields);
        } else {
            credential = pem(fields);
        }
        return credential.map(TlsSettings.Given::new);
    }

    private Optional<TlsSettings> word(Scalar scalar) {
        switch (scalar.text()) {
            case "auto":
                return Optional.of(new TlsSettings.Auto());
            case "off":
                return Optional.of(new TlsSettings.Off());
            default:
                String message = "expected " + EXPECTED + ", found " + scalar.shown();
                switch (scalar.text().toLowerCase(Locale.ROOT)) {
                    case "true", "yes", "on", "internal", "self-signed" ->
                        problems.error(scalar.place(), message, "write auto");
                    case "false", "no", "none", "off", "disabled" ->
                        problems.error(scalar.place(), message, "write off");
                    default -> problems.error(scalar.place(), message, "write {cert: cert.pem, key: key.pem}");
                }
                return Optional.empty();
        }
    }

    private Optional<Credential> pem(Fields fields) {
        if (fields.has("password")) {
            problems.error(
                    fields.placeOf("password"), "a password is for a PKCS#12 file", "write {pkcs12: …, password: …}");
        }
        for (String key : List.of("cert", "key")) {
            if (!fields.has(key)) {
                problems.error(fields.place(), "tls has no " + key, "write {cert: cert.pem, key: key.pem}");
            }
        }
        Optional<Path> cert = fields.value("cert").flatMap(item -> scalars.path(item, "a file of certificates"));
        Optional<Path> key = fields.value("key").flatMap(item -> scalars.path(item, "a file with a private key"));
        if (cert.isEmpty() || key.isEmpty()) {
            return Optional.empty();
        }
        Place certPlace = valuePlace(fields, "cert");
        Place keyPlace = valuePlace(fields, "key");
        return known.computeIfAbsent(List.of(cert.get(), key.get()), pair -> {
            Optional<List<X509Certificate>> chain = content(cert.get(), certPlace, GivenCertificate::chain);
            Optional<PrivateKey> secret = content(key.get(), keyPlace, GivenCertificate::key);
            if (chain.isEmpty() || secret.isEmpty()) {
                return Optional.empty();
            }
            return lasts(certPlace, cert.get(), chain.get().get(0))
                            && checked(
                                    keyPlace,
                                    key.get(),
                                    () -> GivenCertificate.match(
                                            secret.get(), chain.get().get(0)))
                    ? Optional.of(new Credential(secret.get(), chain.get()))
                    : Optional.empty();
        });
    }

    private Optional<Credential> pkcs12(Fields fields) {
        Optional<Path> file = fields.value("pkcs12").flatMap(item -> scalars.path(item, "a PKCS#12 file"));
        String password = fields.value("password")
                .filter(item -> !Scalars.isNull(item))
                .flatMap(item -> scalars.scalar(item, "a password"))
                .map(Scalar::text)
                .orElse("");
        if (file.isEmpty()) {
            return Optional.empty();
        }
        Place place = valuePlace(fields, "pkcs12");
        return known.computeIfAbsent(
                List.of(file.get(), password),
                pair -> content(file.get(), place, bytes -> GivenCertificate.pkcs12(bytes, password))
                        .filter(found -> lasts(place, file.get(), found.certificate())));
    }

    /** A warning where a certificate does not have a name that it is to be shown for. */
    void checkName(TlsSettings settings, HostPattern pattern, Place place) {
        String name = pattern.kind() == HostPattern.Kind.WILDCARD ? "any." + pattern.name() : pattern.name();
        if (settings instanceof TlsSettings.Given given
                && pattern.kind() != HostPattern.Kind.ANY
                && !GivenCertificate.covers(given.credential().certificate(), name)) {
            problems.warn(
                    place,
                    "the certificate is not for " + pattern + ", so browsers warn of it",
                    "have one made for it, or write tls: auto in the host");
        }
    }

    private static Place valuePlace(Fields fields, String key) {
        return fields.value(key).map(Item::place).orElse(fields.place());
    }

    private <T> Optional<T> content(Path file, Place place, Parser<T> parser) {
        return files.content(file, place).flatMap(bytes -> {
            try {
                return Optional.of(parser.parse(bytes));
            } catch (CredentialFault fault) {
                problems.error(place, file + " " + fault.fault(), fault.fix());
                return Optional.empty();
            }
        });
    }

    /** A warning where it does not for long: an edit of something else is not to be refused for it. */
    private boolean lasts(Place place, Path file, X509Certificate certificate) {
        Instant now = Instant.now();
        GivenCertificate.ending(certificate, now)
                .ifPresent(end -> problems.warn(place, file + " " + end, "renew it, or write tls: auto"));
        return checked(place, file, () -> GivenCertificate.begun(certificate, now));
    }

    private boolean checked(Place place, Path file, Check check) {
        try {
            check.run();
            return true;
        } catch (CredentialFault fault) {
            problems.error(place, file + " " + fault.fault(), fault.fix());
            return false;
        }
    }

    @FunctionalInterface
    private interface Parser<T> {
        T parse(byte[] content) throws CredentialFault;
    }

    @FunctionalInterface
    private interface Check {
        void run() throws CredentialFault;
    }
}

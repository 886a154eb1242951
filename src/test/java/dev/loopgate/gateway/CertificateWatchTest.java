package dev.loopgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Credential;
import dev.loopgate.model.Forward;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.net.TlsTermination;
import dev.loopgate.net.Transport;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Sites;
import dev.loopgate.tls.AuthorityFolder;
import dev.loopgate.tls.LocalCertificates;
import dev.loopgate.tls.TlsIdentity;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A certificate for 90 days and an authority for ten years, as time goes by. */
class CertificateWatchTest {

    private static final Instant BEGIN = Instant.parse("2026-11-27T12:00:00Z");

    @TempDir
    Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private volatile Instant now = BEGIN;

    @AfterEach
    void close() {
        Watched.await(vertx.close());
    }

    private LocalCertificates certificates() {
        return new LocalCertificates(Optional.of(AuthorityFolder.at(folder.resolve("ca"))), () -> now, told::add);
    }

    private CertificateWatch watch(LocalCertificates certificates) {
        return new CertificateWatch(() -> now, certificates::replacement);
    }

    private void start(CertificateWatch watch) {
        watch.start(vertx, Duration.ofMillis(1), Duration.ofMillis(20), new GatewayEvents() {
            @Override
            public void notice(String sentence) {
                told.add(sentence);
            }
        });
    }

    private static Configuration serving(Credential credential) {
        VirtualHost host = Sites.proxy("app.localhost", 1);
        TlsSettings given = new TlsSettings.Given(credential);
        Forward forward = Forward.Tcp.of(BindAddress.loopback(636), List.of(new UpstreamAddress.LoopbackPort(389)))
                .with(new Forward.Security(given, true));
        return Configuration.EMPTY.with(
                List.of(new VirtualHost(host.pattern(), host.routes(), Optional.of(given), false)), List.of(forward));
    }

    @Test
    void tells_once_a_day_of_a_given_certificate_in_its_last_two_weeks_and_after_its_end() throws IOException {
        LocalCertificates certificates = certificates();
        Credential credential = certificates.certificate(new TlsIdentity.Local("app.localhost", ""));
        told.clear();
        CertificateWatch watch = watch(certificates);
        watch.follow(serving(credential)).run();
        start(watch);
        assertThat(watch.endings()).isEmpty();
        now = BEGIN.plus(Duration.ofDays(77));
        Eventually.until("it is told", () -> told.size() == 1);
        assertThat(told)
                .containsExactly("the certificate of app.localhost expires at 2027-02-25T12:00:00Z, in 13 days");
        now = BEGIN.plus(Duration.ofDays(77)).plus(Duration.ofHours(23));
        assertThat(watch.endings()).hasSize(1);
        now = BEGIN.plus(Duration.ofDays(91));
        Eventually.until("its end is told", () -> told.size() == 2);
        assertThat(told.get(1))
                .isEqualTo(
                        "the certificate of app.localhost expired at 2027-02-25T12:00:00Z, so" + " browsers refuse it");
        watch.follow(Configuration.EMPTY).run();
        assertThat(watch.endings()).isEmpty();
    }

    @Test
    void tells_soon_after_the_start_of_an_authority_that_is_about_to_be_replaced() throws IOException {
        LocalCertificates certificates = certificates();
        certificates.certificate(new TlsIdentity.Local("app.localhost", ""));
        told.clear();
        now = BEGIN.plus(Duration.ofDays(3652 - 90 - 10));
        CertificateWatch watch = watch(certificates);
        start(watch);
        Eventually.until("it is told", () -> told.size() == 1);
        assertThat(told)
                .containsExactly("this user's certificate authority is replaced in 10 days, and the new one has to be"
                        + " trusted: loopgate trust");
        assertThat(watch.endings()).hasSize(1);
    }

    @Test
    void whoever_asks_hears_of_the_authority_as_it_is_at_that_moment() throws IOException {
        AuthorityFolder authority = AuthorityFolder.at(folder.resolve("ca"));
        InstantSource clock = InstantSource.system();
        TlsTermination tls = new TlsTermination(new LocalCertificates(Optional.of(authority), clock, told::add), clock);
        try (GatewayUnderTest under = new GatewayUnderTest(Transport.vertx(new VertxOptions()), tls)) {
            under.started(GatewayUnderTest.configuration(GatewayUnderTest.loopback4(0), List.of()));
            assertThat(under.gateway.freshStatus(List.of()).endings()).isEmpty();
            authority.certificateOrNew(clock.instant().minus(Duration.ofDays(3652 - 90 - 10)));
            assertThat(under.gateway.freshStatus(List.of()).endings()).hasSize(1);
            // As loopgate trust does, in a process of its own, for a domain that this one may not sign for.
            authority.certificateOrNew(Set.of("example.com"), clock.instant());
            assertThat(under.gateway.freshStatus(List.of()).endings()).isEmpty();
            Path file = folder.resolve("ca").resolve("authority.pem");
            Files.writeString(file, "half of i");
            assertThat(under.gateway.freshStatus(List.of()).warnings())
                    .containsExactly("no certificate can be made: " + file
                            + " holds no certificate authority any more; move it away, and a new one is made");
        }
    }
}

package dev.loopgate.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.diagnose.Speech.Tls;
import dev.loopgate.diagnose.Speech.TlsRefused;
import dev.loopgate.diagnose.Speech.Wanted;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.TlsPeer;
import dev.loopgate.tls.TrustLists;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsSessionTest {

    private static final Duration LIMIT = Duration.ofSeconds(15);

    private static final TrustLists NOBODY = new TrustLists(Optional.empty(), Optional.empty(), notice -> {});

    @TempDir
    Path folder;

    private static TlsSession session(String host, TlsPeer peer) {
        return Probe.of(host, peer.port(), Wanted.ANY, NOBODY, LIMIT)
                .speech()
                .filter(Tls.class::isInstance)
                .map(speech -> ((Tls) speech).session())
                .orElseThrow();
    }

    @Test
    void tells_what_was_agreed_to_and_for_whom_the_certificate_is() {
        Path keys = TlsPeer.keys(folder, "dns:localhost,dns:*.a.test,ip:127.0.0.1,ip:::1", "-validity", "30");
        try (TlsPeer peer = new TlsPeer(keys, "HTTP/1.1 204 No Content\r\n\r\n", "http/1.1")) {
            TlsSession session = session("127.0.0.1", peer);
            assertThat(session.version()).isEqualTo("TLSv1.3");
            assertThat(session.cipher()).startsWith("TLS_");
            assertThat(session.application()).isEqualTo("http/1.1");
            assertThat(session.names()).contains("localhost", "*.a.test", "127.0.0.1");
            assertThat(session.expires())
                    .isBetween(
                            Instant.now().plus(Duration.ofDays(28)),
                            Instant.now().plus(Duration.ofDays(31)));
            assertThat(session.fault()).contains("its certificate is signed by itself");
            assertThat(session.http()).get().extracting(Speech.Http::status).isEqualTo("HTTP/1.1 204 No Content");
        }
    }

    @Test
    void tells_a_certificate_that_has_expired_and_one_for_another_name() {
        Path expired = TlsPeer.keys(folder, "dns:localhost", "-startdate", "-10d", "-validity", "5");
        try (TlsPeer peer = new TlsPeer(expired, "")) {
            TlsSession session = session("localhost", peer);
            assertThat(session.fault()).get().asString().startsWith("its certificate expired on ");
            assertThat(session.application()).isEmpty();
            assertThat(session.http()).isEmpty();
        }
        try (TlsPeer peer = new TlsPeer(TlsPeer.keys(folder, "dns:other.test"), "")) {
            assertThat(session("localhost", peer).fault())
                    .contains("its certificate is not for localhost but for other.test");
        }
    }

    @Test
    void tells_whose_list_has_who_signed_the_certificate() throws Exception {
        Path keys = TlsPeer.keys(folder, "dns:localhost,ip:127.0.0.1", "-validity", "30");
        KeyStore store = KeyStore.getInstance(keys.toFile(), "password".toCharArray());
        Path system = Files.writeString(
                folder.resolve("system.pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(store.getCertificate("own").getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        TrustLists lists = new TrustLists(Optional.empty(), Optional.of(system), notice -> {});
        try (TlsPeer peer = new TlsPeer(keys, "")) {
            assertThat(Probe.of("127.0.0.1", peer.port(), Wanted.TLS, lists, LIMIT)
                            .speech())
                    .get()
                    .isInstanceOfSatisfying(Tls.class, tls -> {
                        assertThat(tls.session().trustedBy()).containsExactly(TrustLists.Whose.SYSTEM);
                        assertThat(tls.session().fault()).isEmpty();
                    });
        }
    }

    @Test
    void tells_a_server_that_refuses_us() {
        // An alert of TLS: handshake_failure (RFC 8446 §6.2).
        try (TcpPeer peer = TcpPeer.start(wire -> {
            wire.readSome(512, LIMIT);
            wire.send("\u0015\u0003\u0003\0\u0002\u0002(");
        })) {
            assertThat(Probe.of("127.0.0.1", peer.port(), Wanted.ANY, NOBODY, LIMIT)
                            .speech())
                    .get()
                    .isInstanceOfSatisfying(
                            TlsRefused.class,
                            refused -> assertThat(refused.why()).isEqualTo("handshake_failure"));
        }
    }

    @Test
    void a_wildcard_stands_for_one_label_and_addresses_have_many_spellings() {
        assertThat(TlsSession.covers("*.a.test", "b.a.test")).isTrue();
        assertThat(TlsSession.covers("*.a.test", "c.b.a.test")).isFalse();
        assertThat(TlsSession.covers("*.a.test", "a.test")).isFalse();
        assertThat(TlsSession.covers("A.test", "a.TEST")).isTrue();
        assertThat(TlsSession.covers("0:0:0:0:0:0:0:1", "::1")).isTrue();
        assertThat(TlsSession.covers("127.0.0.2", "127.0.0.1")).isFalse();
        assertThat(TlsSession.covers("*.0.0.1", "127.0.0.1")).isFalse();
    }
}

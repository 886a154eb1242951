package dev.loopgate.diagnose;

import static dev.loopgate.testkit.Ipv6.assumeIpv6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.diagnose.Probe.Outcome;
import dev.loopgate.diagnose.Speech.Banner;
import dev.loopgate.diagnose.Speech.H2c;
import dev.loopgate.diagnose.Speech.Http;
import dev.loopgate.diagnose.Speech.Silent;
import dev.loopgate.diagnose.Speech.Tls;
import dev.loopgate.diagnose.Speech.TlsRefused;
import dev.loopgate.diagnose.Speech.Wanted;
import dev.loopgate.net.Addresses;
import dev.loopgate.testkit.ClosedPort;
import dev.loopgate.testkit.FullBacklog;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.TlsPeer;
import dev.loopgate.testkit.Wire;
import dev.loopgate.tls.TrustLists;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static final TrustLists NOBODY = new TrustLists(Optional.empty(), Optional.empty(), notice -> {});

    private static Probe probe(String host, int port, Duration limit) {
        return Probe.of(host, port, Wanted.ANY, NOBODY, limit);
    }

    @TempDir
    Path folder;

    private static Optional<Speech> speech(TcpPeer peer) {
        return probe("127.0.0.1", peer.port(), LIMIT).speech();
    }

    @Test
    void tells_a_port_that_nobody_listens_on() {
        try (ClosedPort closed = new ClosedPort()) {
            Probe probe = probe("127.0.0.1", closed.port(), LIMIT);
            assertThat(probe.connected()).isFalse();
            assertThat(probe.attempts()).extracting(Probe.Attempt::outcome).containsExactly(Outcome.REFUSED);
        }
    }

    @Test
    void tells_a_port_that_does_not_answer() {
        try (FullBacklog full = new FullBacklog()) {
            assertThat(probe("127.0.0.1", full.port(), Duration.ofMillis(200)).attempts())
                    .extracting(Probe.Attempt::outcome)
                    .containsExactly(Outcome.TIMED_OUT);
        }
    }

    @Test
    void tells_a_name_that_leads_nowhere() {
        Probe probe = probe("nobody.invalid", 80, LIMIT);
        assertThat(probe.attempts()).isEmpty();
        assertThat(probe.connected()).isFalse();
    }

    @Test
    void tries_both_families_of_localhost() {
        assumeIpv6();
        try (TcpPeer peer = TcpPeer.start("::1", 0, wire -> wire.send("hello\n"))) {
            Probe probe = probe("localhost", peer.port(), LIMIT);
            assertThat(probe.attempts())
                    .extracting(attempt -> Addresses.text(attempt.address()) + " " + attempt.outcome())
                    .containsExactlyInAnyOrder("127.0.0.1 REFUSED", "::1 CONNECTED");
            assertThat(probe.speech()).get().isInstanceOf(Banner.class);
        }
    }

    @Test
    void finds_plain_http_where_tls_was_wanted_and_the_server_waits_for_a_line() {
        try (TcpPeer peer = TcpPeer.start(wire -> {
            if (wire.until("\r\n\r\n", LIMIT) != null) {
                wire.send("HTTP/1.1 200 OK\r\n\r\n");
            }
        })) {
            assertThat(Probe.of("127.0.0.1", peer.port(), Wanted.TLS, NOBODY, Duration.ofMillis(1500))
                            .speech())
                    .get()
                    .isInstanceOf(Http.class);
        }
    }

    @Test
    void a_server_that_is_late_for_its_first_handshake_speaks_tls() {
        AtomicBoolean first = new AtomicBoolean(true);
        try (TlsPeer within = new TlsPeer(TlsPeer.keys(folder, "dns:localhost"), "HTTP/1.1 200 OK\r\n\r\n");
                TcpPeer peer = both("HTTP/1.1 200 OK\r\n\r\n", (wire, hello) -> {
                    if (first.getAndSet(false)) {
                        wire.awaitEnd();
                    } else {
                        pass(wire, hello, within.port());
                    }
                })) {
            assertThat(speech(peer, Wanted.TLS, Duration.ofSeconds(2))).isInstanceOf(Tls.class);
        }
    }

    @Test
    void a_server_that_answers_400_to_both_speaks_what_its_client_means() {
        String no = "HTTP/1.1 400 Bad Request\r\n\r\n";
        try (TlsPeer within = new TlsPeer(TlsPeer.keys(folder, "dns:localhost"), no);
                TcpPeer peer = both(no, (wire, hello) -> pass(wire, hello, within.port()))) {
            assertThat(speech(peer, Wanted.PLAIN, LIMIT)).isInstanceOf(Http.class);
            assertThat(speech(peer, Wanted.ANY, LIMIT)).isInstanceOf(Tls.class);
            assertThat(speech(peer, Wanted.TLS, LIMIT)).isInstanceOf(Tls.class);
        }
    }

    @Test
    void a_refused_handshake_takes_nothing_from_a_plain_answer() {
        // An alert of TLS: unrecognized_name (RFC 8446 §6.2).
        try (TcpPeer peer = both(
                "HTTP/1.1 400 Bad Request\r\n\r\n", (wire, hello) -> wire.send("\u0015\u0003\u0003\0\u0002\u0002p"))) {
            assertThat(speech(peer, Wanted.PLAIN, LIMIT)).isInstanceOf(Http.class);
            assertThat(speech(peer, Wanted.ANY, LIMIT)).isInstanceOf(Http.class);
            assertThat(speech(peer, Wanted.TLS, LIMIT)).isInstanceOf(TlsRefused.class);
        }
    }

    private static Speech speech(TcpPeer peer, Wanted wanted, Duration limit) {
        InetSocketAddress address = new InetSocketAddress(Addresses.LOOPBACK4, peer.port());
        return Speech.of(address, "localhost", wanted, NOBODY, limit).orElseThrow();
    }

    /** @param tls told the beginning of what begins as a handshake; all else is answered plainly */
    private static TcpPeer both(String plain, BiConsumer<Wire, byte[]> tls) {
        return TcpPeer.start(wire -> {
            byte[] said = wire.readSome(65_536, LIMIT);
            if (said.length > 0 && said[0] == 22) {
                tls.accept(wire, said);
            } else if (said.length > 0) {
                wire.send(plain);
            }
        });
    }

    /** Both ways, until either side has ended. */
    private static void pass(Wire wire, byte[] hello, int port) {
        try (Wire other = Wire.connect(port)) {
            other.send(hello);
            while (wire.end() == Wire.End.OPEN && other.end() == Wire.End.OPEN) {
                wire.send(other.readSome(65_536, Duration.ofMillis(20)));
                other.send(wire.readSome(65_536, Duration.ofMillis(20)));
            }
        }
    }

    @Test
    void hears_who_speaks_first() {
        Map<String, String> shown = Map.of(
                "SSH-2.0-OpenSSH_9\r", "SSH-2.0-OpenSSH_9",
                "\u001b[2J owned", "?[2J owned",
                "J\u0001\u0001 8.0.36\u0001x", "8.0.36",
                "\u0001\u0002\u0003", "4 bytes that are no text");
        shown.forEach((said, line) -> {
            try (TcpPeer peer = TcpPeer.start(wire -> wire.send(said + (char) 10))) {
                assertThat(speech(peer))
                        .get()
                        .isInstanceOfSatisfying(
                                Banner.class,
                                banner -> assertThat(banner.line()).isEqualTo(line));
            }
        });
    }

    @Test
    void asks_who_waits_over_the_connection_that_it_has() {
        try (TcpPeer peer = TcpPeer.start(wire -> {
            if (wire.until("\r\n\r\n", LIMIT) != null) {
                wire.send("HTTP/1.1 302 Found\r\nserver: a \u001bthing\r\nLocation: /login\r\n\r\n");
            }
        })) {
            assertThat(speech(peer)).get().isInstanceOfSatisfying(Http.class, http -> {
                assertThat(http.status()).isEqualTo("HTTP/1.1 302 Found");
                assertThat(http.server()).contains("a ?thing");
                assertThat(http.location()).contains("/login");
            });
            assertThat(peer.accepted()).isEqualTo(1);
        }
    }

    @Test
    void knows_what_comes_late_for_a_banner() {
        try (TcpPeer peer = TcpPeer.start(wire -> {
            wire.until("\r\n\r\n", LIMIT);
            wire.send("220 at last\r\n");
        })) {
            assertThat(speech(peer))
                    .get()
                    .isInstanceOfSatisfying(
                            Banner.class, banner -> assertThat(banner.line()).isEqualTo("220 at last"));
        }
    }

    @Test
    void knows_http2_without_tls() {
        try (TcpPeer peer = TcpPeer.start(wire -> wire.send("\0\0\0\u0004\0\0\0\0\0"))) {
            assertThat(speech(peer)).get().isInstanceOf(H2c.class);
        }
    }

    @Test
    void tells_who_ends_every_connection() {
        try (TcpPeer peer = TcpPeer.start(wire -> {})) {
            assertThat(speech(peer))
                    .get()
                    .isInstanceOfSatisfying(
                            Silent.class, silent -> assertThat(silent.closed()).isTrue());
        }
    }

    @Test
    void gives_up_on_who_never_answers() {
        try (TcpPeer peer = TcpPeer.start(wire -> wire.awaitEnd())) {
            assertThat(probe("127.0.0.1", peer.port(), Duration.ofMillis(300)).speech())
                    .contains(new Silent(Optional.empty(), true, false));
        }
    }

    /** Each byte comes in time, and the last of them never. */
    @Test
    void gives_up_on_a_handshake_that_goes_on_and_on() {
        CountDownLatch over = new CountDownLatch(1);
        try (TcpPeer peer = TcpPeer.start(wire -> {
            wire.readSome(1, LIMIT);
            boolean open = wire.send(new byte[] {22, 3, 3, 64, 0, 2, 0, 63, (byte) 0xfc});
            try {
                while (open && !over.await(20, TimeUnit.MILLISECONDS)) {
                    open = wire.send(new byte[] {0});
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        })) {
            InetSocketAddress address = new InetSocketAddress(Addresses.LOOPBACK4, peer.port());
            assertThat(Speech.of(address, "localhost", Wanted.TLS, NOBODY, Duration.ofMillis(300)))
                    .get()
                    .isInstanceOfSatisfying(
                            TlsRefused.class,
                            refused -> assertThat(refused.why()).contains("has not ended in time"));
        } finally {
            over.countDown();
        }
    }

    @Test
    void a_service_of_one_connection_is_not_lost_over_two() {
        try (TcpPeer peer = TcpPeer.start(wire -> wire.send("once\n"))) {
            assertThat(speech(peer)).get().isInstanceOf(Banner.class);
            assertThat(peer.accepted()).isEqualTo(1);
        }
    }
}

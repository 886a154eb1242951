package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Http2Peer;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.Tls;
import dev.loopgate.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How long a client of HTTP/2 may take to say a thing whole: as long as one of HTTP/1.1. */
class Http2PatienceTest {

    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final byte[] HALF_A_HEAD = {0, 0, 8, 6};
    private static final Tls TLS = Tls.inNewFolder();

    @RegisterExtension
    static final Stage STAGE = new Stage(TlsTest::configuration, TLS.termination());

    private static Http2Peer client() {
        Http2Peer peer = Http2Peer.client(STAGE.gateway().port());
        STAGE.keep(RawClient.over(peer.wire()));
        // Acknowledges the settings, which it must not do within a header.
        return peer.roundTrip();
    }

    private static int beginHeader(Http2Peer client) {
        int stream = client.nextStream();
        client.frame(
                Http2Peer.HEADERS,
                0,
                stream,
                Http2Peer.section(":method", "GET", ":scheme", "http", ":authority", "a.localhost", ":path", "/"));
        return stream;
    }

    private static Http2Peer secure(String begin) throws IOException {
        Wire wire = new Wire(Tls.connect(TLS.trusting(), STAGE.gateway().port(), "a.localhost", "h2"));
        STAGE.keep(RawClient.over(wire));
        wire.send(begin);
        return Http2Peer.of(wire);
    }

    /** All at once, as each takes its time. */
    @Test
    void a_header_a_frame_s_head_and_a_preface_have_fifteen_seconds_from_their_first_byte() throws IOException {
        long start = System.nanoTime();
        Http2Peer nothing = secure("");
        Http2Peer halfAPreface = secure(PREFACE.substring(0, 10));
        Http2Peer noSettings = secure(PREFACE);
        RawClient plain = STAGE.client().send(PREFACE.substring(0, 10));
        Http2Peer idle = client();
        Http2Peer silent = client();
        beginHeader(silent);
        Http2Peer half = client();
        half.wire().send(HALF_A_HEAD);
        Http2Peer busy = client();
        int open = busy.request("POST", "b.localhost", "/", false);
        busy.data(open, "a", false);
        beginHeader(busy);
        // The last of them: the others are not looked at before.
        Http2Peer dribbles = client();
        int stream = beginHeader(dribbles);
        long[] last = {start};
        Eventually.until("the dribbling client is cut off", Duration.ofSeconds(25), () -> {
            if (System.nanoTime() - last[0] > 2_000_000_000L) {
                last[0] = System.nanoTime();
                dribbles.frame(Http2Peer.CONTINUATION, 0, stream, Http2Peer.section("x", "y"));
            }
            return dribbles.holds(Duration.ofMillis(20), () -> dribbles.goAway() >= 0)
                    || dribbles.wire().end() != Wire.End.OPEN;
        });
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(13));
        for (Http2Peer late : List.of(silent, half, busy, nothing, halfAPreface, noSettings)) {
            assertThat(late.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
            assertThat(late.goAway()).isEqualTo(Http2Peer.ENHANCE_YOUR_CALM);
        }
        assertThat(plain.awaitEnd()).isEqualTo(Wire.End.FIN);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
        // A frame that comes in two pieces after a long silence is not late.
        int next = idle.nextStream();
        byte[] section =
                Http2Peer.section(":method", "GET", ":scheme", "http", ":authority", "b.localhost", ":path", "/");
        idle.frame(Http2Peer.HEADERS, Http2Peer.END_STREAM, next, section).holds(Duration.ofMillis(500), () -> false);
        idle.frame(Http2Peer.CONTINUATION, Http2Peer.END_HEADERS, next, new byte[0]);
        assertThat(idle.await(next).body()).isEqualTo("B");
        assertThat(STAGE.a().requests()).isEmpty();
    }
}

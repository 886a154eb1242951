package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Gate;
import dev.loopgate.testkit.Http2Message;
import dev.loopgate.testkit.Http2Peer;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.PeerAction.Piece;
import dev.loopgate.testkit.PeerAction.Then;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RunningGateway;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests of HTTP/2 that are not taken, with more behind them: their own streams end, and nothing else does. */
class Http2RefusedStreamsTest {

    private static final String PIECE = "x".repeat(16_000);

    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static Http2Peer client() {
        Http2Peer peer = Http2Peer.client(STAGE.gateway().port());
        STAGE.keep(RawClient.over(peer.wire()));
        return peer;
    }

    /** What a client may have sent before it knows; much more than the connection's window, which is to be given back. */
    private static void sendOn(Http2Peer client, int stream) {
        client.data(stream, PIECE, false).data(stream, PIECE, false).windowUpdate(stream, 1);
    }

    private static void stillServed(Http2Peer client) {
        client.roundTrip();
        assertThat(client.goAway()).isEqualTo(-1);
        assertThat(client.await(client.get("b.localhost", "/")).body()).isEqualTo("B");
    }

    @Test
    void uploads_beyond_the_hundredth_stream_are_refused_and_the_others_go_on() {
        Gate gate = new Gate();
        STAGE.a().always(new PeerAction.Pieces(List.of(new Piece(gate, PeerAction.okBytes("A"))), Then.KEEP));
        Http2Peer client = client();
        List<Integer> streams = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            streams.add(client.get("a.localhost", "/" + i));
        }
        STAGE.a().awaitRequests(100);
        for (int i = 0; i < 40; i++) {
            int refused = client.request("POST", "b.localhost", "/", false);
            sendOn(client, refused);
            switch (i % 4) {
                case 0 -> client.data(refused, PIECE, true);
                case 1 -> client.headers(refused, true, "x-sum", "1");
                case 2 -> client.reset(refused, Http2Peer.CANCEL);
                default -> {}
            }
            assertThat(client.await(refused).reset()).contains(Http2Peer.REFUSED_STREAM);
            sendOn(client, refused);
        }
        client.roundTrip();
        assertThat(client.goAway()).isEqualTo(-1);
        gate.open();
        for (int stream : streams) {
            assertThat(client.await(stream).body()).isEqualTo("A");
        }
        stillServed(client);
        assertThat(STAGE.b().requests()).hasSize(1);
    }

    @Test
    void malformed_requests_with_a_body_end_alone() {
        Http2Peer client = client();
        for (String name : List.of("X-Upper", "connection", "x y", ":late")) {
            int stream = client.request("POST", "a.localhost", "/", false, name, "a");
            sendOn(client, stream);
            Http2Message answer = client.await(stream);
            assertThat(answer.reset()).as(name).contains(Http2Peer.PROTOCOL_ERROR);
            sendOn(client, stream);
            client.data(stream, PIECE, true);
            stillServed(client);
        }
        assertThat(STAGE.a().requests()).isEmpty();
    }

    @Test
    void a_header_that_is_too_large_is_answered_whatever_body_comes_behind_it() {
        Http2Peer client = client();
        for (int i = 0; i < 5; i++) {
            int stream = client.request("POST", "a.localhost", "/", false, "x", "y".repeat(70_000));
            sendOn(client, stream);
            client.until("the end of the answer", () -> client.message(stream).ended());
            assertThat(client.message(stream).status()).isEqualTo(431);
            sendOn(client, stream);
            client.data(stream, PIECE, true);
            stillServed(client);
            assertThat(client.message(stream).reset()).isIn(Optional.empty(), Optional.of(0L));
        }
        assertThat(STAGE.a().requests()).isEmpty();
    }

    /** Many small frames of one upload that is not wanted are not many resets. */
    @Test
    void what_crosses_with_a_reset_is_ignored_however_much_it_is() {
        STAGE.a().always(new PeerAction.EarlyReply("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", Then.KEEP));
        Http2Peer client = client();
        int stream = client.request("POST", "a.localhost", "/", false);
        client.until("a reset", () -> client.message(stream).reset().isPresent());
        assertThat(client.message(stream).status()).isEqualTo(403);
        client.together(() -> {
            for (int i = 0; i < 1_000; i++) {
                client.data(stream, "x", false);
            }
        });
        stillServed(client);
    }

    @Test
    void what_is_too_much_to_have_crossed_with_a_reset_ends_the_connection() {
        Http2Peer client = client();
        int stream = client.request("POST", "a.localhost", "/", false, "X-Upper", "a");
        client.await(stream);
        client.together(() -> {
            for (int i = 0; i < 10_100; i++) {
                client.data(stream, "", false);
            }
        });
        assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
        assertThat(client.goAway()).isEqualTo(Http2Peer.ENHANCE_YOUR_CALM);
        STAGE.stillServes();
    }

    /** RFC 9113 §6.8: who opens a stream before it has read GOAWAY does nothing wrong. */
    @Test
    void an_upload_that_crosses_with_goaway_is_served_and_harms_nobody() {
        Gate gate = new Gate();
        STAGE.a().always(new PeerAction.Pieces(List.of(new Piece(gate, PeerAction.okBytes("last"))), Then.KEEP));
        try (RunningGateway stopping = RunningGateway.start(Sites.of(
                Sites.proxy("a.localhost", STAGE.a().port()),
                Sites.proxy("b.localhost", STAGE.b().port())))) {
            Http2Peer client = Http2Peer.client(stopping.port());
            int stream = client.get("a.localhost", "/");
            STAGE.a().request();
            stopping.http().drain();
            client.until("GOAWAY", () -> client.goAway() == 0);
            int crossed = client.request("POST", "b.localhost", "/", false);
            client.data(crossed, "abc", true);
            assertThat(client.await(crossed).body()).isEqualTo("B");
            gate.open();
            assertThat(client.await(stream).body()).isEqualTo("last");
            assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
            assertThat(client.goAway()).isZero();
            client.close();
        }
    }
}

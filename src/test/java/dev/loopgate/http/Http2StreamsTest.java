package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Streams of one HTTP/2 connection beside each other: what one of them does or leaves is its own affair. */
class Http2StreamsTest {

    private static final int MIB = 1 << 20;

    @RegisterExtension
    static final Stage STAGE = new Stage(stage -> Sites.of(
            Sites.proxy("a.localhost", stage.a().port()),
            Sites.proxy("b.localhost", stage.b().port()),
            limited("first.localhost", stage, Sites.options().firstByteMillis(300)),
            limited("body.localhost", stage, Sites.options().bodyIdleMillis(300)),
            limited("idle.localhost", stage, Sites.options().idleMillis(400))));

    private static dev.loopgate.model.VirtualHost limited(String name, Stage stage, Sites.Options options) {
        return Sites.proxy(name, stage.a().port(), options.build());
    }

    private static Http2Peer client(int... settings) {
        Http2Peer peer = Http2Peer.client(Wire.connect(STAGE.gateway().port()), settings);
        STAGE.keep(RawClient.over(peer.wire()));
        return peer;
    }

    /** Sends up to so many bytes of a body and counts what the gateway has taken. */
    private static void sendsWithoutEnd(int most, AtomicLong sent) {
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + most + "\r\n\r\n");
            byte[] piece = new byte[16_384];
            while (sent.get() < most && connection.wire().send(piece)) {
                sent.addAndGet(piece.length);
            }
            return sent.get() == most;
        }));
    }

    /** Waits until a number no longer changes. */
    private static long settled(AtomicLong number) {
        long[] seen = {-1, 0};
        Eventually.until("nothing more is taken", () -> {
            long now = number.get();
            seen[1] = now > 0 && now == seen[0] ? seen[1] + 1 : 0;
            seen[0] = now;
            return seen[1] == 100;
        });
        return number.get();
    }

    @Test
    void a_stream_that_is_not_read_neither_stalls_its_siblings_nor_piles_up() {
        AtomicLong sent = new AtomicLong();
        sendsWithoutEnd(40 * MIB, sent);
        STAGE.b().always(PeerAction.ok("y".repeat(300_000)));
        Http2Peer client = client();
        int stalled = client.get("a.localhost", "/");
        client.hold(stalled);
        client.awaitHead(stalled);
        for (int i = 0; i < 10; i++) {
            assertThat(client.await(client.get("b.localhost", "/" + i)).bodyLength())
                    .isEqualTo(300_000);
        }
        client.roundTrip();
        // What both sockets' buffers hold, and little more.
        assertThat(settled(sent)).isLessThan(16 * MIB);
        assertThat(client.message(stalled).bodyLength()).isEqualTo(65_535);
        client.windowUpdate(stalled, 1 << 30);
        Http2Message whole = client.await(stalled);
        assertThat(whole.bodyLength()).isEqualTo(40 * MIB);
        assertThat(whole.ended()).isTrue();
    }

    @Test
    void a_window_of_nothing_holds_all_back_but_heads() {
        Http2Peer client = client(Http2Peer.INITIAL_WINDOW_SIZE, 0);
        int stream = client.get("a.localhost", "/");
        assertThat(client.awaitHead(stream).status()).isEqualTo(200);
        client.roundTrip();
        assertThat(client.message(stream).bodyLength()).isZero();
        assertThat(client.windowUpdate(stream, 1).await(stream).body()).isEqualTo("A");
    }

    @Test
    void a_slow_upstream_holds_its_own_upload_back_and_no_other() {
        Gate reads = new Gate();
        STAGE.a()
                .always(PeerAction.script((connection, request) -> reads.await()
                        && request.readAll()
                        && connection.send(PeerAction.okBytes(request.bodySha256()))));
        STAGE.b().always(new PeerAction.Digest());
        Http2Peer client = client();
        byte[] bulk = new byte[32 * MIB];
        int slow = client.request("POST", "a.localhost", "/", false);
        int sent = 0;
        do {
            sent += client.offer(slow, bulk, sent, true);
        } while (sent < bulk.length && client.holds(Duration.ofMillis(500), () -> client.mayOffer(slow)));
        assertThat(sent).isBetween(65_535, 16 * MIB);
        int quick = client.request("POST", "b.localhost", "/", false);
        client.upload(quick, new byte[MIB], true);
        assertThat(client.await(quick).status()).isEqualTo(200);
        assertThat(STAGE.b().request().bodyLength()).isEqualTo(MIB);
        reads.open();
        while (sent < bulk.length) {
            client.until("a window", () -> client.mayOffer(slow));
            sent += client.offer(slow, bulk, sent, true);
        }
        assertThat(client.await(slow).status()).isEqualTo(200);
        assertThat(STAGE.a().request().bodyLength()).isEqualTo(bulk.length);
    }

    @Test
    void serves_a_hundred_at_once_and_refuses_one_more() {
        Http2Peer client = client();
        Gate gate = new Gate();
        STAGE.a().always(new PeerAction.Pieces(List.of(new Piece(gate, PeerAction.okBytes("A"))), Then.KEEP));
        List<Integer> streams = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            streams.add(client.get("a.localhost", "/" + i));
        }
        STAGE.a().awaitRequests(100);
        assertThat(client.await(client.get("b.localhost", "/")).reset()).contains(Http2Peer.REFUSED_STREAM);
        assertThat(client.settings()).containsEntry(Http2Peer.MAX_CONCURRENT_STREAMS, 100);
        gate.open();
        for (int stream : streams) {
            assertThat(client.await(stream).body()).isEqualTo("A");
        }
        assertThat(client.await(client.get("b.localhost", "/")).body()).isEqualTo("B");
        assertThat(STAGE.b().requests()).hasSize(1);
    }

    @Test
    void answers_come_in_the_order_in_which_they_are_ready() {
        Gate gate = new Gate();
        STAGE.a().always(new PeerAction.Pieces(List.of(new Piece(gate, PeerAction.okBytes("late"))), Then.KEEP));
        Http2Peer client = client();
        int late = client.get("a.localhost", "/");
        assertThat(client.await(client.get("b.localhost", "/")).body()).isEqualTo("B");
        assertThat(client.message(late).status()).isZero();
        gate.open();
        assertThat(client.await(late).body()).isEqualTo("late");
    }

    @Test
    void a_missed_deadline_ends_its_own_stream_only() {
        STAGE.a().always(PeerAction.stall());
        Http2Peer client = client();
        int first = client.get("first.localhost", "/");
        int body = client.request("POST", "body.localhost", "/", false, "content-length", "100");
        client.data(body, "some", false);
        int idle = client.get("idle.localhost", "/");
        int open = client.get("a.localhost", "/");
        assertThat(client.await(first).error()).isEqualTo("first-byte-timeout");
        assertThat(client.await(first).status()).isEqualTo(504);
        assertThat(client.await(body).error()).isEqualTo("body-timeout");
        assertThat(client.await(idle).error()).isEqualTo("response-stalled");
        assertThat(client.message(open).reset()).isEmpty();
        assertThat(client.await(client.get("b.localhost", "/")).body()).isEqualTo("B");
    }

    @Test
    void an_answer_that_stops_is_reset() {
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
            connection.awaitEnd();
            return false;
        }));
        Http2Peer client = client();
        Http2Message answer = client.await(client.get("idle.localhost", "/"));
        assertThat(answer.body()).isEqualTo("half");
        assertThat(answer.ended()).isFalse();
        assertThat(answer.reset()).isPresent();
    }

    @Test
    void a_new_plan_leaves_connections_and_what_they_are_at_alone() {
        Gate gate = new Gate();
        STAGE.a().next(new PeerAction.Pieces(List.of(new Piece(gate, PeerAction.okBytes("old"))), Then.KEEP));
        Http2Peer client = client();
        int before = client.get("a.localhost", "/");
        STAGE.a().request();
        STAGE.gateway().install(Sites.of(Sites.proxy("a.localhost", STAGE.b().port())));
        assertThat(client.await(client.get("a.localhost", "/")).body()).isEqualTo("B");
        gate.open();
        assertThat(client.await(before).body()).isEqualTo("old");
        assertThat(client.goAway()).isEqualTo(-1);
    }

    @Test
    void a_gateway_that_stops_says_so_and_finishes_what_it_is_at() {
        Gate gate = new Gate();
        STAGE.a().always(new PeerAction.Pieces(List.of(new Piece(gate, PeerAction.okBytes("last"))), Then.KEEP));
        try (RunningGateway stopping = RunningGateway.start(
                Sites.of(Sites.proxy("a.localhost", STAGE.a().port())))) {
            Http2Peer idle = Http2Peer.client(stopping.port()).roundTrip();
            Http2Peer client = Http2Peer.client(stopping.port());
            int stream = client.get("a.localhost", "/");
            STAGE.a().request();
            stopping.http().drain();
            assertThat(idle.awaitEnd()).isEqualTo(Wire.End.FIN);
            assertThat(idle.goAway()).isZero();
            client.until("GOAWAY", () -> client.goAway() == 0);
            gate.open();
            assertThat(client.await(stream).body()).isEqualTo("last");
            assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
            Eventually.until("no connection is left", () -> stopping.connections() == 0);
        }
    }

    @Test
    void a_gateway_that_stops_waits_for_who_is_slow_to_read() throws InterruptedException {
        STAGE.a().always(PeerAction.ok("x".repeat(12 * MIB)));
        try (RunningGateway stopping = RunningGateway.start(
                Sites.of(Sites.proxy("a.localhost", STAGE.a().port())))) {
            Http2Peer client = Http2Peer.client(
                    Wire.connectWithReceiveBuffer(stopping.port(), 64 * 1024), Http2Peer.INITIAL_WINDOW_SIZE, 1 << 28);
            client.windowUpdate(0, 1 << 28);
            int stream = client.get("a.localhost", "/");
            STAGE.a().request();
            stopping.http().drain();
            // Longer than the gateway takes from one look at its deadlines to the next.
            Thread.sleep(700);
            Http2Message answer = client.await(stream);
            assertThat(answer.bodyLength()).isEqualTo(12 * MIB);
            assertThat(answer.ended()).isTrue();
        }
    }
}

package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Gate;
import dev.loopgate.testkit.Http2Message;
import dev.loopgate.testkit.Http2Peer;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.PeerAction.Piece;
import dev.loopgate.testkit.PeerAction.Then;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients of HTTP/2 do that looks like abuse and is none, and where it begins to be. */
class Http2LimitsTest {

    @RegisterExtension
    @Order(1)
    static final Stage STAGE = new Stage();

    @RegisterExtension
    @Order(2)
    static final Http2Backend BACKEND = new Http2Backend(STAGE);

    @ParameterizedTest
    @ValueSource(ints = {70_000, 90_000, 120_000})
    void a_header_over_64_kib_is_a_431_and_nothing_to_the_others(int size) {
        Gate gate = new Gate();
        STAGE.a().always(new PeerAction.Pieces(List.of(new Piece(gate, PeerAction.okBytes("A"))), Then.KEEP));
        // Which acknowledges the settings.
        Http2Peer client = STAGE.http2Client().roundTrip();
        int sibling = client.get("a.localhost", "/", "x", "y".repeat(50_000));
        STAGE.a().request();
        Http2Message answer = client.await(client.get("a.localhost", "/", "x", "y".repeat(size)));
        assertThat(answer.status()).isEqualTo(431);
        assertThat(answer.error()).isEqualTo("fields-too-large");
        Http2Message crumbs = client.await(client.get("a.localhost", "/", many(size / 100, "cookie", "y".repeat(98))));
        assertThat(crumbs.status()).isEqualTo(431);
        assertThat(client.await(client.get("a.localhost", "/" + "y".repeat(size)))
                        .status())
                .isEqualTo(431);
        gate.open();
        assertThat(client.await(sibling).body()).isEqualTo("A");
        // Of an earlier test some may have been on their way to the backend still.
        assertThat(STAGE.a().requests())
                .filteredOn(request -> request.head().contains("yyyy"))
                .hasSize(1);
    }

    private static String[] many(int count, String name, String value) {
        String[] fields = new String[2 * count];
        for (int i = 0; i < fields.length; i += 2) {
            fields[i] = name;
            fields[i + 1] = value;
        }
        return fields;
    }

    @Test
    void a_header_that_is_too_large_to_be_read_ends_the_connection() {
        Http2Peer client = STAGE.http2Client().roundTrip();
        client.get("a.localhost", "/", "x", "y".repeat(200_000));
        assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
        assertThat(client.goAway()).isEqualTo(Http2Peer.PROTOCOL_ERROR);
        assertThat(STAGE.a().requests()).isEmpty();
    }

    /** As clients of gRPC do with each call whose deadline has passed. */
    @Test
    void who_gives_up_what_takes_too_long_is_not_taken_for_that() {
        STAGE.a().always(PeerAction.stall());
        Http2Peer client = STAGE.http2Client();
        for (int round = 0; round < 8; round++) {
            List<Integer> streams = new ArrayList<>();
            for (int i = 0; i < 80; i++) {
                streams.add(client.get("a.localhost", "/"));
            }
            client.roundTrip().holds(Duration.ofMillis(150), () -> false);
            streams.forEach(stream -> client.reset(stream, Http2Peer.CANCEL));
            client.roundTrip();
        }
        assertThat(client.await(client.get("b.localhost", "/")).body()).isEqualTo("B");
    }

    /** Writers that send one with each flush. */
    @Test
    void some_frames_without_anything_in_them_do_no_harm() {
        STAGE.a().always(PeerAction.echo());
        Http2Peer client = STAGE.http2Client();
        int stream = client.request("POST", "a.localhost", "/", false);
        for (int i = 0; i < 100; i++) {
            client.data(stream, "", false);
        }
        client.data(stream, "x", false).data(stream, "", false).data(stream, "", true);
        assertThat(client.await(stream).body()).isEqualTo("x");
    }

    @Test
    void an_upstream_may_send_some_as_well() {
        BACKEND.serve(peer -> {
            int stream = peer.awaitRequest();
            peer.headers(stream, false, ":status", "200");
            for (int i = 0; i < 50; i++) {
                peer.data(stream, "", false);
            }
            peer.data(stream, "whole", true).awaitEnd();
        });
        assertThat(STAGE.get("h2.localhost", "/").body()).isEqualTo("whole");
        assertThat(BACKEND.accepted()).isEqualTo(1);
    }
}

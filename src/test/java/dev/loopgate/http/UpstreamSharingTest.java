package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.RouteOptions;
import dev.loopgate.testkit.Http2Peer;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.TcpPeer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests for an upstream of HTTP/2 that come before there is a connection to it. */
class UpstreamSharingTest {

    @RegisterExtension
    @Order(1)
    static final Stage STAGE = new Stage();

    @RegisterExtension
    @Order(2)
    static final Http2Backend BACKEND = new Http2Backend(STAGE);

    private static void burst(Http2Peer client, int requests) {
        client.together(() -> {
            for (int i = 0; i < requests; i++) {
                client.get("h2.localhost", "/" + i);
            }
        });
    }

    @Test
    void first_requests_that_come_together_share_one_connection() {
        BACKEND.serve(Http2Backend::echoPaths);
        Http2Peer client = STAGE.http2Client();
        burst(client, 30);
        for (int i = 0; i < 30; i++) {
            assertThat(client.await(1 + 2 * i).body()).isEqualTo("/" + i);
        }
        assertThat(BACKEND.accepted()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1, 5, 5", "2, 6, 3"})
    void they_have_as_many_connections_as_the_upstream_s_limit_takes(int limit, int requests, int connections) {
        CountDownLatch all = new CountDownLatch(requests);
        BACKEND.serve(
                peer -> {
                    // One more on this connection would never be answered.
                    int[] streams = new int[limit];
                    for (int i = 0; i < limit; i++) {
                        streams[i] = peer.awaitRequest();
                        all.countDown();
                    }
                    try {
                        all.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    for (int stream : streams) {
                        Http2Backend.answer(peer, stream, peer.message(stream).field(":path"));
                    }
                    peer.awaitEnd();
                },
                Http2Peer.MAX_CONCURRENT_STREAMS,
                limit);
        Http2Peer client = STAGE.http2Client();
        burst(client, requests);
        for (int i = 0; i < requests; i++) {
            assertThat(client.await(1 + 2 * i).body()).isEqualTo("/" + i);
        }
        assertThat(BACKEND.accepted()).isEqualTo(connections);
    }

    @Test
    void who_waits_for_a_connection_that_says_nothing_gets_another() {
        AtomicInteger connections = new AtomicInteger();
        try (TcpPeer peer = TcpPeer.start(wire -> {
            if (connections.incrementAndGet() == 1) {
                // Not even what a server begins with.
                wire.awaitEnd(Duration.ofMinutes(1));
            } else {
                Http2Backend.echoPaths(Http2Peer.server(wire));
            }
        })) {
            STAGE.gateway().install(Http2Backend.configuration(STAGE, peer.port(), RouteOptions.DEFAULT));
            Http2Peer client = STAGE.http2Client();
            burst(client, 5);
            for (int i = 1; i < 5; i++) {
                assertThat(client.await(1 + 2 * i).body()).isEqualTo("/" + i);
            }
            assertThat(client.message(1).status()).isZero();
        }
    }

    /** Who came first has had what it asked for; the others try for themselves, once. */
    @Test
    void a_connection_that_ends_before_it_begins_fails_all_who_wait_for_it() {
        try (TcpPeer peer = TcpPeer.start(wire -> {})) {
            STAGE.gateway().install(Http2Backend.configuration(STAGE, peer.port(), RouteOptions.DEFAULT));
            Http2Peer client = STAGE.http2Client();
            burst(client, 5);
            for (int i = 0; i < 5; i++) {
                assertThat(client.await(1 + 2 * i).status()).isEqualTo(502);
            }
        }
    }
}

package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.RouteOptions;
import dev.loopgate.testkit.Http2Peer;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.TcpPeer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests for an upstream of HTTP/2 that come before there is a connection to it. */
class UpstreamSharingTest {

    @RegisterExtension
    static final Stage STAGE = new Stage();

    private @Nullable Http2Backend started;

    private Http2Backend backend(Consumer<Http2Peer> script, int... settings) {
        Http2Backend backend = Http2Backend.behind(STAGE, script, settings);
        started = backend;
        return backend;
    }

    @AfterEach
    void stop() {
        if (started != null) {
            started.close();
        }
    }

    private static Http2Peer client() {
        Http2Peer peer = Http2Peer.client(STAGE.gateway().port());
        STAGE.keep(RawClient.over(peer.wire()));
        return peer;
    }

    private static void burst(Http2Peer client, int requests) {
        client.together(() -> {
            for (int i = 0; i < requests; i++) {
                client.get("h2.localhost", "/" + i);
            }
        });
    }

    @Test
    void first_requests_that_come_together_share_one_connection() {
        Http2Backend backend = backend(Http2Backend::echoPaths);
        Http2Peer client = client();
        burst(client, 30);
        for (int i = 0; i < 30; i++) {
            assertThat(client.await(1 + 2 * i).body()).isEqualTo("/" + i);
        }
        assertThat(backend.accepted()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1, 5, 5", "2, 6, 3"})
    void they_have_as_many_connections_as_the_upstream_s_limit_takes(int limit, int requests, int connections) {
        CountDownLatch all = new CountDownLatch(requests);
        Http2Backend backend = backend(
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
        Http2Peer client = client();
        burst(client, requests);
        for (int i = 0; i < requests; i++) {
            assertThat(client.await(1 + 2 * i).body()).isEqualTo("/" + i);
        }
        assertThat(backend.accepted()).isEqualTo(connections);
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
            Http2Peer client = client();
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
            Http2Peer client = client();
            burst(client, 5);
            for (int i = 0; i < 5; i++) {
                assertThat(client.await(1 + 2 * i).status()).isEqualTo(502);
            }
        }
    }
}

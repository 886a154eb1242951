package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.Configuration;
import dev.loopgate.model.PathPrefix;
import dev.loopgate.model.Route;
import dev.loopgate.model.RouteOptions;
import dev.loopgate.model.Target;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Gate;
import dev.loopgate.testkit.Http2Message;
import dev.loopgate.testkit.Http2Peer;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.RunningGateway;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Tls;
import dev.loopgate.testkit.Wire;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Upstreams of https, by another implementation: HTTP/2 with those that agree on it, HTTP/1.1 with the others and for upgrades. */
class UpstreamAlpnTest {

    private static final Tls TLS = Tls.inNewFolder();

    @RegisterExtension
    @Order(1)
    static final LeakCheck LEAKS = new LeakCheck();

    @RegisterExtension
    @Order(2)
    static final AlpnServers SERVERS = new AlpnServers(TLS);

    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        gateway = RunningGateway.start(configuration(), TLS.termination());
    }

    private static Configuration configuration() {
        return Sites.of(
                Sites.host("both.localhost", to(SERVERS.both())), Sites.host("old.localhost", to(SERVERS.old())));
    }

    private static Route to(int port) {
        return to(port, RouteOptions.DEFAULT);
    }

    /** Behind slow.localhost. */
    private static Configuration patient(TcpPeer peer) {
        RouteOptions options = Sites.options().connectMillis(60_000).build();
        return Sites.of(Sites.host("slow.localhost", to(peer.port(), options)));
    }

    private static Route to(int port, RouteOptions options) {
        return new Route(
                PathPrefix.ROOT,
                new Target.Proxy(
                        List.of(new Target.Upstream(new UpstreamAddress.LoopbackPort(port), "", Target.Scheme.HTTPS)),
                        new Target.PathRewrite.Keep()),
                options);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    /** A plan with the same upstreams, and nothing counted. */
    @BeforeEach
    void forget() {
        gateway.install(configuration());
        SERVERS.connections().clear();
    }

    private static RawResponse get(String host) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            return client.get(host, "/").response();
        }
    }

    @Test
    void an_upstream_is_spoken_to_in_what_it_agrees_on() {
        RawResponse modern = get("both.localhost");
        assertThat(modern.field("x-version")).as(modern.toString()).contains("HTTP_2");
        assertThat(modern.field("x-scheme")).contains("https");
        assertThat(modern.body()).isEqualTo("none");
        assertThat(get("old.localhost").field("x-version")).contains("HTTP_1_1");
    }

    @Test
    void one_connection_serves_clients_of_both_versions() {
        get("both.localhost");
        SERVERS.connections().clear();
        byte[] large = new byte[1 << 20];
        try (Http2Peer client = Http2Peer.client(gateway.port())) {
            int stream = client.request("POST", "both.localhost", "/", false);
            client.upload(stream, large, true);
            Http2Message answer = client.await(stream);
            assertThat(answer.bodyLength()).isEqualTo(large.length);
            assertThat(answer.field("x-version")).isEqualTo("HTTP_2");
        }
        assertThat(get("both.localhost").field("x-version")).contains("HTTP_2");
        assertThat(SERVERS.connections()).hasSize(1);
    }

    /** In front of a port: passes on what a connection says once the gate is open. */
    private static TcpPeer gated(Gate gate, int port) {
        return TcpPeer.start(wire -> {
            if (gate.await()) {
                passBothWays(wire, port);
            }
        });
    }

    /** The body is kept as HTTP/2 had it. */
    @ParameterizedTest
    @CsvSource({
        "Transfer-Encoding: chunked, 0, none",
        "Transfer-Encoding: chunked, 3abc0, abc",
        "Content-Length: 3, abc, abc"
    })
    void what_was_refused_in_http2_is_sent_again_in_http1(String framing, String body, String heard) {
        AtomicInteger connections = new AtomicInteger();
        try (TcpPeer changing = TcpPeer.start(
                wire -> passBothWays(wire, connections.incrementAndGet() == 1 ? SERVERS.both() : SERVERS.old()))) {
            gateway.install(patient(changing));
            try (RawClient client = RawClient.connect(gateway.port())) {
                client.request("POST", "slow.localhost", "/refused", "", framing);
                Eventually.until("the head is there", () -> changing.accepted() == 1);
                String sent = body.replace("3abc", "3\r\nabc\r\n");
                RawResponse response = client.send(framing.startsWith("T") ? sent + "\r\n\r\n" : sent)
                        .response();
                assertThat(response.field("x-version")).as(response.toString()).contains("HTTP_1_1");
                assertThat(response.body()).isEqualTo(heard);
            }
        }
    }

    private static void passBothWays(Wire wire, int port) {
        try (Wire inner = Wire.connect(port)) {
            Thread back = new Thread(() -> pass(inner, wire), "back");
            back.setDaemon(true);
            back.start();
            pass(wire, inner);
        }
    }

    private static void pass(Wire from, Wire to) {
        byte[] piece = from.readSome(65_536, Eventually.LIMIT);
        while (piece.length > 0 && to.send(piece)) {
            piece = from.readSome(65_536, Eventually.LIMIT);
        }
        to.close();
    }

    private static Http2Peer burst(int requests) {
        Http2Peer client = Http2Peer.client(gateway.port());
        client.together(() -> {
            for (int i = 0; i < requests; i++) {
                client.get("slow.localhost", "/" + i);
            }
        });
        return client.roundTrip();
    }

    @Test
    void first_requests_that_come_together_share_a_connection_whoever_leaves() {
        Gate gate = new Gate();
        try (TcpPeer slow = gated(gate, SERVERS.both())) {
            gateway.install(patient(slow));
            try (Http2Peer client = burst(20)) {
                client.reset(1, Http2Peer.CANCEL).reset(7, Http2Peer.CANCEL).roundTrip();
                gate.open();
                for (int i = 1; i < 20; i++) {
                    if (i != 3) {
                        Http2Message answer = client.await(1 + 2 * i);
                        assertThat(answer.field("x-version"))
                                .as(answer.toString())
                                .isEqualTo("HTTP_2");
                    }
                }
                assertThat(slow.accepted()).isEqualTo(1);
            }
        }
    }

    @Test
    void they_have_a_connection_each_where_it_turns_out_that_http1_is_spoken() {
        Gate gate = new Gate();
        try (TcpPeer slow = gated(gate, SERVERS.old())) {
            gateway.install(patient(slow));
            try (Http2Peer client = burst(10)) {
                gate.open();
                for (int i = 0; i < 10; i++) {
                    assertThat(client.await(1 + 2 * i).field("x-version")).isEqualTo("HTTP_1_1");
                }
                assertThat(slow.accepted()).isEqualTo(10);
            }
        }
    }

    @Test
    void a_connection_that_cannot_be_made_fails_all_who_wait_for_it() {
        Gate gate = new Gate();
        try (TcpPeer broken = TcpPeer.start(wire -> gate.await())) {
            gateway.install(patient(broken));
            try (Http2Peer client = burst(10)) {
                gate.open();
                for (int i = 0; i < 10; i++) {
                    assertThat(client.await(1 + 2 * i).error()).isEqualTo("upstream-tls");
                }
                assertThat(broken.accepted()).isEqualTo(1);
            }
        }
    }

    @Test
    void nobody_s_connection_is_made_once_all_have_left() {
        Gate gate = new Gate();
        try (TcpPeer slow = gated(gate, SERVERS.both())) {
            gateway.install(patient(slow));
            Http2Peer leaves = burst(5);
            Eventually.until("it is begun", () -> slow.accepted() == 1);
            leaves.wire().reset();
            Eventually.until("they have left", () -> gateway.connections() == 0);
            gate.open();
            Eventually.until("it is given up", () -> slow.open() == 0);
            assertThat(SERVERS.connections()).isEmpty();
            try (Http2Peer client = burst(5)) {
                assertThat(client.await(1).field("x-version")).isEqualTo("HTTP_2");
            }
        }
    }

    /** There is no upgrade in HTTP/2, and a connection of it is at hand. */
    @Test
    void an_upgrade_has_a_connection_of_http1() {
        assertThat(get("both.localhost").field("x-version")).contains("HTTP_2");
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.get(
                    "both.localhost",
                    "/",
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
            assertThat(client.head().status()).isEqualTo(101);
            client.send(masked("hi"));
            assertThat(Wire.text(client.wire().read(10))).isEqualTo("\u0081\bheard hi");
        }
    }

    @Test
    void a_websocket_on_a_stream_has_one_too() {
        get("both.localhost");
        try (Http2Peer client = Http2Peer.client(gateway.port())) {
            int stream = client.nextStream();
            client.headers(
                    stream,
                    false,
                    ":method",
                    "CONNECT",
                    ":protocol",
                    "websocket",
                    ":scheme",
                    "http",
                    ":authority",
                    "both.localhost",
                    ":path",
                    "/",
                    "sec-websocket-version",
                    "13");
            assertThat(client.awaitHead(stream).status()).isEqualTo(200);
            client.frame(Http2Peer.DATA, 0, stream, masked("hi"));
            client.until("an answer", () -> client.message(stream).bodyLength() == 10);
            assertThat(client.message(stream).body()).endsWith("heard hi");
        }
        Eventually.until("no connection is left", () -> gateway.connections() == 0);
    }

    /** A text of a client, the mask being nothing. */
    private static byte[] masked(String text) {
        byte[] frame = new byte[6 + text.length()];
        frame[0] = (byte) 0x81;
        frame[1] = (byte) (0x80 | text.length());
        for (int i = 0; i < text.length(); i++) {
            frame[6 + i] = (byte) text.charAt(i);
        }
        return frame;
    }
}

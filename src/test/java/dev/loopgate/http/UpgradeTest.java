package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.BackendConnection;
import dev.loopgate.testkit.BackendRequest;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Gate;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.Wire;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSocket and every other Upgrade (RFC 9110 §7.8): a tunnel once the upstream agrees, and only then. */
class UpgradeTest {

    private static final String SWITCH = String.join(
            "\r\n",
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            "",
            "");

    @RegisterExtension
    static final Stage STAGE = new Stage(stage -> Sites.of(
            Sites.proxy("a.localhost", stage.a().port()),
            Sites.proxy("b.localhost", stage.b().port()),
            Sites.proxy(
                    "idle.localhost",
                    stage.a().port(),
                    Sites.options().idleMillis(400).build())));

    /** Agrees to switch and goes on with the raw connection. */
    private static PeerAction switched(String behind, Consumer<BackendConnection> then) {
        return PeerAction.script((connection, request) -> {
            connection.send(SWITCH + behind);
            then.accept(connection);
            return false;
        });
    }

    private static void echo(BackendConnection connection) {
        byte[] piece = connection.wire().readSome(65_536, Eventually.LIMIT);
        while (piece.length > 0 && connection.wire().send(piece)) {
            piece = connection.wire().readSome(65_536, Eventually.LIMIT);
        }
    }

    private static RawClient upgrade(String host, String protocol, String behind) {
        return STAGE.client()
                .request(
                        "GET",
                        host,
                        "/ws",
                        behind,
                        "Connection: keep-alive, Upgrade",
                        "Upgrade: " + protocol,
                        "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    }

    private static RawClient open(String host, PeerAction action) {
        STAGE.a().always(action);
        RawClient client = upgrade(host, "websocket", "");
        assertThat(client.head().status()).isEqualTo(101);
        return client;
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "WebSocket", "postgres/3", "a/1, b/2"})
    void the_handshake_passes_and_bytes_flow_both_ways(String protocol) {
        STAGE.a().always(switched("", UpgradeTest::echo));
        RawClient client = upgrade("a.localhost", protocol, "");
        RawResponse response = client.head();
        assertThat(response.status()).isEqualTo(101);
        assertThat(response.all("Upgrade")).containsExactly("websocket");
        assertThat(response.all("Connection")).hasSize(1).first().asString().isEqualToIgnoringCase("upgrade");
        assertThat(response.all("Sec-WebSocket-Accept")).hasSize(1);
        BackendRequest request = STAGE.a().request();
        assertThat(request.all("Upgrade")).containsExactly(protocol);
        assertThat(request.all("Connection")).hasSize(1).first().asString().isEqualToIgnoringCase("upgrade");
        assertThat(request.all("Sec-WebSocket-Key")).hasSize(1);
        assertThat(request.all("Content-Length")).isEmpty();
        for (int size : new int[] {1, 5, 70_000, 3_000_000}) {
            byte[] data = new byte[size];
            Arrays.fill(data, (byte) size);
            Thread sender = new Thread(() -> client.send(data));
            sender.start();
            assertThat(client.wire().read(size)).isEqualTo(data);
        }
    }

    @Test
    void a_connection_option_beside_upgrade_does_not_take_it_away() {
        STAGE.a().always(switched("", UpgradeTest::echo));
        RawClient client = STAGE.client()
                .request(
                        "GET",
                        "a.localhost",
                        "/ws",
                        "",
                        "Connection: Upgrade, X-Hop",
                        "X-Hop: 1",
                        "Upgrade: websocket");
        assertThat(client.head().status()).isEqualTo(101);
        BackendRequest request = STAGE.a().request();
        assertThat(request.all("Upgrade")).containsExactly("websocket");
        assertThat(request.all("X-Hop")).isEmpty();
    }

    @Test
    void bytes_right_behind_either_handshake_arrive_once() {
        STAGE.a().always(switched("server-first ", UpgradeTest::echo));
        RawClient client = upgrade("a.localhost", "websocket", "client-first");
        assertThat(client.head().status()).isEqualTo(101);
        assertThat(client.wire().read(25)).asString().isEqualTo("server-first client-first");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine",
                "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 4\r\n\r\nfine",
                "HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nfine",
            })
    void an_upstream_that_does_not_switch_opens_no_tunnel(String bytes) {
        STAGE.a().always(PeerAction.reply(bytes));
        RawClient client = upgrade("a.localhost", "websocket", "");
        assertThat(client.response().body()).isEqualTo("fine");
        assertThat(client.get("nobody.localhost", "/").response().status()).isEqualTo(404);
        assertThat(client.get("b.localhost", "/").response().body()).isEqualTo("B");
        assertThat(STAGE.a().requests()).hasSize(1);
    }

    @Test
    void a_client_that_ends_its_direction_still_hears_the_upstream() {
        AtomicReference<String> heard = new AtomicReference<>("");
        RawClient client = open("a.localhost", switched("", connection -> {
            heard.set(Wire.text(connection.wire().rest(Eventually.LIMIT)));
            connection.send("last words");
        }));
        client.send("over and out");
        client.finish();
        assertThat(client.wire().rest(Eventually.LIMIT)).asString().isEqualTo("last words");
        assertThat(client.wire().end()).isEqualTo(Wire.End.FIN);
        assertThat(heard.get()).isEqualTo("over and out");
    }

    @Test
    void a_client_that_ends_its_direction_with_the_handshake_is_heard_to_the_end() {
        AtomicReference<String> heard = new AtomicReference<>("");
        STAGE.a().always(switched("", connection -> {
            heard.set(Wire.text(connection.wire().rest(Eventually.LIMIT)));
            connection.send("reply");
        }));
        RawClient client = upgrade("a.localhost", "websocket", "all I have");
        client.finish();
        assertThat(client.head().status()).isEqualTo(101);
        assertThat(client.wire().rest(Eventually.LIMIT)).asString().isEqualTo("reply");
        assertThat(heard.get()).isEqualTo("all I have");
    }

    @Test
    void an_upstream_that_ends_its_direction_still_hears_the_client() {
        Gate ended = new Gate();
        AtomicReference<String> heard = new AtomicReference<>("");
        Gate done = new Gate();
        RawClient client = open("a.localhost", switched("", connection -> {
            connection.send("bye");
            connection.wire().finish();
            ended.open();
            heard.set(Wire.text(connection.wire().rest(Eventually.LIMIT)));
            done.open();
        }));
        assertThat(client.wire().rest(Eventually.LIMIT)).asString().isEqualTo("bye");
        assertThat(client.wire().end()).isEqualTo(Wire.End.FIN);
        assertThat(ended.await()).isTrue();
        client.send("not yet");
        client.finish();
        assertThat(done.await()).isTrue();
        assertThat(heard.get()).isEqualTo("not yet");
    }

    @Test
    void a_reset_of_either_side_reaches_the_other() {
        AtomicReference<Wire.End> end = new AtomicReference<>(Wire.End.OPEN);
        RawClient client = open("a.localhost", switched("", connection -> end.set(connection.awaitEnd())));
        client.reset();
        Eventually.until("the upstream learns of the reset", () -> end.get() != Wire.End.OPEN);
        RawClient second =
                open("a.localhost", switched("", connection -> connection.wire().reset()));
        assertThat(second.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
    }

    @Test
    void a_tunnel_waits_for_a_slow_reader_and_loses_nothing() {
        int size = 24 << 20;
        STAGE.a().always(switched("", connection -> connection.wire().send(new byte[size])));
        RawClient client = STAGE.narrowClient();
        client.request("GET", "a.localhost", "/", "", "Connection: Upgrade", "Upgrade: raw");
        assertThat(client.head().status()).isEqualTo(101);
        STAGE.stillServes();
        assertThat(client.wire().rest(Duration.ofSeconds(60)).length).isEqualTo(size);
    }

    @Test
    void a_tunnel_silent_in_both_directions_is_closed_where_the_route_says_so() {
        RawClient client = open("idle.localhost", switched("", UpgradeTest::echo));
        client.send("x");
        assertThat(client.wire().read(1)).hasSize(1);
        assertThat(client.wire().awaitEnd(Duration.ofSeconds(8))).isNotEqualTo(Wire.End.OPEN);
        Eventually.until("the upstream side is closed too", () -> STAGE.a().open() == 0);
    }

    @Test
    void a_tunnel_counts_as_a_connection_and_ends_with_the_gateway() {
        try (var gateway = dev.loopgate.testkit.RunningGateway.start(
                        Sites.of(Sites.proxy("a.localhost", STAGE.a().port())));
                RawClient client = RawClient.connect(gateway.port())) {
            STAGE.a().always(switched("", UpgradeTest::echo));
            client.request("GET", "a.localhost", "/", "", "Connection: Upgrade", "Upgrade: raw");
            assertThat(client.head().status()).isEqualTo(101);
            assertThat(gateway.connections()).isEqualTo(1);
            gateway.http().close();
            assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
            Eventually.until("no connection left", () -> gateway.connections() == 0);
        }
    }

    @Test
    void an_old_client_cannot_switch() {
        RawResponse response =
                STAGE.send("GET / HTTP/1.0\r\nHost: a.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        assertThat(response.body()).isEqualTo("A");
        assertThat(STAGE.a().request().all("Upgrade")).isEmpty();
    }
}

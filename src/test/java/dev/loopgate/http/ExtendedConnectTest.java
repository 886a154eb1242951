package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.BackendConnection;
import dev.loopgate.testkit.BackendRequest;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Http2Message;
import dev.loopgate.testkit.Http2Peer;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.Wire;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** WebSocket on a stream of HTTP/2 (RFC 8441), in front of upstreams that know it of HTTP/1.1 only. */
class ExtendedConnectTest {

    private static final String SWITCH = String.join(
            "\r\n",
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Accept: x",
            "Sec-WebSocket-Protocol: chat",
            "",
            "");

    @RegisterExtension
    static final Stage STAGE = new Stage();

    private static Http2Peer client() {
        Http2Peer peer = Http2Peer.client(STAGE.gateway().port());
        STAGE.keep(RawClient.over(peer.wire()));
        return peer;
    }

    private static int connect(Http2Peer client, String protocol, String... more) {
        int stream = client.nextStream();
        String[] fields = {
            ":method",
            "CONNECT",
            ":protocol",
            protocol,
            ":scheme",
            "http",
            ":authority",
            "a.localhost",
            ":path",
            "/ws?x=1",
            "sec-websocket-version",
            "13",
            "sec-websocket-protocol",
            "chat"
        };
        String[] all = Arrays.copyOf(fields, fields.length + more.length);
        System.arraycopy(more, 0, all, fields.length, more.length);
        client.headers(stream, false, all);
        return stream;
    }

    private static void upstream(Consumer<BackendConnection> then) {
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send(SWITCH);
            then.accept(connection);
            return false;
        }));
    }

    private static void echo(BackendConnection connection) {
        byte[] piece = connection.wire().readSome(65_536, Eventually.LIMIT);
        while (piece.length > 0 && connection.wire().send(piece)) {
            piece = connection.wire().readSome(65_536, Eventually.LIMIT);
        }
    }

    @Test
    void the_settings_say_that_it_is_possible() {
        Http2Peer client = client().roundTrip();
        assertThat(client.settings()).containsEntry(Http2Peer.ENABLE_CONNECT_PROTOCOL, 1);
    }

    @Test
    void an_upgrade_is_asked_for_and_granted_by_200() {
        upstream(ExtendedConnectTest::echo);
        Http2Peer client = client();
        int stream = connect(client, "websocket", "origin", "http://a.localhost");
        Http2Message answer = client.awaitHead(stream);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.field("sec-websocket-protocol")).isEqualTo("chat");
        assertThat(answer.all("sec-websocket-accept")).isEmpty();
        assertThat(answer.all("upgrade")).isEmpty();
        BackendRequest request = STAGE.a().request();
        assertThat(request.head()).startsWith("GET /ws?x=1 HTTP/1.1\r\n");
        assertThat(request.faults()).isEmpty();
        assertThat(request.all("Upgrade")).containsExactly("websocket");
        assertThat(request.all("Connection")).containsExactly("Upgrade");
        assertThat(request.all("Sec-WebSocket-Version")).containsExactly("13");
        assertThat(request.all("Origin")).containsExactly("http://a.localhost");
        assertThat(request.field("Sec-WebSocket-Key").orElse("")).hasSize(24);
        assertThat(request.all("Transfer-Encoding")).isEmpty();
        for (int i = 1; i <= 3; i++) {
            client.data(stream, "ping", false);
            int length = 4 * i;
            client.until("the echo", () -> client.message(stream).bodyLength() == length);
        }
        // Others go on meanwhile.
        assertThat(client.await(client.get("b.localhost", "/")).body()).isEqualTo("B");
    }

    @Test
    void what_comes_before_it_is_granted_waits() {
        upstream(ExtendedConnectTest::echo);
        Http2Peer client = client();
        int stream = connect(client, "websocket");
        client.data(stream, "early", false);
        client.until("the echo", () -> client.message(stream).bodyLength() == 5);
        assertThat(client.message(stream).body()).isEqualTo("early");
    }

    @Test
    void the_end_of_the_client_is_that_of_the_upstream_connection() {
        AtomicReference<String> heard = new AtomicReference<>();
        upstream(connection -> {
            heard.set(Wire.text(connection.wire().rest(Eventually.LIMIT)));
            connection.send("bye");
        });
        Http2Peer client = client();
        int stream = connect(client, "websocket");
        client.awaitHead(stream);
        Http2Message answer = client.data(stream, "last", true).await(stream);
        assertThat(heard).hasValue("last");
        assertThat(answer.body()).isEqualTo("bye");
        assertThat(answer.ended()).isTrue();
    }

    @Test
    void the_end_of_the_upstream_connection_is_that_of_the_stream() {
        upstream(connection -> connection.send("bye"));
        Http2Peer client = client();
        int stream = connect(client, "websocket");
        Http2Message answer = client.await(stream);
        assertThat(answer.body()).isEqualTo("bye");
        assertThat(answer.ended()).isTrue();
    }

    @Test
    void a_reset_on_either_side_is_one_on_the_other() {
        AtomicReference<Wire.End> end = new AtomicReference<>(Wire.End.OPEN);
        upstream(connection -> end.set(connection.awaitEnd()));
        Http2Peer client = client();
        int stream = connect(client, "websocket");
        client.awaitHead(stream);
        client.reset(stream, Http2Peer.CANCEL);
        Eventually.until("the upstream hears of it", () -> end.get() != Wire.End.OPEN);

        upstream(connection -> connection.wire().reset());
        Http2Message broken = client.await(connect(client, "websocket"));
        assertThat(broken.ended()).isFalse();
        assertThat(broken.reset()).isPresent();
    }

    @Test
    void a_refusal_passes_as_it_is() {
        STAGE.a().always(PeerAction.reply("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nX-Why: origin\r\n\r\nno"));
        Http2Peer client = client();
        int stream = connect(client, "websocket");
        client.until("all is said", () -> client.message(stream).ended());
        Http2Message answer = client.message(stream);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.field("x-why")).isEqualTo("origin");
        assertThat(answer.body()).isEqualTo("no");
        assertThat(client.await(client.get("a.localhost", "/")).status()).isEqualTo(403);
    }

    /** RFC 9220 §3 says so of HTTP/3; RFC 8441 leaves it open. */
    @Test
    void another_protocol_is_a_501() {
        Http2Peer client = client();
        int stream = connect(client, "connect-udp");
        client.until("all is said", () -> client.message(stream).ended());
        assertThat(client.message(stream).status()).isEqualTo(501);
        assertThat(client.message(stream).error()).isEqualTo("unsupported-method");
        assertThat(STAGE.a().requests()).isEmpty();
    }

    @Test
    void bulk_passes_both_ways_and_is_held_back_where_it_is_not_read() {
        AtomicLong sent = new AtomicLong();
        upstream(connection -> {
            byte[] piece = new byte[16_384];
            while (sent.get() < 24 << 20 && connection.wire().send(piece)) {
                sent.addAndGet(piece.length);
            }
            echo(connection);
        });
        Http2Peer client = client();
        int stream = connect(client, "websocket");
        client.hold(stream).awaitHead(stream);
        client.until("a window full", () -> client.message(stream).bodyLength() == 65_535);
        long[] seen = {-1, 0};
        Eventually.until("nothing more is taken", () -> {
            long now = sent.get();
            seen[1] = now > 0 && now == seen[0] ? seen[1] + 1 : 0;
            seen[0] = now;
            return seen[1] == 100;
        });
        assertThat(sent.get()).isLessThan(16 << 20);
        client.windowUpdate(stream, 1 << 30);
        client.until("all of it", () -> client.message(stream).bodyLength() == 24 << 20);
        client.upload(stream, new byte[1 << 20], true);
        Http2Message answer = client.await(stream);
        assertThat(answer.bodyLength()).isEqualTo(25 << 20);
        assertThat(answer.ended()).isTrue();
    }
}

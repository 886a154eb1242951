package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.net.QuicListener;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Http3Client;
import dev.loopgate.testkit.Http3Client.Call;
import dev.loopgate.testkit.Http3Stage;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.Tls;
import dev.loopgate.testkit.Wire;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What streams of HTTP/3 take from each other, from the upstream and from the gateway: nothing that they do not give back. */
class Http3FlowTest {

    private static final Tls TLS = Tls.inNewFolder();

    @RegisterExtension
    @Order(1)
    static final Stage STAGE = new Stage(
            stage -> Sites.of(
                    Sites.proxy("a.localhost", stage.a().port()),
                    Sites.proxy("b.localhost", stage.b().port())),
            TLS.termination());

    @RegisterExtension
    @Order(2)
    static final Http3Stage HTTP3 = new Http3Stage(STAGE, TLS);

    @Test
    void cancels_upstream_what_the_client_gives_up() throws Exception {
        AtomicReference<Wire.End> end = new AtomicReference<>();
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 1000 && connection.send("1000\r\n" + "x".repeat(4096) + "\r\n"); i++) {
                Thread.onSpinWait();
            }
            end.set(connection.awaitEnd());
            return false;
        }));
        Call call = HTTP3.client("a.localhost").get("a.localhost", "/").stopReading();
        call.awaitHead().cancel();
        assertThat(Eventually.value("the end upstream", end::get)).isNotNull();
    }

    @Test
    void cancels_upstream_what_the_client_gives_up_while_nothing_is_sent() throws Exception {
        AtomicReference<Wire.End> end = new AtomicReference<>();
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
            end.set(connection.awaitEnd());
            return false;
        }));
        Call call = HTTP3.client("a.localhost").get("a.localhost", "/");
        Eventually.until("the first event", () -> call.body().equals("first"));
        call.cancel();
        assertThat(Eventually.value("the end upstream", end::get)).isNotNull();
    }

    @Test
    void a_stream_that_nobody_reads_holds_up_no_other_and_does_not_pile_up() throws Exception {
        AtomicLong sent = new AtomicLong();
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 67108864\r\n\r\n");
            String piece = "x".repeat(65_536);
            for (int i = 1; i <= 1024 && connection.send(piece); i++) {
                sent.set(i * 65_536L);
            }
            return false;
        }));
        Http3Client client = HTTP3.client("a.localhost");
        Call stalled = client.open()
                .stopReading()
                .head(Http3Client.request("GET", "a.localhost", "/big"))
                .end();
        Eventually.until("something is sent", () -> sent.get() > 0);
        long before = -1;
        while (before != sent.get()) {
            before = sent.get();
            Thread.sleep(300);
        }
        assertThat(before).isLessThan(20L << 20);
        STAGE.a().always(PeerAction.ok("A"));
        assertThat(client.get("a.localhost", "/small").answer().body()).isEqualTo("A");
        stalled.goOnReading();
        assertThat(stalled.answer(Duration.ofSeconds(60)).received()).isEqualTo(67_108_864);
    }

    @Test
    void a_connection_outlives_streams_that_end_in_any_way() throws Exception {
        AtomicInteger turn = new AtomicInteger();
        STAGE.a().always(PeerAction.script((connection, request) -> {
            int kind = turn.incrementAndGet() % 4;
            if (kind != 1) {
                request.readAll();
            }
            if (kind != 0) {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
                connection.send("x".repeat(kind == 2 ? 50_000 : 100_000));
            }
            return false;
        }));
        Http3Client client = HTTP3.client("a.localhost");
        ArrayDeque<Call> calls = new ArrayDeque<>();
        for (int i = 0; i < 300; i++) {
            Call call = client.open();
            if (i % 5 == 0) {
                call.stopReading();
            }
            call.head(Http3Client.request(i % 2 == 0 ? "GET" : "POST", "a.localhost", "/"));
            if (i % 2 != 0) {
                call.data(Unpooled.wrappedBuffer(new byte[1 + 50_000 * (i % 7)]));
            }
            if (i % 3 != 0) {
                call.end();
            }
            calls.add(call);
            if (calls.size() > 30) {
                calls.remove().cancel();
            }
        }
        calls.forEach(Call::cancel);
        STAGE.a().always(PeerAction.ok("A"));
        assertThat(client.get("a.localhost", "/").answer().body()).isEqualTo("A");
        Eventually.until("nothing is left upstream", () -> STAGE.a().open() <= 1);
    }

    @Test
    void an_upload_that_nobody_takes_waits_with_the_client() throws Exception {
        AtomicBoolean go = new AtomicBoolean();
        STAGE.a().always(PeerAction.script((connection, request) -> {
            Eventually.until("the test goes on", Duration.ofSeconds(60), go::get);
            request.readAll();
            return connection.send(PeerAction.okBytes(Long.toString(request.bodyLength())));
        }));
        Http3Client client = HTTP3.client("a.localhost");
        Call call = client.open().head(Http3Client.request("POST", "a.localhost", "/"));
        int pieces = 0;
        while (pieces < 1024) {
            pieces++;
            if (!call.data(Unpooled.wrappedBuffer(new byte[65_536])).awaitUninterruptibly(1_000)) {
                break;
            }
        }
        assertThat(pieces).isLessThan(512);
        go.set(true);
        call.end();
        assertThat(call.answer(Duration.ofSeconds(60)).body()).isEqualTo(Long.toString(pieces * 65_536L));
    }

    @Test
    void ends_a_connection_whose_client_only_gives_up() throws Exception {
        Http3Client client = HTTP3.client("a.localhost");
        for (int i = 0; i < 2_000 && client.isOpen(); i++) {
            Call call = client.open();
            if (client.isOpen()) {
                call.head(Http3Client.request("GET", "a.localhost", "/")).cancel();
            }
        }
        Eventually.until("the connection is closed", () -> !client.isOpen());
        STAGE.stillServes();
    }

    @Test
    void a_socket_that_is_given_up_lets_requests_finish() throws Exception {
        QuicListener second = HTTP3.listen(0);
        AtomicBoolean go = new AtomicBoolean();
        STAGE.a().always(PeerAction.script((connection, request) -> {
            Eventually.until("the test goes on", go::get);
            return connection.send(PeerAction.okBytes("late"));
        }));
        Http3Client client = HTTP3.client("a.localhost", second);
        Call call = client.get("a.localhost", "/");
        Eventually.until("the request upstream", () -> STAGE.a().requests().size() == 1);
        second.retire(Duration.ofSeconds(30));
        Eventually.until("the client is told", client::isGoingAway);
        go.set(true);
        assertThat(call.answer().body()).isEqualTo("late");
        Eventually.until("the connection is closed", () -> !client.isOpen());
    }
}

package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.model.Configuration;
import dev.loopgate.net.Addresses;
import dev.loopgate.testkit.BackendRequest;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Field;
import dev.loopgate.testkit.Http3Client;
import dev.loopgate.testkit.Http3Client.Call;
import dev.loopgate.testkit.Http3Stage;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.Tls;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/3 through the gateway: what reaches the upstream, what the client gets, and that neither holds up others. */
class Http3Test {

    private static final Tls TLS = Tls.inNewFolder();

    @RegisterExtension
    @Order(1)
    static final Stage STAGE = new Stage(Http3Test::configuration, TLS.termination());

    @RegisterExtension
    @Order(2)
    static final Http3Stage HTTP3 = new Http3Stage(STAGE, TLS);

    private static Configuration configuration(Stage stage) {
        return Sites.of(
                Sites.proxy("a.localhost", stage.a().port()),
                Sites.proxy("b.localhost", stage.b().port()),
                Sites.proxy("down.localhost", stage.closedPort()));
    }

    @Test
    void answers_and_tells_the_upstream_how_the_client_came() throws Exception {
        Call call = HTTP3.client("a.localhost")
                .get("a.localhost:7", "/p%61th/?q=1;2", "x-two", "1", "x-two", "2", "cookie", "a=1", "cookie", "b=2");
        assertThat(call.answer().status()).isEqualTo(200);
        assertThat(call.body()).isEqualTo("A");
        BackendRequest request = STAGE.a().requests().get(0);
        assertThat(request.faults()).isEmpty();
        assertThat(request.target()).isEqualTo("/p%61th/?q=1;2");
        assertThat(request.all("Host")).containsExactly("a.localhost:7");
        assertThat(request.all("x-two")).containsExactly("1", "2");
        assertThat(request.all("Cookie")).containsExactly("a=1; b=2");
        assertThat(request.all("X-Forwarded-Proto")).containsExactly("https");
        assertThat(request.all("X-Forwarded-For")).containsExactly("127.0.0.1");
        assertThat(request.all("X-Forwarded-Port"))
                .containsExactly(Integer.toString(STAGE.gateway().port()));
        assertThat(request.all("Transfer-Encoding")).isEmpty();
        assertThat(request.body()).isEmpty();
    }

    @Test
    void carries_many_requests_on_one_connection() throws Exception {
        Http3Client client = HTTP3.client("b.localhost");
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            calls.add(client.get("b.localhost", "/" + i));
        }
        calls.forEach(call -> assertThat(call.answer().body()).isEqualTo("B"));
        for (int i = 0; i < 150; i++) {
            assertThat(client.get("b.localhost", "/more").answer().status()).isEqualTo(200);
        }
        assertThat(STAGE.gateway().connections()).isEqualTo(1);
    }

    @Test
    void passes_bodies_on_in_both_directions() throws Exception {
        STAGE.a().always(PeerAction.echo());
        Http3Client client = HTTP3.client("a.localhost");
        String sent = "0123456789abcdef".repeat(64 << 10);
        Call chunked = client.open().head(Http3Client.request("POST", "a.localhost", "/"));
        chunked.data(sent.substring(0, 300_000)).data(sent.substring(300_000)).end();
        assertThat(chunked.answer().body()).isEqualTo(sent);
        assertThat(STAGE.a().requests().get(0).all("Transfer-Encoding")).containsExactly("chunked");
        Call known = client.open()
                .head(Http3Client.request(
                        "PUT", "a.localhost", "/", "content-length", Integer.toString(sent.length())));
        known.data(sent).end();
        assertThat(known.answer().body()).isEqualTo(sent);
        assertThat(STAGE.a().requests().get(1).faults()).isEmpty();
        Call empty = client.open()
                .head(Http3Client.request("POST", "a.localhost", "/", "content-length", "0"))
                .end();
        assertThat(empty.answer().body()).isEmpty();
    }

    @Test
    void passes_trailers_on_in_both_directions() throws Exception {
        STAGE.a()
                .always(
                        PeerAction.reply(
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n"));
        Call call = HTTP3.client("a.localhost")
                .open()
                .head(Http3Client.request("POST", "a.localhost", "/", "te", "trailers"));
        call.data("xyz").head(List.of("x-check", "5")).end();
        assertThat(call.answer().status()).isEqualTo(200);
        assertThat(call.body()).isEqualTo("abc");
        assertThat(call.all("x-sum")).containsExactly("7");
        assertThat(STAGE.a().requests().get(0).trailers()).containsExactly(new Field("x-check", "5"));
    }

    @Test
    void carries_a_websocket() throws Exception {
        STAGE.a().always(PeerAction.script((connection, request) -> {
            assertThat(request.all("Upgrade")).containsExactly("websocket");
            connection.send("HTTP/1.1 101 Switching Protocols\r\n");
            connection.send("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n");
            connection.send("heard " + connection.wire().until("!", Eventually.LIMIT));
            return false;
        }));
        Call call = HTTP3.client("a.localhost")
                .open()
                .head(List.of(
                        ":method",
                        "CONNECT",
                        ":protocol",
                        "websocket",
                        ":scheme",
                        "https",
                        ":authority",
                        "a.localhost",
                        ":path",
                        "/chat",
                        "sec-websocket-version",
                        "13"));
        assertThat(call.awaitHead().status()).isEqualTo(200);
        call.data("hello!");
        assertThat(call.answer().body()).isEqualTo("heard hello!");
        assertThat(STAGE.a().requests().get(0).method()).isEqualTo("GET");
    }

    @Test
    void is_told_to_those_who_come_over_tls_to_the_same_address_and_to_nobody_else() {
        InetSocketAddress address =
                new InetSocketAddress(Addresses.LOOPBACK4, STAGE.gateway().port());
        String told = "h3=\":" + address.getPort() + "\"; ma=3600";
        STAGE.gateway().http().announceHttp3(Set.of(address));
        RawClient secure = STAGE.keep(TLS.client(address.getPort(), "b.localhost"));
        assertThat(secure.get("b.localhost", "/").response().all("Alt-Svc")).containsExactly(told);
        assertThat(secure.get("b.localhost", "/", "Expect: x").response().all("Alt-Svc"))
                .containsExactly(told);
        assertThat(STAGE.get("b.localhost", "/").all("Alt-Svc")).isEmpty();
        STAGE.gateway().http().announceHttp3(Set.of(new InetSocketAddress(Addresses.LOOPBACK6, address.getPort())));
        assertThat(secure.get("b.localhost", "/").response().all("Alt-Svc")).isEmpty();
        STAGE.gateway().http().announceHttp3(Set.of());
        assertThat(secure.get("b.localhost", "/").response().all("Alt-Svc")).isEmpty();
    }

    @Test
    void says_why_it_fails() throws Exception {
        Call call = HTTP3.client("down.localhost").get("down.localhost", "/");
        assertThat(call.answer().status()).isEqualTo(502);
        assertThat(call.head("x-loopgate-error")).containsExactly("connection-refused");
    }

    @Test
    void refuses_another_host_than_the_connection_was_made_for() throws Exception {
        Call call = HTTP3.client("a.localhost").get("b.localhost", "/");
        assertThat(call.answer().status()).isEqualTo(421);
        assertThat(STAGE.b().requests()).isEmpty();
    }

    @Test
    void agrees_on_nothing_with_a_client_that_asks_for_an_unknown_name() {
        assertThatThrownBy(() -> HTTP3.client("unknown.localhost")).isInstanceOf(Exception.class);
    }

    @Test
    void serves_a_client_that_asks_for_no_name() throws Exception {
        assertThat(HTTP3.client("localhost").get("b.localhost", "/").answer().body())
                .isEqualTo("B");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connection: close",
                "transfer-encoding: chunked",
                "te: gzip",
                "x-a: b\r\nx-c: d",
                "x-a: b\nc",
                "x-a: \0",
                "x a: b",
                "X-Upper: b",
                "host: b.localhost",
                "content-length: 5",
                "content-length: x",
                ":path: /twice",
                ":unknown: 1"
            })
    void resets_a_stream_whose_request_is_none_and_sends_nothing_upstream(String field) throws Exception {
        Http3Client client = HTTP3.client("a.localhost");
        int colon = field.indexOf(':', 1);
        Call call = client.get("a.localhost", "/", field.substring(0, colon), field.substring(colon + 2));
        assertThat(call.awaitFailure()).isNotNull();
        assertThat(client.get("a.localhost", "/").answer().body()).isEqualTo("A");
        assertThat(STAGE.a().requests()).hasSize(1);
    }

    @Test
    void takes_a_header_of_64_kib_and_none_that_is_larger() throws Exception {
        Http3Client client = HTTP3.client("a.localhost");
        assertThat(client.get("a.localhost", "/", "x-large", "x".repeat(60_000))
                        .answer()
                        .status())
                .isEqualTo(200);
        Call tooLarge = client.get("a.localhost", "/", "x-large", "x".repeat(70_000));
        assertThat(tooLarge.awaitFailure()).isNotNull();
        assertThat(STAGE.a().requests()).hasSize(1);
        STAGE.stillServes();
    }

    @Test
    void never_passes_half_an_answer_off_as_whole() throws Exception {
        STAGE.a().always(PeerAction.replyThenClose("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
        Call call = HTTP3.client("a.localhost").get("a.localhost", "/");
        assertThat(call.awaitFailure()).isNotNull();
        assertThat(call.body()).isEqualTo("half");
    }

    @Test
    void never_passes_half_a_request_on_as_whole() throws Exception {
        AtomicReference<Boolean> whole = new AtomicReference<>();
        STAGE.a().always(PeerAction.script((connection, request) -> {
            whole.set(request.readAll());
            return false;
        }));
        Call call = HTTP3.client("a.localhost").open().head(Http3Client.request("POST", "a.localhost", "/"));
        call.data("half");
        Eventually.until("the request upstream", () -> STAGE.a().requests().size() == 1);
        call.cancel();
        assertThat(Eventually.value("the end of the request upstream", whole::get))
                .isFalse();
    }
}

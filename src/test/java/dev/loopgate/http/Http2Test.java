package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.Access;
import dev.loopgate.model.Cidr;
import dev.loopgate.model.Target;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.testkit.BackendRequest;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Field;
import dev.loopgate.testkit.Gate;
import dev.loopgate.testkit.Http2Message;
import dev.loopgate.testkit.Http2Peer;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.PeerAction.Piece;
import dev.loopgate.testkit.PeerAction.Then;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.Tls;
import dev.loopgate.testkit.Wire;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests and answers of clients that speak HTTP/2, before upstreams of HTTP/1.1: nothing is lost on the way, nor added. */
class Http2Test {

    private static final Tls TLS = Tls.inNewFolder();

    @RegisterExtension
    static final Stage STAGE = new Stage(Http2Test::configuration, TLS.termination());

    private static dev.loopgate.model.Configuration configuration(Stage stage) {
        VirtualHost plain = Sites.proxy("secure.localhost", stage.b().port());
        return Sites.of(
                Sites.proxy("a.localhost", stage.a().port()),
                Sites.proxy("b.localhost", stage.b().port()),
                Sites.proxy("down.localhost", stage.closedPort()),
                new VirtualHost(plain.pattern(), plain.routes(), Optional.empty(), true),
                Sites.host("said.localhost", Sites.route("/", new Target.Respond(200, "said", Map.of()))),
                Sites.proxy(
                        "denied.localhost",
                        stage.a().port(),
                        Sites.options()
                                .access(new Access(List.of(), List.of(Cidr.of(loopback(), 8))))
                                .build()));
    }

    private static InetAddress loopback() {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, 0});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static Http2Peer client() {
        return kept(Http2Peer.client(STAGE.gateway().port()));
    }

    private static Http2Peer kept(Http2Peer peer) {
        STAGE.keep(RawClient.over(peer.wire()));
        return peer;
    }

    private static Http2Message get(String host, String path) {
        Http2Peer client = client();
        return client.await(client.get(host, path));
    }

    @Test
    void a_request_reaches_the_upstream_as_one_of_http1() {
        Http2Peer client = client();
        int stream = client.get("a.localhost:81", "/a//b?c=%2f", "x-one", "1", "accept", "*/*", "x-one", "2");
        assertThat(client.await(stream).body()).isEqualTo("A");
        BackendRequest request = STAGE.a().request();
        assertThat(request.faults()).isEmpty();
        assertThat(request.head()).startsWith("GET /a//b?c=%2f HTTP/1.1\r\n");
        assertThat(request.all("Host")).containsExactly("a.localhost:81");
        assertThat(request.all("x-one")).containsExactly("1", "2");
        assertThat(request.field("X-Forwarded-Proto")).contains("http");
        assertThat(request.field("Via").orElse("")).startsWith("2.0 ");
        assertThat(request.all("Transfer-Encoding")).isEmpty();
    }

    @Test
    void one_connection_serves_one_request_after_the_other() {
        Http2Peer client = client();
        for (int i = 0; i < 20; i++) {
            assertThat(client.await(client.get(i % 2 == 0 ? "a.localhost" : "b.localhost", "/" + i))
                            .body())
                    .isEqualTo(i % 2 == 0 ? "A" : "B");
        }
    }

    @Test
    void a_host_field_stands_in_for_the_authority() {
        Http2Peer client = client();
        int stream = client.nextStream();
        client.headers(stream, true, ":method", "GET", ":scheme", "http", ":path", "/", "host", "a.localhost");
        assertThat(client.await(stream).body()).isEqualTo("A");
        assertThat(STAGE.a().request().all("Host")).containsExactly("a.localhost");
    }

    @Test
    void crumbs_of_a_cookie_are_one_line_again() {
        Http2Peer client = client();
        client.await(client.get("a.localhost", "/", "cookie", "a=1", "x", "y", "cookie", "b=2; c=3"));
        assertThat(STAGE.a().request().all("Cookie")).containsExactly("a=1; b=2; c=3");
    }

    @ParameterizedTest
    @CsvSource({"5, true", "5, false", ", true", ", false"})
    void a_body_arrives_with_and_without_its_length(String length, boolean endsWithIt) {
        STAGE.a().always(PeerAction.echo());
        Http2Peer client = client();
        int stream = length == null
                ? client.request("POST", "a.localhost", "/", false)
                : client.request("POST", "a.localhost", "/", false, "content-length", length);
        client.data(stream, "he", false).data(stream, "", false).data(stream, "llo", endsWithIt);
        if (!endsWithIt) {
            client.data(stream, "", true);
        }
        Http2Message answer = client.await(stream);
        assertThat(answer.body()).isEqualTo("hello");
        assertThat(answer.ended()).isTrue();
        assertThat(answer.reset()).isEmpty();
        BackendRequest request = STAGE.a().completeRequest();
        assertThat(request.faults()).isEmpty();
        assertThat(request.body()).isEqualTo("hello");
        assertThat(request.field("Content-Length")).isEqualTo(Optional.ofNullable(length));
    }

    @Test
    void a_body_of_nothing_is_a_body() {
        Http2Peer client = client();
        int stream = client.request("POST", "a.localhost", "/", false, "content-length", "0");
        assertThat(client.data(stream, "", true).await(stream).status()).isEqualTo(200);
        stream = client.request("POST", "a.localhost", "/", false);
        assertThat(client.data(stream, "", true).await(stream).status()).isEqualTo(200);
        assertThat(STAGE.a().requests()).allMatch(BackendRequest::complete);
        assertThat(STAGE.a().requests()).allMatch(request -> request.faults().isEmpty());
    }

    @Test
    void trailers_pass_both_ways() {
        STAGE.a()
                .always(PeerAction.reply(String.join(
                        "\r\n",
                        "HTTP/1.1 200 OK",
                        "Transfer-Encoding: chunked",
                        "Trailer: X-Sum",
                        "",
                        "5",
                        "hello",
                        "0",
                        "X-Sum: 7",
                        "X-More: a",
                        "X-More: b",
                        "",
                        "")));
        Http2Peer client = client();
        int stream = client.request("POST", "a.localhost", "/", false, "te", "trailers");
        client.data(stream, "abc", false).headers(stream, true, "x-up", "1", "x-up", "2");
        Http2Message answer = client.await(stream);
        assertThat(answer.body()).isEqualTo("hello");
        assertThat(answer.ended()).isTrue();
        assertThat(answer.trailers())
                .containsExactly(new Field("x-sum", "7"), new Field("x-more", "a"), new Field("x-more", "b"));
        BackendRequest request = STAGE.a().completeRequest();
        assertThat(request.body()).isEqualTo("abc");
        assertThat(Field.values(request.trailers(), "x-up")).containsExactly("1", "2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nKeep-Alive: timeout=9\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
                "HTTP/1.1 200 Fine\r\nConnection: close\r\nProxy-Connection: close\r\n\r\nhello",
                "HTTP/1.0 200 OK\r\n\r\nhello"
            })
    void an_answer_ends_however_the_upstream_says_so(String bytes) {
        STAGE.a().always(PeerAction.replyThenClose(bytes));
        Http2Message answer = get("a.localhost", "/");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("hello");
        assertThat(answer.ended()).isTrue();
        assertThat(answer.reset()).isEmpty();
        assertThat(answer.fields())
                .allMatch(field -> field.name().equals(field.name().toLowerCase(java.util.Locale.ROOT)));
        assertThat(answer.fields().stream().map(Field::name))
                .doesNotContain(
                        "connection", "keep-alive", "transfer-encoding", "upgrade", "proxy-connection", "x-hop");
    }

    @ParameterizedTest
    @CsvSource({
        "HEAD, 'HTTP/1.1 200 OK|Content-Length: 5||', 200, 5",
        "GET, 'HTTP/1.1 204 No Content|X: 1||', 204, ''",
        "GET, 'HTTP/1.1 304 Not Modified|Content-Length: 5||', 304, 5",
        "GET, 'HTTP/1.1 200 OK|Content-Length: 0||', 200, 0",
        "GET, 'HTTP/1.1 200 OK|Transfer-Encoding: chunked||0||', 200, ''",
        "GET, 'HTTP/1.1 200 OK|Transfer-Encoding: chunked||0|X-Sum: 1||', 200, ''",
    })
    void an_answer_without_a_body_is_whole_and_leaves_the_upstream_connection_usable(
            String method, String bytes, int status, String length) {
        STAGE.a().always(PeerAction.reply(bytes.replace("|", "\r\n")));
        Http2Peer client = client();
        int before = STAGE.a().accepted();
        for (int i = 0; i < 3; i++) {
            Http2Message answer = client.await(client.request(method, "a.localhost", "/", true));
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.bodyLength()).isZero();
            assertThat(answer.ended()).isTrue();
            assertThat(answer.reset()).isEmpty();
            assertThat(answer.field("content-length")).isEqualTo(length);
        }
        assertThat(STAGE.a().accepted() - before).isLessThanOrEqualTo(1);
    }

    @Test
    void interim_answers_come_before_the_last_word() {
        STAGE.a()
                .always(PeerAction.reply("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
                        + "HTTP/1.1 103 Early Hints\r\nLink: </b.css>\r\n\r\n" + PeerAction.okBytes("done")));
        Http2Message answer = get("a.localhost", "/");
        assertThat(answer.interim()).hasSize(2);
        assertThat(Field.values(answer.interim().get(1), "link")).containsExactly("</b.css>");
        assertThat(answer.body()).isEqualTo("done");
    }

    @Test
    void a_client_that_waits_to_be_told_to_continue_is_told() {
        STAGE.a()
                .always(PeerAction.script((connection, request) -> connection.send("HTTP/1.1 100 Continue\r\n\r\n")
                        && request.readAll()
                        && connection.send(PeerAction.okBytes(request.body()))));
        Http2Peer client = client();
        int stream = client.request("POST", "a.localhost", "/", false, "expect", "100-continue", "content-length", "5");
        client.until("100", () -> !client.message(stream).interim().isEmpty());
        assertThat(client.data(stream, "hello", true).await(stream).body()).isEqualTo("hello");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum"
            })
    void never_passes_half_an_answer_off_as_whole(String half) {
        for (PeerAction action : List.of(PeerAction.replyThenClose(half), PeerAction.replyThenReset(half))) {
            STAGE.a().always(action);
            Http2Peer client = client();
            Http2Message answer = client.await(client.get("a.localhost", "/"));
            assertThat(answer.ended()).as(answer.toString()).isFalse();
            assertThat(answer.reset()).isPresent();
            assertThat(client.await(client.get("b.localhost", "/")).body()).isEqualTo("B");
        }
    }

    @Test
    void an_answer_until_close_that_is_reset_is_not_whole() {
        STAGE.a().always(PeerAction.replyThenReset("HTTP/1.1 200 OK\r\n\r\nhello"));
        assertThat(get("a.localhost", "/").ended()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "nobody.localhost, 404, unknown-host",
        "down.localhost, 502, connection-refused",
        "denied.localhost, 403, forbidden",
        "a b, 400, bad-host",
    })
    void failures_are_answered_with_their_code(String host, int status, String code) {
        Http2Message answer = get(host, "/");
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.error()).isEqualTo(code);
        assertThat(answer.body()).isNotEmpty();
        assertThat(answer.field("content-length")).isEqualTo(Integer.toString(answer.bodyLength()));
        assertThat(answer.ended()).isTrue();
    }

    @Test
    void an_answer_that_is_none_is_a_502() {
        STAGE.a().always(PeerAction.replyThenClose("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"));
        assertThat(get("a.localhost", "/").error()).isEqualTo("bad-response");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody.localhost", "down.localhost", "denied.localhost", "said.localhost"})
    void an_answer_that_does_not_wait_for_the_body_is_whole(String host) {
        Http2Peer client = client();
        int stream = client.request("POST", host, "/", false);
        client.data(stream, "some", false);
        client.until("all is said", () -> client.message(stream).ended());
        Http2Message answer = client.message(stream);
        assertThat(answer.status()).isPositive();
        assertThat(answer.bodyLength()).isEqualTo(Integer.parseInt(answer.field("content-length")));
        assertThat(client.await(client.get("b.localhost", "/")).body()).isEqualTo("B");
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 400_000})
    void an_upstream_may_answer_before_it_has_the_body(int length) {
        STAGE.a().always(new PeerAction.EarlyReply(PeerAction.okBytes("x".repeat(length)), Then.CLOSE));
        Http2Peer client = client();
        int stream = client.request("POST", "a.localhost", "/", false);
        client.data(stream, "some", false);
        client.until("all is said", () -> client.message(stream).reset().isPresent());
        Http2Message answer = client.message(stream);
        assertThat(answer.bodyLength()).isEqualTo(length);
        assertThat(answer.ended()).as(answer.toString()).isTrue();
        assertThat(answer.reset()).contains(0L);
    }

    @Test
    void a_request_for_another_host_than_the_certificate_is_for_belongs_on_another_connection() {
        Http2Peer client = kept(TLS.http2(STAGE.gateway().port(), "a.localhost"));
        assertThat(client.await(client.get("a.localhost", "/")).body()).isEqualTo("A");
        assertThat(STAGE.a().request().field("X-Forwarded-Proto")).contains("https");
        Http2Message other = client.await(client.get("b.localhost", "/"));
        assertThat(other.status()).isEqualTo(421);
        assertThat(other.error()).isEqualTo("misdirected");
        assertThat(client.await(client.get("a.localhost", "/")).body()).isEqualTo("A");
    }

    @Test
    void plain_requests_go_to_https_where_the_host_says_so() {
        Http2Message answer = get("secure.localhost:81", "/path?query=1");
        assertThat(answer.status()).isEqualTo(307);
        assertThat(answer.field("location")).isEqualTo("https://secure.localhost:81/path?query=1");
        Http2Peer client = kept(TLS.http2(STAGE.gateway().port(), "secure.localhost"));
        assertThat(client.await(client.get("secure.localhost", "/")).body()).isEqualTo("B");
    }

    @Test
    void a_reset_cancels_the_upstream_request_and_nothing_else() {
        AtomicReference<Wire.End> end = new AtomicReference<>(Wire.End.OPEN);
        STAGE.a().always(PeerAction.script((connection, request) -> {
            end.set(connection.awaitEnd());
            return false;
        }));
        Http2Peer client = client();
        int stream = client.get("a.localhost", "/");
        STAGE.a().request();
        client.reset(stream, Http2Peer.CANCEL);
        Eventually.until("the upstream need not go on", () -> end.get() != Wire.End.OPEN);
        assertThat(client.await(client.get("b.localhost", "/")).body()).isEqualTo("B");
    }

    @Test
    void a_connection_that_is_gone_cancels_all_its_requests() {
        STAGE.a().always(PeerAction.stall());
        Http2Peer client = client();
        client.get("a.localhost", "/1");
        client.get("a.localhost", "/2");
        STAGE.a().awaitRequests(2);
        client.wire().reset();
        Eventually.until("the upstream need not go on", () -> STAGE.a().open() == 0);
    }

    @Test
    void a_client_that_has_said_all_is_still_answered() {
        Gate gate = new Gate();
        STAGE.a().always(new PeerAction.Pieces(List.of(new Piece(gate, PeerAction.okBytes("late"))), Then.KEEP));
        Http2Peer client = client();
        int stream = client.get("a.localhost", "/");
        STAGE.a().request();
        client.wire().finish();
        gate.open();
        assertThat(client.await(stream).body()).isEqualTo("late");
        assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
    }

    @Test
    void a_client_that_has_said_all_may_take_its_time_to_read() throws InterruptedException {
        int length = 12 << 20;
        STAGE.a().always(PeerAction.ok("x".repeat(length)));
        Http2Peer client = kept(Http2Peer.client(
                Wire.connectWithReceiveBuffer(STAGE.gateway().port(), 64 * 1024),
                Http2Peer.INITIAL_WINDOW_SIZE,
                1 << 28));
        client.windowUpdate(0, 1 << 28);
        int stream = client.get("a.localhost", "/");
        client.wire().finish();
        STAGE.a().request();
        // Longer than the gateway takes from one look at its deadlines to the next.
        Thread.sleep(700);
        Http2Message answer = client.await(stream);
        assertThat(answer.bodyLength()).isEqualTo(length);
        assertThat(answer.ended()).isTrue();
    }
}

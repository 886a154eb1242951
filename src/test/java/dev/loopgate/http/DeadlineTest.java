package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.PathPrefix;
import dev.loopgate.model.Route;
import dev.loopgate.model.RouteOptions;
import dev.loopgate.model.Target;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.FullBacklog;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.PeerAction.Then;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every wait has its end: each deadline of a route, and those of the header and of a client that is half gone. */
class DeadlineTest {

    @RegisterExtension
    static final Stage STAGE = new Stage(stage -> Sites.of(
            Sites.proxy("a.localhost", stage.a().port()),
            Sites.proxy("b.localhost", stage.b().port()),
            limited("first.localhost", stage, Sites.options().firstByteMillis(300)),
            limited("patient.localhost", stage, Sites.options().firstByteMillis(3000)),
            limited("body.localhost", stage, Sites.options().bodyIdleMillis(300)),
            limited("idle.localhost", stage, Sites.options().idleMillis(400)),
            limited("silent.localhost", stage, Sites.options().idleMillis(2000))));

    private static dev.loopgate.model.VirtualHost limited(String name, Stage stage, Sites.Options options) {
        return Sites.proxy(name, stage.a().port(), options.build());
    }

    @Test
    void an_upstream_that_does_not_begin_to_answer_is_a_504() {
        STAGE.a().always(PeerAction.stall());
        RawClient client = STAGE.client();
        RawResponse response = client.get("first.localhost", "/").response();
        assertThat(response.status()).isEqualTo(504);
        assertThat(response.error()).isEqualTo("first-byte-timeout");
        Eventually.until("the upstream request is cancelled", () -> STAGE.a().open() == 0);
        assertThat(client.get("b.localhost", "/").response().body()).isEqualTo("B");
    }

    @Test
    void an_upstream_that_stops_within_its_header_is_a_504() {
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send("HTTP/1.1 200 OK\r\nX-");
            connection.awaitEnd();
            return false;
        }));
        assertThat(STAGE.get("first.localhost", "/").status()).isEqualTo(504);
        assertThat(STAGE.get("idle.localhost", "/").status()).isEqualTo(504);
    }

    /** Several times, since the connections' deadlines are looked at in turns and a request may come at any point of one. */
    @ParameterizedTest
    @CsvSource({
        "GET, first.localhost, '', 300, 504",
        "GET, idle.localhost, '', 400, 504",
        "POST, body.localhost, 'Content-Length: 100', 300, 408",
    })
    void no_limit_ends_early(String method, String host, String field, int millis, int status) {
        STAGE.a().always(PeerAction.stall());
        for (int i = 0; i < 4; i++) {
            long start = System.nanoTime();
            RawClient client = STAGE.client();
            client.request(method, host, "/", "", field.isEmpty() ? "Accept: */*" : field);
            assertThat(client.response().status()).isEqualTo(status);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(millis));
        }
    }

    @Test
    void the_wait_for_the_first_byte_begins_when_the_request_is_whole() {
        STAGE.a().always(PeerAction.echo());
        RawClient client = STAGE.client();
        client.request("POST", "patient.localhost", "/", "a", "Content-Length: 2");
        long start = System.nanoTime();
        Eventually.until("more than the limit has passed", () -> System.nanoTime() - start > 3_500_000_000L);
        client.send("b");
        assertThat(client.response().body()).isEqualTo("ab");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 100", "Transfer-Encoding: chunked"})
    void a_client_that_stops_within_its_body_is_cut_off(String framing) {
        RawClient client = STAGE.client();
        client.request("POST", "body.localhost", "/", "5\r\nhe", framing);
        RawResponse response = client.response();
        assertThat(response.status()).isEqualTo(408);
        assertThat(response.error()).isEqualTo("body-timeout");
        assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
        Eventually.until("the upstream request is cancelled", () -> STAGE.a().open() == 0);
        assertThat(STAGE.a().requests()).noneMatch(request -> request.complete());
    }

    @Test
    void an_answer_that_stops_is_cut_off_where_the_route_says_so() {
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            connection.awaitEnd();
            return false;
        }));
        RawResponse response = STAGE.get("silent.localhost", "/");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.end()).isIn(RawResponse.End.TRUNCATED, RawResponse.End.RESET);
        STAGE.a().always(PeerAction.stall());
        assertThat(STAGE.get("idle.localhost", "/").status()).isEqualTo(504);
    }

    @Test
    void an_upstream_that_stops_reading_a_body_is_a_504_where_the_route_limits_silence() throws IOException {
        // The system accepts, and nobody reads.
        try (ServerSocket deaf = new ServerSocket(0, 8, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            STAGE.gateway()
                    .install(Sites.of(Sites.proxy(
                            "deaf.localhost",
                            deaf.getLocalPort(),
                            Sites.options().idleMillis(400).build())));
            RawClient client = STAGE.client();
            client.request("POST", "deaf.localhost", "/", "", "Content-Length: 100000000");
            Thread sender = new Thread(() -> client.send(new byte[30_000_000]));
            sender.start();
            assertThat(client.response().status()).isEqualTo(504);
        }
    }

    @Test
    void a_connection_that_is_not_accepted_in_time_is_a_504() {
        try (FullBacklog full = new FullBacklog()) {
            RouteOptions options = Sites.options().connectMillis(300).build();
            UpstreamAddress address = new UpstreamAddress.HostPort("127.0.0.1", full.port());
            STAGE.gateway()
                    .install(Sites.of(
                            Sites.proxy("b.localhost", STAGE.b().port()),
                            Sites.host(
                                    "slow.localhost",
                                    new Route(
                                            PathPrefix.ROOT,
                                            Sites.to(address, "", new Target.PathRewrite.Keep()),
                                            options))));
            RawResponse response = STAGE.get("slow.localhost", "/");
            assertThat(response.status()).isEqualTo(504);
            assertThat(response.error()).isEqualTo("connect-timeout");
        }
    }

    /** The long deadlines, all at once: each is far from the next, so that none can be mistaken for another. */
    @Test
    void headers_have_fifteen_seconds_from_their_first_byte_and_answers_thirty_after_the_client_s_end() {
        long start = System.nanoTime();
        RawClient still = STAGE.client().send("GET / HTTP/1.1\r\nHost: a.local");
        RawClient dribbles = STAGE.client().send("GET / HTTP/1.1\r\nHost: a.localhost\r\n");
        // An empty line behind a body is no beginning of a request (RFC 9112 §2.2).
        RawClient idle = STAGE.client();
        assertThat(idle.request("POST", "b.localhost", "/", "x\r\n", "Content-Length: 1")
                        .response()
                        .status())
                .isEqualTo(200);
        STAGE.a().always(new PeerAction.EarlyReply("", Then.KEEP));
        STAGE.a().always(PeerAction.stall());
        RawClient gone = STAGE.client().get("a.localhost", "/");
        Wire upstream = STAGE.a().request().connection().wire();
        gone.finish();
        long[] last = {start};
        Eventually.until("the dribbling client is cut off", Duration.ofSeconds(25), () -> {
            if (System.nanoTime() - last[0] > 500_000_000L) {
                last[0] = System.nanoTime();
                dribbles.send("X: y\r\n");
                dribbles.wire().fill(Duration.ofMillis(20));
            }
            return dribbles.wire().buffered() > 0 || dribbles.wire().end() != Wire.End.OPEN;
        });
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(13));
        assertThat(dribbles.response().status()).isIn(408, 0);
        assertThat(still.response().status()).isEqualTo(408);
        assertThat(still.awaitEnd()).isEqualTo(Wire.End.FIN);
        idle.wire().fill(Duration.ofMillis(20));
        assertThat(idle.wire().buffered()).isZero();
        assertThat(idle.get("b.localhost", "/").response().body()).isEqualTo("B");
        assertThat(upstream.end()).isEqualTo(Wire.End.OPEN);
        Eventually.until(
                "the upstream request is cancelled", Duration.ofSeconds(30), () -> upstream.end() != Wire.End.OPEN);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(28));
    }
}

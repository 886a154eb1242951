package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.ClosedPort;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.ScriptedBackend;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Wire;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of requests while the upstream refuses connections. */
class ConnectRetryTest {

    @RegisterExtension
    static final Stage STAGE = new Stage(stage -> Sites.of(
            Sites.proxy("b.localhost", stage.b().port()),
            Sites.proxy("down.localhost", stage.closedPort()),
            Sites.proxy(
                    "short.localhost",
                    stage.closedPort(),
                    Sites.options().waitMillis(400).build()),
            Sites.host(
                    "either.localhost",
                    Sites.route("/", Sites.to(stage.closedPort(), stage.b().port())))));

    @ParameterizedTest
    @CsvSource({
        "GET, */*, 502, connection-refused",
        "GET, application/json, 502, connection-refused",
        "POST, text/html, 502, connection-refused",
        "GET, 'text/html,application/xhtml+xml,*/*;q=0.8', 503, starting",
    })
    void a_refused_connection_is_told_at_once(String method, String accept, int status, String error) {
        RawResponse response = STAGE.client()
                .request(method, "down.localhost", "/", "", "Accept: " + accept)
                .response();
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.error()).isEqualTo(error);
        assertThat(response.all("Retry-After")).hasSize(status == 503 ? 1 : 0);
    }

    @Test
    void a_refused_connection_is_tried_again_while_wait_lasts_and_no_longer() {
        long start = System.nanoTime();
        RawResponse response = STAGE.get("short.localhost", "/");
        assertThat(response.status()).isEqualTo(502);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(400), Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @CsvSource({"GET, ''", "POST, 'the body'", "POST, LARGE"})
    void a_request_is_held_until_the_upstream_answers(String method, String text) {
        String body = text.equals("LARGE") ? "x".repeat(300_000) : text;
        ClosedPort closed = new ClosedPort();
        int port = closed.port();
        STAGE.gateway()
                .install(Sites.of(
                        Sites.proxy("b.localhost", STAGE.b().port()),
                        Sites.proxy(
                                "late.localhost",
                                port,
                                Sites.options().waitMillis(14_000).build())));
        RawClient client = STAGE.client();
        client.request(method, "late.localhost", "/", body, "Content-Length: " + body.length());
        RawClient other = STAGE.client();
        for (int i = 0; i < 20; i++) {
            assertThat(other.get("b.localhost", "/").response().status()).isEqualTo(200);
        }
        closed.close();
        try (ScriptedBackend backend = ScriptedBackend.start("late", "127.0.0.1", port)) {
            backend.always(PeerAction.echo());
            RawResponse response = client.response();
            assertThat(response.status()).as(response.toString()).isEqualTo(200);
            assertThat(response.body()).isEqualTo(body);
            assertThat(backend.requests())
                    .hasSize(1)
                    .allMatch(request -> request.faults().isEmpty());
        }
    }

    @Test
    void an_upstream_that_restarts_fails_no_request() {
        int port = TcpPeer.closedPort();
        ScriptedBackend backend = ScriptedBackend.start("restarts", "127.0.0.1", port);
        STAGE.gateway()
                .install(Sites.of(Sites.proxy("b.localhost", STAGE.b().port()), Sites.proxy("re.localhost", port)));
        assertThat(STAGE.get("re.localhost", "/").body()).isEqualTo("restarts");
        backend.close();
        RawClient client = STAGE.client().get("re.localhost", "/again");
        STAGE.stillServes();
        // An answer that did not wait would be here by now, and so would an end.
        assertThat(client.wire().fill(Duration.ofMillis(200))).isFalse();
        assertThat(client.wire().end()).isEqualTo(Wire.End.OPEN);
        try (ScriptedBackend again = ScriptedBackend.start("restarted", "127.0.0.1", port)) {
            assertThat(client.response().body()).isEqualTo("restarted");
            assertThat(again.requests()).hasSize(1);
        }
    }

    @Test
    void a_client_that_goes_while_its_request_is_held_leaves_nothing_behind() {
        STAGE.gateway()
                .install(Sites.of(
                        Sites.proxy("b.localhost", STAGE.b().port()),
                        Sites.proxy(
                                "long.localhost",
                                STAGE.closedPort(),
                                Sites.options().waitMillis(60_000).build())));
        RawClient client = STAGE.client().get("long.localhost", "/");
        STAGE.stillServes();
        client.reset();
        long before = STAGE.gateway().http().requests();
        RawClient second = STAGE.client().get("long.localhost", "/");
        Eventually.until("the second is held", () -> STAGE.gateway().http().requests() > before);
        second.reset();
    }

    @Test
    void the_next_of_several_upstreams_is_tried_where_one_refuses() {
        for (int i = 0; i < 4; i++) {
            assertThat(STAGE.get("either.localhost", "/").body()).isEqualTo("B");
        }
    }
}

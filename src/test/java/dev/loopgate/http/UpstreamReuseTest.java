package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.BackendRequest;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.PeerAction.Then;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which upstream connections serve another request, and what is sent again where one died. */
class UpstreamReuseTest {

    @RegisterExtension
    static final Stage STAGE = new Stage(stage -> Sites.of(
            Sites.proxy("a.localhost", stage.a().port()),
            Sites.proxy("b.localhost", stage.b().port()),
            Sites.proxy(
                    "once.localhost",
                    stage.a().port(),
                    Sites.options().keepAlive(false).build())));

    /** Answers the first request of each connection and ends the connection on the second. */
    private static PeerAction endsOnReuse(Then how) {
        return PeerAction.script((connection, request) -> {
            if (connection.requests() == 1) {
                return request.readAll() && connection.send(PeerAction.okBytes("first"));
            }
            if (how == Then.RESET) {
                connection.wire().reset();
            }
            return false;
        });
    }

    @BeforeEach
    void begins_without_pooled_connections() {
        STAGE.a().dropAll(false);
        STAGE.a().always(PeerAction.replyThenClose(PeerAction.okBytes("x", "Connection: close")));
        STAGE.get("a.localhost", "/");
        STAGE.a().forget();
        Eventually.until("no connection left", () -> STAGE.a().open() == 0);
    }

    @Test
    void one_connection_serves_many_requests_of_many_clients() {
        int before = STAGE.a().accepted();
        for (int i = 0; i < 6; i++) {
            RawClient client = STAGE.client();
            assertThat(client.get("a.localhost", "/").response().status()).isEqualTo(200);
            client.request("POST", "a.localhost", "/", "abc", "Content-Length: 3");
            assertThat(client.response().status()).isEqualTo(200);
        }
        assertThat(STAGE.a().accepted() - before).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: x, Close\r\n\r\nx",
                "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nKeep-Alive: timeout=1\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nKeep-Alive: max=5, timeout=1\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nKeep-Alive: timeout=0\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxtra bytes",
            })
    void a_connection_that_the_upstream_gives_up_is_not_used_again(String bytes) {
        STAGE.a().always(PeerAction.reply(bytes));
        int before = STAGE.a().accepted();
        for (int i = 0; i < 3; i++) {
            assertThat(STAGE.get("a.localhost", "/").body()).isEqualTo("x");
        }
        assertThat(STAGE.a().accepted() - before).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nKeep-Alive: timeout=60\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nKeep-Alive: timeout=x\r\n\r\nx",
                "HTTP/1.1 204 No Content\r\n\r\n",
            })
    void a_connection_that_the_upstream_keeps_is_used_again(String bytes) {
        STAGE.a().always(PeerAction.reply(bytes));
        int before = STAGE.a().accepted();
        for (int i = 0; i < 3; i++) {
            assertThat(STAGE.get("a.localhost", "/").status()).isIn(200, 204);
        }
        assertThat(STAGE.a().accepted() - before).isEqualTo(1);
    }

    @Test
    void a_route_without_keep_alive_takes_a_new_connection_each_time_and_says_so() {
        int before = STAGE.a().accepted();
        for (int i = 0; i < 3; i++) {
            assertThat(STAGE.get("once.localhost", "/").status()).isEqualTo(200);
        }
        assertThat(STAGE.a().accepted() - before).isEqualTo(3);
        assertThat(STAGE.a().requests())
                .allMatch(request -> request.all("Connection").contains("close"));
    }

    @Test
    void an_idle_connection_is_closed_before_the_upstream_would_close_it() {
        long start = System.nanoTime();
        assertThat(STAGE.get("a.localhost", "/").status()).isEqualTo(200);
        Eventually.until("the idle connection is closed", () -> STAGE.a().open() == 0);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isBetween(3_500L, 9_000L);
    }

    @Test
    void a_connection_of_more_than_a_second_serves_a_get_but_not_a_post() {
        int before = STAGE.a().accepted();
        assertThat(STAGE.get("a.localhost", "/").status()).isEqualTo(200);
        long idleSince = System.nanoTime();
        Eventually.until("1.3 s of idleness", () -> System.nanoTime() - idleSince > 1_300_000_000L);
        RawClient client = STAGE.client();
        client.request("POST", "a.localhost", "/", "abc", "Content-Length: 3");
        assertThat(client.response().status()).isEqualTo(200);
        assertThat(STAGE.a().accepted() - before).isEqualTo(2);
        assertThat(STAGE.get("a.localhost", "/").status()).isEqualTo(200);
        assertThat(STAGE.a().accepted() - before).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, CLOSE",
        "GET, RESET",
        "HEAD, RESET",
        "OPTIONS, RESET",
        "PUT, RESET",
        "PUT, CLOSE",
        "DELETE, RESET",
        "TRACE, RESET"
    })
    void an_idempotent_request_on_a_connection_that_died_is_sent_once_more(String method, Then how) {
        STAGE.a().always(endsOnReuse(how));
        String body = method.equals("PUT") ? "whole" : "";
        for (int i = 0; i < 4; i++) {
            RawClient client = STAGE.client();
            if (body.isEmpty()) {
                client.request(method, "a.localhost", "/" + i, "");
            } else {
                client.request(method, "a.localhost", "/" + i, body, "Content-Length: " + body.length());
            }
            assertThat(client.response(method, Eventually.LIMIT).status())
                    .as("request %d", i)
                    .isEqualTo(200);
        }
        assertThat(STAGE.a().requests()).allMatch(request -> request.faults().isEmpty());
        assertThat(STAGE.a().requests())
                .filteredOn(request -> request.connection().requests() == 1)
                .allMatch(request -> request.body().equals(body));
    }

    @ParameterizedTest
    @CsvSource({"POST, CLOSE", "POST, RESET", "PATCH, RESET", "post, RESET", "LOCK, CLOSE"})
    void any_other_request_is_never_sent_twice(String method, Then how) {
        STAGE.a().always(endsOnReuse(how));
        for (int i = 0; i < 4; i++) {
            RawClient client = STAGE.client();
            client.request(method, "a.localhost", "/" + i, "abc", "Content-Length: 3");
            RawResponse response = client.response();
            assertThat(response.status()).isIn(200, 502);
            String target = "/" + i;
            assertThat(STAGE.a().requests().stream().map(BackendRequest::target))
                    .filteredOn(target::equals)
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Then.class,
            names = {"CLOSE", "RESET"})
    void a_new_connection_that_dies_is_a_502_at_once(Then how) {
        STAGE.a().always(new PeerAction.Drop(how));
        RawResponse response = STAGE.get("a.localhost", "/");
        assertThat(response.status()).isEqualTo(502);
        assertThat(response.error()).isIn("connection-reset", "upstream-closed");
        assertThat(STAGE.a().requests()).hasSize(1);
    }

    @Test
    void a_request_is_sent_again_only_once_and_only_before_the_answer_began() {
        assertThat(STAGE.get("a.localhost", "/warm").status()).isEqualTo(200);
        STAGE.a().always(PeerAction.reset());
        assertThat(STAGE.get("a.localhost", "/twice").status()).isEqualTo(502);
        assertThat(STAGE.a().requests())
                .filteredOn(request -> request.target().equals("/twice"))
                .hasSize(2);
        STAGE.a().forget();
        assertThat(STAGE.get("a.localhost", "/warm").status()).isEqualTo(200);
        STAGE.a().always(PeerAction.replyThenClose("HTTP/1.1 200 OK\r\nContent-Le"));
        assertThat(STAGE.get("a.localhost", "/begun").status()).isEqualTo(502);
        assertThat(STAGE.a().requests())
                .filteredOn(request -> request.target().equals("/begun"))
                .hasSize(1);
    }
}

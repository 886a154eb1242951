package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client reads where the gateway itself has to answer, and who is told how much. */
class FailureOnTheWireTest {

    @RegisterExtension
    static final Stage STAGE = new Stage();

    @ParameterizedTest
    @CsvSource({
        "'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8', text/html",
        "application/json, application/json",
        "'application/json, text/plain, */*', application/json",
        "*/*, text/plain",
        "text/plain, text/plain",
        "image/png, text/plain",
    })
    void the_form_follows_the_accept_field(String accept, String type) {
        RawResponse response = STAGE.get("ap.localhost", "/x", "Accept: " + accept);
        assertThat(response.status()).isEqualTo(404);
        assertThat(response.error()).isEqualTo("unknown-host");
        assertThat(response.field("Content-Type").orElse("")).startsWith(type);
        assertThat(response.clean()).isTrue();
        if (type.equals("application/json")) {
            assertThat(new JsonObject(response.body()).getString("code")).isEqualTo("unknown-host");
        }
        if (type.equals("text/plain")) {
            assertThat(response.body().strip().lines()).hasSize(1);
        }
    }

    @Test
    void head_gets_the_fields_without_the_body() {
        RawClient client = STAGE.client();
        client.request("HEAD", "nobody.localhost", "/", "");
        RawResponse response = client.response("HEAD", Duration.ofSeconds(15));
        assertThat(response.status()).isEqualTo(404);
        assertThat(response.error()).isEqualTo("unknown-host");
        assertThat(client.get("b.localhost", "/").response().body()).isEqualTo("B");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "localhost:62893", "127.0.0.1", "127.0.0.1:62893", "[::1]:62893", "LOCALHOST."})
    void a_direct_client_that_asks_for_localhost_is_told_the_hosts(String host) {
        RawResponse response = STAGE.get(host, "/", "Accept: text/html");
        assertThat(response.status()).isEqualTo(404);
        assertThat(response.body()).contains("a.localhost").contains("down.localhost");
    }

    @Test
    void a_configured_name_is_told_the_cause() {
        RawResponse response = STAGE.get("down.localhost", "/", "Accept: application/json");
        assertThat(response.status()).isEqualTo(502);
        assertThat(response.body()).contains(Integer.toString(STAGE.closedPort()));
    }

    @ParameterizedTest
    @CsvSource({
        "rebound.example, X-None: 1",
        "rebound.example:62893, X-None: 1",
        "localhost.example, X-None: 1",
        "localhost, X-Forwarded-For: 203.0.113.5",
        "localhost, x-forwarded-for: 127.0.0.1",
        "localhost, X_Forwarded_For: 203.0.113.5",
        "localhost, Forwarded: for=203.0.113.5",
        "localhost, Via: 1.1 other",
        "down.localhost, X-Forwarded-For: 203.0.113.5",
        "down.localhost, Forwarded: for=203.0.113.5",
        "down.localhost, Via: 1.1 other",
    })
    void anyone_else_gets_the_bare_status(String host, String field) {
        for (String accept : new String[] {"text/html", "application/json", "*/*"}) {
            RawResponse response = STAGE.get(host, "/", field, "Accept: " + accept);
            assertThat(response.status()).isIn(404, 502, 503);
            assertThat(response.body())
                    .doesNotContain("a.localhost")
                    .doesNotContain("b.localhost")
                    .doesNotContain(Integer.toString(STAGE.closedPort()));
        }
    }

    @Test
    void a_request_that_cannot_be_read_is_told_why_and_nothing_else() {
        RawResponse response = STAGE.send("GET / HTTP/1.1\r\nHost: a.localhost\r\nX : y\r\n\r\n");
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.body()).doesNotContain("b.localhost");
    }

    @Test
    void markup_in_a_request_is_never_markup_in_a_page() {
        RawResponse response = STAGE.get("localhost", "/<script>alert(1)</script>?\"'><b>", "Accept: text/html");
        assertThat(response.body()).doesNotContain("<script>alert").doesNotContain("\"'><b>");
    }

    @ParameterizedTest
    @CsvSource({"CLOSE, upstream-closed", "RESET, connection-reset"})
    void an_upstream_that_ends_without_an_answer_is_a_502(PeerAction.Then how, String error) {
        STAGE.a().always(new PeerAction.Drop(how));
        RawResponse response = STAGE.get("a.localhost", "/");
        assertThat(response.status()).isEqualTo(502);
        assertThat(response.error()).isEqualTo(error);
    }

    @Test
    void a_host_that_leads_back_to_the_gateway_ends_in_508() {
        STAGE.gateway()
                .install(Sites.of(
                        Sites.proxy("b.localhost", STAGE.b().port()),
                        Sites.proxy("self.localhost", STAGE.gateway().port())));
        RawResponse response = STAGE.get("self.localhost", "/", "Accept: application/json");
        assertThat(response.status()).isEqualTo(508);
        assertThat(response.error()).isEqualTo("loop");
        assertThat(response.body())
                .contains("http://localhost:" + STAGE.gateway().port() + " leads back to this gateway")
                .contains("Name the port of the service itself");
        RawResponse indirect = STAGE.get("self.localhost", "/", "Via: 1.1 other");
        assertThat(indirect.status()).isEqualTo(508);
        assertThat(indirect.body()).doesNotContain("leads back to this gateway");
        STAGE.stillServes();
    }

    @Test
    void a_508_of_somebody_else_s_is_passed_on() {
        STAGE.a()
                .always(PeerAction.reply(
                        "HTTP/1.1 508 Loop Detected\r\nVia: 1.1 other\r\nContent-Length: 5\r\n\r\ntheir"));
        RawResponse response = STAGE.get("a.localhost", "/");
        assertThat(response.status()).isEqualTo(508);
        assertThat(response.body()).isEqualTo("their");
    }
}

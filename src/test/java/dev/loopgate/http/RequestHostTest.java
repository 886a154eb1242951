package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.RouteOptions;
import dev.loopgate.testkit.BackendRequest;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which backend a request reaches by its Host field and target, and which requests reach none. */
class RequestHostTest {

    @RegisterExtension
    static final Stage STAGE = new Stage(stage -> Sites.of(
            Sites.proxy("a.localhost", stage.a().port()),
            Sites.proxy("b.localhost", stage.b().port()),
            Sites.proxy("*.wild.localhost", stage.b().port()),
            Sites.host(
                    "web.localhost",
                    Sites.route("/", Sites.to(stage.a().port()), RouteOptions.DEFAULT),
                    Sites.route("/api", Sites.to(stage.b().port()), RouteOptions.DEFAULT))));

    @ParameterizedTest
    @CsvSource({
        "a.localhost, A",
        "b.localhost, B",
        "B.LOCALHOST, B",
        "b.localhost:80, B",
        "b.localhost:62893, B",
        "b.localhost., B",
        "b.localhost.:62893, B",
        "b.localhost:, B",
        "x.wild.localhost, B",
        "x.y.WILD.localhost, B",
    })
    void goes_by_the_host_field_without_port_case_and_final_dot(String host, String backend) {
        RawResponse response = STAGE.get(host, "/");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(backend);
    }

    @ParameterizedTest
    @CsvSource({"/, A", "/api, B", "/api/x?y, B", "/apix, A", "/x/api, A", "/api?x, B", "/?/api, A"})
    void goes_by_the_longest_path_prefix(String target, String backend) {
        assertThat(STAGE.get("web.localhost", target).body()).isEqualTo(backend);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/x/../api", "/%61pi", "//api", "/api/..", "/x/%2e%2e/api/y", "/api%2f..%2fx"})
    void a_path_that_normalised_belongs_to_another_route_is_refused(String target) {
        RawResponse response = STAGE.get("web.localhost", target);
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.error()).isEqualTo("ambiguous-path");
        assertThat(STAGE.a().requests()).isEmpty();
        assertThat(STAGE.b().requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x@a.localhost",
                "a.localhost?b",
                "a.localhost/b",
                "a.localhost#b",
                "http://a.localhost",
                "a.localhost\u00c3\u00a9",
                "a.local host",
                "a.localhost\t",
                "a.localhost:80:80",
                "a.localhost:x",
                "a.localhost:99999",
                "a.localhost:-1",
                "a.localhost:000080",
                "[::1",
                "::1",
                "[::1]x",
                "[]",
                "[a.localhost]",
                "a.localhost,b.localhost",
                "a.localhost, b.localhost",
                "a%2elocalhost",
                "a.localhost\\",
                "<a.localhost>",
                ":80",
                "",
                " ",
            })
    void an_invalid_host_reaches_no_backend(String host) {
        RawResponse response = STAGE.get(host, "/");
        if (host.equals("a.localhost\t")) {
            // Optional white space around a value is no part of it (RFC 9110 §5.5).
            assertThat(response.status()).isEqualTo(200);
            return;
        }
        assertThat(response.status()).as(response.toString()).isEqualTo(400);
        assertThat(response.error()).isEqualTo("bad-host");
        assertThat(STAGE.a().requests()).isEmpty();
        assertThat(STAGE.b().requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a.localhost\r\nHost: a.localhost\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a.localhost\r\nX: y\r\nhOST: b.localhost\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a.localhost\r\nHost:\r\n\r\n",
                "GET http://b.localhost/ HTTP/1.1\r\n\r\n",
                "GET http://b.localhost/ HTTP/1.1\r\nHost: a.localhost\r\nHost: b.localhost\r\n\r\n",
                "GET http:///x HTTP/1.1\r\nHost: a.localhost\r\n\r\n",
                "GET http://x@a.localhost/ HTTP/1.1\r\nHost: a.localhost\r\n\r\n",
                "GET http://a.localhost:x/ HTTP/1.1\r\nHost: a.localhost\r\n\r\n",
            })
    void a_missing_or_repeated_host_is_refused_and_ends_the_connection(String bytes) {
        var client = STAGE.client().send(bytes);
        RawResponse response = client.response();
        assertThat(response.status()).as(response.toString()).isEqualTo(400);
        assertThat(response.error()).isEqualTo("bad-host");
        client.awaitEnd();
        assertThat(STAGE.a().requests()).isEmpty();
        assertThat(STAGE.b().requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nobody.example",
                "xa.localhost",
                "a.localhost.example",
                "a_localhost",
                "localhost",
                "wild.localhost",
                "127.0.0.1",
                "[::1]",
                "a.localhost.."
            })
    void an_unknown_host_reaches_no_backend_and_keeps_the_connection(String host) {
        var client = STAGE.client();
        RawResponse response = client.get(host, "/").response();
        assertThat(response.status()).isEqualTo(404);
        assertThat(response.error()).isEqualTo("unknown-host");
        assertThat(response.clean()).isTrue();
        assertThat(client.get("a.localhost", "/").response().body()).isEqualTo("A");
    }

    @Test
    void a_request_of_http_1_0_without_host_reaches_no_virtual_host() {
        RawResponse response = STAGE.send("GET / HTTP/1.0\r\n\r\n");
        assertThat(response.status()).isEqualTo(404);
        assertThat(STAGE.a().requests()).isEmpty();
        assertThat(STAGE.b().requests()).isEmpty();
    }

    @Test
    void the_authority_of_an_absolute_target_beats_the_host_field() {
        RawResponse response = STAGE.get("a.localhost", "http://B.localhost:8080/x?y=http://a.localhost/");
        assertThat(response.body()).isEqualTo("B");
        BackendRequest request = STAGE.b().request();
        assertThat(request.target()).isEqualTo("/x?y=http://a.localhost/");
        assertThat(request.all("Host")).containsExactly("B.localhost:8080");
        assertThat(request.faults()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"http://a.localhost, /", "http://a.localhost?q=1, /?q=1", "HTTP://A.localhost/p, /p"})
    void an_absolute_target_becomes_a_path(String target, String sent) {
        STAGE.get("a.localhost", target);
        assertThat(STAGE.a().request().target()).isEqualTo(sent);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, ftp://a.localhost/, 400",
        "GET, https://a.localhost/, 400",
        "GET, x/y, 400",
        "GET, a.localhost:80, 400",
        "GET, *, 400",
        "GET, ?x, 400",
        "CONNECT, a.localhost:80, 501",
        "CONNECT, 127.0.0.1:22, 501",
        "CONNECT, /x, 501",
        "OPTIONS, *x, 400",
    })
    void a_target_of_another_form_is_refused(String method, String target, int status) {
        RawResponse response =
                STAGE.client().request(method, "a.localhost", target, "").response();
        assertThat(response.status()).as(response.toString()).isEqualTo(status);
        assertThat(STAGE.a().requests()).isEmpty();
    }

    @Test
    void options_of_the_whole_server_goes_to_the_host() {
        STAGE.client().request("OPTIONS", "a.localhost", "*", "").response();
        assertThat(STAGE.a().request().target()).isEqualTo("*");
    }
}

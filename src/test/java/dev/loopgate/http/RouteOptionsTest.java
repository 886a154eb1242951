package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.Access;
import dev.loopgate.model.Cidr;
import dev.loopgate.model.FieldEdits;
import dev.loopgate.model.Target;
import dev.loopgate.model.Target.PathRewrite;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.testkit.BackendRequest;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a route changes about a request and its answer, and the answers that a route gives itself. */
class RouteOptionsTest {

    private static final FieldEdits REQUEST_EDITS =
            new FieldEdits(Map.of("X-Env", "dev"), ordered("X-Tag", "two"), List.of("Cookie"));
    private static final FieldEdits RESPONSE_EDITS =
            new FieldEdits(Map.of("X-Frame-Options", "DENY"), Map.of("X-Tag", "two"), List.of("Server"));

    @RegisterExtension
    static final Stage STAGE = new Stage(stage -> {
        UpstreamAddress a = new UpstreamAddress.LoopbackPort(stage.a().port());
        return Sites.of(
                Sites.proxy("b.localhost", stage.b().port()),
                Sites.host(
                        "web.localhost",
                        Sites.route("/", Sites.to(a, "", new PathRewrite.Keep())),
                        Sites.route("/strip", Sites.to(a, "", new PathRewrite.Strip())),
                        Sites.route("/rewrite", Sites.to(a, "", new PathRewrite.Replace("/v2"))),
                        Sites.route("/based", Sites.to(a, "/base", new PathRewrite.Keep())),
                        Sites.route("/both", Sites.to(a, "/base", new PathRewrite.Strip()))),
                Sites.proxy(
                        "edits.localhost",
                        stage.a().port(),
                        Sites.options()
                                .request(REQUEST_EDITS)
                                .response(RESPONSE_EDITS)
                                .build()),
                Sites.proxy(
                        "denied.localhost",
                        stage.a().port(),
                        Sites.options()
                                .access(new Access(List.of(), List.of(cidr("127.0.0.1", 32))))
                                .build()),
                Sites.proxy(
                        "elsewhere.localhost",
                        stage.a().port(),
                        Sites.options()
                                .access(new Access(List.of(cidr("192.0.2.0", 24)), List.of()))
                                .build()),
                Sites.proxy(
                        "allowed.localhost",
                        stage.a().port(),
                        Sites.options()
                                .access(new Access(List.of(cidr("127.0.0.0", 8)), List.of()))
                                .build()),
                Sites.host(
                        "old.localhost",
                        Sites.route("/", new Target.Redirect("https://app.localhost", 308)),
                        Sites.route("/fixed", new Target.Redirect("https://app.localhost/home?x", 302)),
                        Sites.route("/path", new Target.Redirect("/elsewhere", 301))),
                Sites.host(
                        "ping.localhost",
                        Sites.route("/", new Target.Respond(200, "pong", Map.of())),
                        Sites.route(
                                "/json",
                                new Target.Respond(
                                        418, "{\"a\":1}", Map.of("Content-Type", "application/json", "X-A", "b"))),
                        Sites.route("/none", new Target.Respond(204, "", Map.of()))),
                Sites.host(
                        "lb.localhost",
                        Sites.route("/", Sites.to(stage.a().port(), stage.b().port()))));
    });

    @ParameterizedTest
    @CsvSource({
        "/x?q, /x?q",
        "/strip, /",
        "/strip?q=1, /?q=1",
        "/strip/, /",
        "/strip/x/y?q, /x/y?q",
        "/rewrite, /v2",
        "/rewrite/x, /v2/x",
        "/rewrite?q, /v2?q",
        "/based, /base/based",
        "/based/x, /base/based/x",
        "/both, /base",
        "/both/, /base/",
        "/both/x%20y?q, /base/x%20y?q",
    })
    void paths_are_stripped_rewritten_and_based(String sent, String received) {
        STAGE.get("web.localhost", sent);
        assertThat(STAGE.a().request().target()).isEqualTo(received);
    }

    @Test
    void fields_are_edited_in_both_directions() {
        STAGE.a()
                .always(PeerAction.ok(
                        "x",
                        "Server: secret",
                        "server: again",
                        "X-Frame-Options: a",
                        "x-frame-options: b",
                        "X-Tag: one"));
        RawResponse response =
                STAGE.get("edits.localhost", "/", "Cookie: a", "x-env: prod", "X-ENV: test", "cookie: b", "X-Tag: one");
        BackendRequest request = STAGE.a().request();
        assertThat(request.all("Cookie")).isEmpty();
        assertThat(request.all("X-Env")).containsExactly("dev");
        assertThat(request.all("X-Tag")).containsExactly("one", "two");
        assertThat(response.all("Server")).isEmpty();
        assertThat(response.all("X-Frame-Options")).containsExactly("DENY");
        assertThat(response.all("X-Tag")).containsExactly("one", "two");
        assertThat(response.body()).isEqualTo("x");
    }

    @ParameterizedTest
    @CsvSource({"denied.localhost, 403", "elsewhere.localhost, 403", "allowed.localhost, 200"})
    void a_route_serves_the_addresses_it_allows(String host, int status) {
        RawClient client = STAGE.client();
        RawResponse response =
                client.get(host, "/", "X-Forwarded-For: 192.0.2.1").response();
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.error()).isEqualTo(status == 403 ? "forbidden" : "");
        assertThat(client.get("b.localhost", "/").response().status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "/, 308, https://app.localhost/",
        "/a/b?q=1, 308, https://app.localhost/a/b?q=1",
        "/fixed/x?y, 302, https://app.localhost/home?x",
        "/path/x, 301, /elsewhere",
        "http://old.localhost, 308, https://app.localhost/",
        "http://old.localhost/z, 308, https://app.localhost/z",
        "//evil.example/x, 308, https://app.localhost//evil.example/x",
    })
    void a_redirect_sends_the_client_elsewhere(String target, int status, String location) {
        RawResponse response = STAGE.get("old.localhost", target);
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.all("Location")).containsExactly(location);
        assertThat(response.clean()).isTrue();
    }

    @Test
    void a_fixed_answer_is_given_with_its_status_body_and_fields() {
        RawClient client = STAGE.client();
        RawResponse pong = client.get("ping.localhost", "/x").response();
        assertThat(pong.status()).isEqualTo(200);
        assertThat(pong.body()).isEqualTo("pong");
        assertThat(pong.field("Content-Type").orElse("")).startsWith("text/plain");
        RawResponse json = client.get("ping.localhost", "/json").response();
        assertThat(json.status()).isEqualTo(418);
        assertThat(json.body()).isEqualTo("{\"a\":1}");
        assertThat(json.all("Content-Type")).containsExactly("application/json");
        assertThat(json.all("X-A")).containsExactly("b");
        assertThat(client.get("ping.localhost", "/none").response().status()).isEqualTo(204);
        client.request("HEAD", "ping.localhost", "/", "");
        assertThat(client.response("HEAD", Duration.ofSeconds(15)).all("Content-Length"))
                .containsExactly("4");
        client.request("POST", "ping.localhost", "/", "hello", "Content-Length: 5");
        assertThat(client.response().body()).isEqualTo("pong");
    }

    @Test
    void several_upstreams_take_turns() {
        Set<String> answers = new HashSet<>();
        RawClient client = STAGE.client();
        for (int i = 0; i < 4; i++) {
            answers.add(client.get("lb.localhost", "/").response().body());
        }
        assertThat(answers).containsExactlyInAnyOrder("A", "B");
        assertThat(STAGE.a().requests()).hasSize(2);
    }

    private static Map<String, String> ordered(String name, String value) {
        Map<String, String> map = new LinkedHashMap<>();
        map.put(name, value);
        return map;
    }

    private static Cidr cidr(String address, int bits) {
        try {
            return Cidr.of(InetAddress.getByName(address), bits);
        } catch (UnknownHostException impossible) {
            throw new IllegalArgumentException(impossible);
        }
    }
}

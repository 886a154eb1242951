package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.Cidr;
import dev.loopgate.model.RouteOptions.HostHeader;
import dev.loopgate.testkit.BackendRequest;
import dev.loopgate.testkit.Field;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.RunningGateway;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields for one hop only, fields that tell where a request came from, and all others, which pass untouched. */
class ForwardedFieldsTest {

    @RegisterExtension
    static final Stage STAGE = new Stage(stage -> Sites.of(
            Sites.proxy("a.localhost", stage.a().port()),
            Sites.proxy("b.localhost", stage.b().port()),
            Sites.proxy(
                    "rewrite.localhost",
                    stage.a().port(),
                    Sites.options().host(new HostHeader.Rewrite()).build()),
            Sites.proxy(
                    "literal.localhost",
                    stage.a().port(),
                    Sites.options()
                            .host(new HostHeader.Literal("other.test:8080"))
                            .build())));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Keep-Alive: timeout=99",
                "Proxy-Connection: keep-alive",
                "Proxy-Authorization: Basic eDp5",
                "proxy-authorization: Basic eDp5",
                "Upgrade: websocket",
                "TE: gzip",
                "X_Forwarded_For: 6.6.6.6",
                "X_Forwarded-For: 6.6.6.6",
                "x-forwarded_for: 6.6.6.6",
                "X_FORWARDED_PROTO: https",
                "X-Forwarded_Host: evil.example",
                "Forwarded: for=6.6.6.6;proto=https;host=evil.example",
                "Connection: X-Secret\r\nX-Secret: 1",
                "Connection: close, x-secret\r\nX-Secret: 1",
                "X-Secret: 1\r\nConnection: keep-alive ,\tX-SECRET\t,",
                "Connection: a\r\nConnection: X-Secret\r\nX-Secret: 1",
            })
    void a_field_for_this_hop_or_that_nobody_vouches_for_goes_no_further(String lines) {
        STAGE.get("a.localhost", "/", lines.split("\r\n", -1));
        BackendRequest request = STAGE.a().request();
        assertThat(request.faults()).isEmpty();
        assertThat(request.head()).doesNotContain("6.6.6.6").doesNotContain("evil");
        for (String line : lines.split("\r\n", -1)) {
            assertThat(request.head()).doesNotContain(line);
        }
        assertThat(request.all("X-Secret")).isEmpty();
        assertThat(request.all("Upgrade")).isEmpty();
        assertThat(request.all("X-Forwarded-For")).containsExactly("127.0.0.1");
    }

    @Test
    void the_client_is_told_to_the_backend_and_what_it_claimed_is_not() {
        int port = STAGE.gateway().port();
        STAGE.get(
                "A.localhost:" + port,
                "/",
                "X-Forwarded-For: 6.6.6.6",
                "X-Forwarded-For: 7.7.7.7",
                "X-Forwarded-Proto: https",
                "X-Forwarded-Host: evil.example",
                "X-Forwarded-Port: 443");
        BackendRequest request = STAGE.a().request();
        assertThat(request.all("X-Forwarded-For")).containsExactly("127.0.0.1");
        assertThat(request.all("X-Forwarded-Proto")).containsExactly("http");
        assertThat(request.all("X-Forwarded-Host")).containsExactly("A.localhost:" + port);
        assertThat(request.all("X-Forwarded-Port")).containsExactly(Integer.toString(port));
        assertThat(request.all("Host")).containsExactly("A.localhost:" + port);
    }

    @Test
    void a_trusted_proxy_is_believed() throws Exception {
        Cidr loopback = Cidr.of(InetAddress.getByName("127.0.0.0"), 8);
        try (RunningGateway gateway = RunningGateway.start(
                        Sites.of(List.of(Sites.proxy("a.localhost", STAGE.a().port())), List.of(loopback)));
                RawClient client = RawClient.connect(gateway.port())) {
            client.get(
                            "a.localhost",
                            "/",
                            "X-Forwarded-For: 6.6.6.6",
                            "X-Forwarded-For: 7.7.7.7",
                            "X-Forwarded-Proto: https",
                            "X-Forwarded-Host: public.example",
                            "Forwarded: for=6.6.6.6")
                    .response();
            BackendRequest request = STAGE.a().request();
            assertThat(String.join(", ", request.all("X-Forwarded-For"))).isEqualTo("6.6.6.6, 7.7.7.7, 127.0.0.1");
            assertThat(request.all("X-Forwarded-Proto")).containsExactly("https");
            assertThat(request.all("X-Forwarded-Host")).containsExactly("public.example");
            assertThat(request.all("Forwarded")).first().isEqualTo("for=6.6.6.6");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Content-Length", "Host", "Transfer-Encoding", "content-length, host", "Via", "X-Forwarded-For"})
    void connection_cannot_take_away_what_the_message_needs(String nominated) {
        RawClient client = STAGE.client();
        boolean chunked = nominated.equals("Transfer-Encoding");
        client.request(
                "POST",
                "a.localhost",
                "/",
                chunked ? "5\r\nhello\r\n0\r\n\r\n" : "hello",
                "Connection: " + nominated,
                chunked ? "Transfer-Encoding: chunked" : "Content-Length: 5");
        RawResponse response = client.response();
        if (response.status() != 400) {
            BackendRequest request = STAGE.a().completeRequest();
            assertThat(request.body()).isEqualTo("hello");
            assertThat(request.faults()).isEmpty();
            assertThat(request.all("Host")).containsExactly("a.localhost");
            assertThat(request.all("X-Forwarded-For")).containsExactly("127.0.0.1");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
                "Connection: upgrade\r\nUpgrade: H2C",
                "Connection: Upgrade\r\nUpgrade: websocket, h2c",
                "Connection: Upgrade\r\nUpgrade: h2c\r\nUpgrade: websocket",
                "Connection: Upgrade\r\nUpgrade: TLS/1.0",
            })
    void an_upgrade_to_h2c_is_never_passed_on(String lines) {
        STAGE.get("a.localhost", "/", lines.split("\r\n", -1));
        assertThat(STAGE.a().requests())
                .allMatch(request -> request.all("Upgrade").stream()
                        .noneMatch(value ->
                                value.toLowerCase(java.util.Locale.ROOT).contains("h2c")))
                .allMatch(request -> request.all("HTTP2-Settings").isEmpty());
    }

    @Test
    void everything_else_reaches_the_backend_byte_for_byte_and_in_order() {
        String lines = String.join(
                "\r\n",
                "Cookie: a=1; b=\"2\"",
                "X-b:  two  spaces ",
                "Accept: */*",
                "x-B: again",
                "Authorization: Bearer x.y.z",
                "Accept-Language: de, en;q=0.5",
                "Cookie: c=3",
                "X-#Odd!: \u00e4",
                "");
        STAGE.send("GET /p HTTP/1.1\r\nHost: a.localhost\r\n" + lines + "\r\n");
        BackendRequest request = STAGE.a().request();
        assertThat(request.head()).startsWith("GET /p HTTP/1.1\r\nHost: a.localhost\r\n" + lines);
        assertThat(request.all("Accept-Encoding")).isEmpty();
        assertThat(request.all("User-Agent")).isEmpty();
        assertThat(request.all("Connection")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a%2Fb",
                "/;a=b/c;d",
                "/a%20b+c",
                "/?a[0]=1&b={x}",
                "/a/../b",
                "/./a//b/",
                "/%zz",
                "/a|b^c\"<>`",
                "/%41%c3%A9",
                "/?",
                "/??x=/../y#"
            })
    void a_target_reaches_the_backend_byte_for_byte(String target) {
        RawResponse response = STAGE.get("a.localhost", target);
        if (target.contains("#")) {
            // A fragment is no part of a request target (RFC 9112 §3.2).
            assertThat(response.status()).isEqualTo(400);
        } else {
            assertThat(STAGE.a().request().target()).isEqualTo(target);
        }
    }

    @Test
    void a_target_of_eight_thousand_bytes_arrives() {
        String target = "/" + "a".repeat(7_990) + "?q";
        STAGE.get("a.localhost", target);
        assertThat(STAGE.a().request().target()).isEqualTo(target);
    }

    @Test
    void via_is_added_in_both_directions_and_kept_from_before() {
        STAGE.a().always(PeerAction.ok("x", "Via: 1.1 inner"));
        RawResponse response = STAGE.get("a.localhost", "/", "Via: 1.0 outer");
        List<String> up = STAGE.a().request().all("Via");
        assertThat(up).hasSize(2).first().isEqualTo("1.0 outer");
        assertThat(up.get(1)).startsWith("1.1 ");
        assertThat(response.all("Via")).hasSize(2).first().isEqualTo("1.1 inner");
    }

    @ParameterizedTest
    @CsvSource({"TRACE, 0, 501", "OPTIONS, 0, 200", "OPTIONS, 00, 200"})
    void a_request_with_no_forwards_left_is_answered_here(String method, String forwards, int status) {
        RawResponse response = STAGE.client()
                .request(method, "a.localhost", "/", "", "Max-Forwards: " + forwards)
                .response();
        assertThat(response.status()).isIn(status, 204, 405);
        assertThat(STAGE.a().requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"OPTIONS, 3, 2", "TRACE, 1, 0", "GET, 0, 0", "GET, 5, 5"})
    void max_forwards_counts_down_where_it_counts(String method, String sent, String received) {
        STAGE.client()
                .request(method, "a.localhost", "/", "", "Max-Forwards: " + sent)
                .response();
        assertThat(STAGE.a().request().all("Max-Forwards")).containsExactly(received);
    }

    @ParameterizedTest
    @CsvSource({"rewrite.localhost, localhost:PORT", "literal.localhost, other.test:8080"})
    void host_is_rewritten_where_the_route_says_so(String host, String sent) {
        STAGE.get(host, "/", "X-After: 1");
        BackendRequest request = STAGE.a().request();
        assertThat(request.all("Host"))
                .containsExactly(sent.replace("PORT", Integer.toString(STAGE.a().port())));
        assertThat(request.all("X-Forwarded-Host")).containsExactly(host);
        assertThat(request.faults()).isEmpty();
    }

    @Test
    void an_answer_loses_only_what_was_meant_for_this_hop() {
        STAGE.a()
                .always(PeerAction.reply(String.join(
                        "\r\n",
                        "HTTP/1.1 200 OK",
                        "Date: Tue, 15 Nov 1994 08:12:31 GMT",
                        "X-MiXeD: 1",
                        "Keep-Alive: timeout=10",
                        "Proxy-Connection: x",
                        "Upgrade: h2c",
                        "Connection: Upgrade, X-Hop",
                        "X-Hop: 1",
                        "Set-Cookie: a=1",
                        "Content-Length: 2",
                        "Set-Cookie: b=2",
                        "Server:",
                        "",
                        "ok")));
        RawResponse response = STAGE.get("a.localhost", "/");
        assertThat(response.fields())
                .filteredOn(field -> !field.name().equals("Via"))
                .containsExactly(
                        new Field("Date", "Tue, 15 Nov 1994 08:12:31 GMT"),
                        new Field("X-MiXeD", "1"),
                        new Field("Set-Cookie", "a=1"),
                        new Field("Content-Length", "2"),
                        new Field("Set-Cookie", "b=2"),
                        new Field("Server", ""));
    }
}

package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.AccessLogSettings;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Cidr;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.net.Addresses;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A trusted proxy in front that says by the PROXY protocol who the client is. */
class ProxiedClientTest {

    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: a.localhost\r\n\r\n";

    @RegisterExtension
    static final Stage STAGE = new Stage(stage -> new Configuration(
            List.of(BindAddress.loopback(0)),
            List.of(Sites.proxy("a.localhost", stage.a().port())),
            List.of(),
            List.of(Cidr.of(Addresses.LOOPBACK4, 32)),
            true,
            AccessLogSettings.DEFAULT,
            TlsSettings.DEFAULT));

    @Test
    void is_what_upstreams_are_told_with_the_port_it_came_to() {
        RawClient client = STAGE.client().send("PROXY TCP4 10.1.2.3 10.9.8.7 1000 443\r\n" + REQUEST);
        assertThat(client.response().status()).isEqualTo(200);
        assertThat(client.send(REQUEST).response().status()).isEqualTo(200);
        assertThat(STAGE.a().requests()).hasSize(2).allSatisfy(request -> {
            assertThat(request.all("X-Forwarded-For")).containsExactly("10.1.2.3");
            assertThat(request.all("X-Forwarded-Port")).containsExactly("443");
        });
    }

    @Test
    void may_come_in_any_pieces() {
        RawClient client = STAGE.client();
        for (byte each : ("PROXY TCP6 fd00::1 fd00::2 1000 443\r\n" + REQUEST).getBytes(StandardCharsets.US_ASCII)) {
            client.send(new byte[] {each});
        }
        assertThat(client.response().status()).isEqualTo(200);
        assertThat(STAGE.a().requests().get(0).all("X-Forwarded-For")).containsExactly("fd00::1");
    }

    @Test
    void is_never_taken_for_a_program_of_this_machine() {
        RawResponse direct = STAGE.client()
                .send("PROXY UNKNOWN\r\nGET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                .response();
        assertThat(direct.body()).contains("a.localhost");
        RawResponse proxied = STAGE.client()
                .send("PROXY TCP4 127.0.0.1 127.0.0.1 1000 443\r\nGET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                .response();
        assertThat(proxied.status()).isEqualTo(404);
        assertThat(proxied.body()).doesNotContain("a.localhost");
    }

    @Test
    void a_proxy_that_does_not_say_it_is_not_served() {
        for (String bytes : List.of(REQUEST, "PROXY TCP4 10.1.2.3\r\n" + REQUEST)) {
            RawClient client = STAGE.client().send(bytes);
            client.awaitEnd();
        }
        assertThat(STAGE.a().requests()).isEmpty();
    }
}

package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.Tls;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** TLS where there is no BoringSSL. */
class TlsByJavaTest {

    private static final Tls TLS = Tls.inNewFolder();

    @RegisterExtension
    static final Stage STAGE = new Stage(TlsTest::configuration, TLS.terminationByJava());

    @Test
    void serves_requests() {
        RawClient client = STAGE.keep(TLS.client(STAGE.gateway().port(), "a.localhost"));
        for (int i = 0; i < 3; i++) {
            assertThat(client.get("a.localhost", "/" + i).response().body()).isEqualTo("A");
        }
    }

    @Test
    void carries_large_bodies() {
        String body = "x".repeat(1 << 20);
        STAGE.a().always(PeerAction.ok(body));
        RawClient client = STAGE.keep(TLS.client(STAGE.gateway().port(), "a.localhost"));
        RawResponse response = client.get("a.localhost", "/").response();
        assertThat(response.body()).hasSize(body.length());
        assertThat(response.clean()).isTrue();
    }

    @Test
    void never_passes_half_an_answer_off_as_whole() {
        STAGE.a().always(PeerAction.replyThenReset("HTTP/1.1 200 OK\r\n\r\nhello"));
        RawClient client = STAGE.keep(TLS.client(STAGE.gateway().port(), "a.localhost"));
        assertThat(client.get("a.localhost", "/").response().clean()).isFalse();
    }
}

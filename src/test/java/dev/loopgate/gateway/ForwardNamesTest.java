package dev.loopgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.net.Transport;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Tls;
import io.vertx.core.VertxOptions;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/** Who a forward that ends TLS is to its clients, as hosts of the configuration come and go. */
class ForwardNamesTest {

    @Test
    void a_forward_is_nobody_of_a_domain_that_a_reload_has_taken_away() throws Exception {
        Tls tls = Tls.inNewFolder();
        SSLContext trusting = Tls.trusting(tls.folder().certificateOrNew(Set.of("app.example.com"), Instant.now()));
        try (TcpPeer echo = GatewayStartTest.echo();
                GatewayUnderTest gateway =
                        new GatewayUnderTest(Transport.vertx(new VertxOptions()), tls.termination())) {
            Forward forward = GatewayUnderTest.forward(GatewayUnderTest.loopback4(0), echo.port())
                    .with(new Forward.Security(new TlsSettings.Auto(), true));
            Configuration before = GatewayUnderTest.configuration(
                    GatewayUnderTest.loopback4(0),
                    List.of(GatewayUnderTest.answering("app.example.com", "it")),
                    forward);
            gateway.started(before);
            int port = gateway.port(0);
            Tls.connect(trusting, port, "app.example.com").close();
            assertThat(gateway.reload(before.with(List.of(), List.of(forward))).inForce())
                    .isTrue();
            assertThatThrownBy(() -> Tls.connect(trusting, port, "app.example.com"))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("unrecognized_name");
            Tls.connect(trusting, port, "localhost").close();
        }
    }
}

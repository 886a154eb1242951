package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.testkit.RunningGateway;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Tls;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/** Hosts of domains that an authority cannot sign for by itself. */
class ForeignDomainsTest {

    @Test
    void lead_to_one_new_authority_and_not_to_one_for_each() throws IOException {
        Tls tls = Tls.inNewFolder();
        X509Certificate first = tls.folder().certificateOrNew(Instant.now());
        try (RunningGateway gateway = RunningGateway.start(
                Sites.of(
                        Sites.proxy("app.example.com", 1),
                        Sites.proxy("*.example.org", 1),
                        Sites.proxy("app.example.net", 1)),
                tls.termination())) {
            // Another one has taken its place.
            assertThatThrownBy(() -> Tls.connect(Tls.trusting(first), gateway.port(), "app.example.com"))
                    .isInstanceOf(SSLException.class);
            X509Certificate second = tls.folder().certificateOrNew(Instant.now());
            assertThat(second).isNotEqualTo(first);
            for (String name : new String[] {"app.example.com", "a.example.org", "app.example.net"}) {
                Tls.connect(Tls.trusting(second), gateway.port(), name).close();
            }
        }
    }
}

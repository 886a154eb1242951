package dev.loopgate.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.Configuration;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.testkit.Sites;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** For whom an authority is made. */
class LocalDomainsTest {

    private static VirtualHost off(String pattern) {
        VirtualHost host = Sites.proxy(pattern, 1);
        return new VirtualHost(host.pattern(), host.routes(), Optional.of(new TlsSettings.Off()), false);
    }

    @Test
    void those_of_hosts_that_are_served_with_its_certificates_and_no_top_level_domain() {
        Configuration configuration = Configuration.EMPTY.with(
                List.of(
                        Sites.proxy("app.example.com", 1),
                        Sites.proxy("*.example.org", 1),
                        Sites.proxy("app.localhost", 1),
                        Sites.proxy("nas.local", 1),
                        Sites.proxy("*.com", 1),
                        Sites.proxy("intranet", 1),
                        Sites.proxy("*", 1),
                        off("plain.example.net")),
                List.of());
        assertThat(LocalDomains.foreign(configuration)).containsExactlyInAnyOrder("app.example.com", "example.org");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "a.b.localhost", "nas.local", "x.test", "y.internal", "example.org", "a.example.org"
            })
    void permits_names_of_this_machine_and_those_it_was_made_for(String name) {
        assertThat(LocalDomains.permit(Set.of("example.org"), name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "example.com",
                "notexample.org",
                "127.0.0.1",
                "a..localhost",
                "-a.localhost",
                "mylocalhost",
                "a\nb.localhost"
            })
    void permits_no_others(String name) {
        assertThat(LocalDomains.permit(Set.of("example.org"), name)).isFalse();
    }
}

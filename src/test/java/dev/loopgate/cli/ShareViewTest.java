package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.Access;
import dev.loopgate.model.AccessLogSettings;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Cidr;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.Route;
import dev.loopgate.model.RouteOptions;
import dev.loopgate.model.RouteOptions.HostHeader;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.net.Addresses;
import dev.loopgate.testkit.Sites;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShareViewTest {

    private static final BindAddress ON = BindAddress.lan(62893);
    private static final Access LOCAL = new Access(List.of(Cidr.of(Addresses.LOOPBACK4, 8)), List.of());
    private static final Access PHONE = new Access(List.of(Cidr.of(Addresses.literal("192.168.1.7"), 32)), List.of());

    private static RouteOptions options(HostHeader host, Access access) {
        return Sites.options().host(host).access(access).build();
    }

    private final Configuration whole = new Configuration(
            List.of(BindAddress.loopback(8080)),
            List.of(
                    Sites.proxy("app.localhost", 1),
                    Sites.proxy("*.localhost", 2),
                    Sites.proxy("*.shop.localhost", 3),
                    Sites.proxy("*", 4),
                    Sites.proxy("own.localhost", 5, options(new HostHeader.Rewrite(), LOCAL))),
            List.of(),
            List.of(),
            AccessLogSettings.DEFAULT);

    private Optional<Route> shared(String name, Access access) {
        return ShareView.ofHost(whole, name, ON, access).map(view -> {
            assertThat(view.listen()).containsExactly(ON);
            assertThat(view.forwards()).isEmpty();
            assertThat(view.hosts()).extracting(VirtualHost::pattern).containsExactly(HostPattern.any());
            return view.hosts().get(0).routes().get(0);
        });
    }

    @ParameterizedTest
    @CsvSource({"app.localhost, 1", "other.localhost, 2", "a.b.localhost, 2", "x.shop.localhost, 3", "own.localhost, 5"
    })
    void is_the_host_that_a_browser_would_reach(String name, int port) {
        assertThat(shared(name, Access.ALL).orElseThrow().target()).isEqualTo(Sites.to(port));
    }

    @Test
    void a_name_that_only_any_other_would_match_is_none() {
        assertThat(shared("elsewhere.example", Access.ALL)).isEmpty();
    }

    @Test
    void is_as_secure_as_the_host_is_here() {
        VirtualHost plain = Sites.proxy("plain.localhost", 1);
        VirtualHost off = new VirtualHost(plain.pattern(), plain.routes(), Optional.of(new TlsSettings.Off()), false);
        Configuration one = whole.with(List.of(off), List.of());
        Configuration view =
                ShareView.ofHost(one, "plain.localhost", ON, Access.ALL).orElseThrow();
        // By its address a phone asks for no host at all.
        assertThat(view.tls()).isEqualTo(new TlsSettings.Off());
        assertThat(view.hosts().get(0).tls()).contains(new TlsSettings.Off());
        assertThat(ShareView.ofHost(whole, "app.localhost", ON, Access.ALL)
                        .orElseThrow()
                        .tls())
                .isEqualTo(new TlsSettings.Auto());
    }

    @Test
    void backends_get_the_host_that_they_know() {
        assertThat(shared("app.localhost", Access.ALL).orElseThrow().options().host())
                .isEqualTo(new HostHeader.Literal("app.localhost:8080"));
        assertThat(shared("own.localhost", Access.ALL).orElseThrow().options().host())
                .isEqualTo(new HostHeader.Rewrite());
    }

    @Test
    void the_routes_rules_hold_unless_others_are_named() {
        assertThat(shared("own.localhost", Access.ALL).orElseThrow().options().access())
                .isEqualTo(LOCAL);
        assertThat(shared("own.localhost", PHONE).orElseThrow().options().access())
                .isEqualTo(PHONE);
        assertThat(shared("app.localhost", PHONE).orElseThrow().options().access())
                .isEqualTo(PHONE);
    }
}

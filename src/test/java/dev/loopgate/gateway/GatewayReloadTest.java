package dev.loopgate.gateway;

import static dev.loopgate.gateway.GatewayStartTest.assertEchoes;
import static dev.loopgate.gateway.GatewayStartTest.echo;
import static dev.loopgate.gateway.GatewayStartTest.listens;
import static dev.loopgate.gateway.GatewayUnderTest.answering;
import static dev.loopgate.gateway.GatewayUnderTest.configuration;
import static dev.loopgate.gateway.GatewayUnderTest.forward;
import static dev.loopgate.gateway.GatewayUnderTest.get;
import static dev.loopgate.gateway.GatewayUnderTest.loopback4;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.gateway.ReloadReport.Outcome;
import dev.loopgate.model.Access;
import dev.loopgate.model.AccessLogSettings;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Cidr;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.Transport;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.PortHog;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Tls;
import dev.loopgate.testkit.Wire;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class GatewayReloadTest {

    private static final AccessLogSettings UNUSABLE_LOG =
            new AccessLogSettings(AccessLogSettings.Format.JSON, Optional.of(Path.of("/dev/null/access.log")));

    @Test
    void an_equal_configuration_changes_nothing() {
        Configuration configuration = configuration(loopback4(0), List.of(answering("a.localhost", "A")));
        try (GatewayUnderTest gateway = new GatewayUnderTest().started(configuration)) {
            int port = gateway.port();
            assertThat(gateway.reload(configuration).outcome()).isEqualTo(Outcome.UNCHANGED);
            assertThat(gateway.port()).isEqualTo(port);
        }
    }

    @Test
    void a_reload_regards_whom_to_trust_also_where_the_file_says_the_same() {
        int secure = TcpPeer.closedPort();
        try (TcpPeer echo = echo();
                GatewayUnderTest gateway = new GatewayUnderTest(
                        Transport.vertx(new VertxOptions()), Tls.inNewFolder().termination())) {
            Forward.Tcp ends =
                    forward(loopback4(secure), echo.port()).with(new Forward.Security(new TlsSettings.Auto(), true));
            Forward begins = Forward.Tcp.of(
                    loopback4(0), List.of(new UpstreamAddress.Tls(new UpstreamAddress.LoopbackPort(secure))));
            Configuration configuration = configuration(loopback4(0), List.of(), ends, begins);
            gateway.started(configuration);
            // Its authority is made with this connection.
            try (Wire client = Wire.connect(gateway.port(1))) {
                assertThat(client.awaitEnd()).isEqualTo(Wire.End.RESET);
            }
            assertThat(gateway.reload(configuration).outcome()).isEqualTo(Outcome.UNCHANGED);
            assertEchoes(gateway.port(1));
        }
    }

    @Test
    void that_a_bad_file_was_put_right_is_told_even_where_nothing_changes_by_it() {
        Configuration configuration = configuration(loopback4(0), List.of());
        try (GatewayUnderTest gateway = new GatewayUnderTest().started(configuration)) {
            gateway.reload(configuration);
            gateway.gateway.invalid(List.of("loopgate.yaml:1:1: wrong"));
            gateway.reload(configuration);
            gateway.reload(configuration);

            assertThat(gateway.reloads)
                    .extracting(ReloadReport::outcome)
                    .containsExactly(Outcome.INVALID, Outcome.UNCHANGED);
        }
    }

    @Test
    void new_changed_and_removed_hosts_and_forwards_are_in_force_and_counted() {
        BindAddress kept = loopback4(0);
        BindAddress removed = BindAddress.of("127.0.0.2", 0);
        BindAddress added = BindAddress.of("127.0.0.3", 0);
        try (TcpPeer echo = echo();
                GatewayUnderTest gateway = new GatewayUnderTest()
                        .started(configuration(
                                loopback4(0),
                                List.of(answering("a.localhost", "A"), answering("b.localhost", "B")),
                                forward(kept, echo.port()),
                                forward(removed, echo.port())));
                RawClient open = RawClient.connect(gateway.port())) {
            assertThat(open.get("a.localhost", "/").response().body()).isEqualTo("A");
            int port = gateway.port();
            int keptPort = gateway.port(0);

            ReloadReport report = gateway.reload(configuration(
                    loopback4(0),
                    List.of(answering("a.localhost", "AA"), answering("c.localhost", "C")),
                    forward(kept, echo.port()),
                    forward(added, echo.port())));

            assertThat(report.text()).isEqualTo("+2 ~1 -2, 1 connection kept");
            assertThat(gateway.gateway.status().lastReload()).contains(report);
            assertThat(gateway.port()).isEqualTo(port);
            assertThat(gateway.port(0)).isEqualTo(keptPort);
            assertThat(open.get("a.localhost", "/").response().body()).isEqualTo("AA");
            assertThat(get(port, "b.localhost")).isEqualTo("404");
            assertThat(get(port, "c.localhost")).isEqualTo("C");
        }
    }

    @Test
    void connections_of_an_unchanged_forward_are_not_touched_and_those_of_a_removed_one_may_finish() {
        BindAddress kept = loopback4(0);
        BindAddress removed = loopback4(TcpPeer.closedPort());
        try (TcpPeer echo = echo();
                GatewayUnderTest gateway = new GatewayUnderTest()
                        .started(configuration(
                                loopback4(0), List.of(), forward(kept, echo.port()), forward(removed, echo.port())));
                Wire staying = Wire.connect(gateway.port(0));
                Wire leaving = Wire.connect(removed.port())) {
            exchange(staying);
            exchange(leaving);

            ReloadReport report = gateway.reload(configuration(loopback4(0), List.of(), forward(kept, echo.port())));

            assertThat(report.text()).isEqualTo("+0 ~0 -1, 1 connection kept");
            assertThat(listens(removed.port())).isFalse();
            exchange(staying);
            exchange(leaving);
            leaving.finish();
            assertThat(leaving.awaitEnd()).isEqualTo(Wire.End.FIN);
        }
    }

    @Test
    void a_changed_forward_keeps_its_socket_and_ends_only_whom_it_now_forbids() {
        BindAddress bind = loopback4(0);
        try (TcpPeer echo = echo();
                TcpPeer other = TcpPeer.start(wire -> wire.send("other"));
                GatewayUnderTest gateway = new GatewayUnderTest()
                        .started(configuration(loopback4(0), List.of(), forward(bind, echo.port())));
                Wire before = Wire.connect(gateway.port(0))) {
            exchange(before);
            int port = gateway.port(0);

            ReloadReport changed = gateway.reload(configuration(loopback4(0), List.of(), forward(bind, other.port())));
            assertThat(changed.text()).isEqualTo("+0 ~1 -0, 1 connection kept");
            assertThat(gateway.port(0)).isEqualTo(port);
            exchange(before);
            try (Wire after = Wire.connect(port)) {
                assertThat(Wire.text(after.read(5))).isEqualTo("other");
            }

            Forward.Tcp rule = forward(bind, other.port());
            Access nobody = new Access(List.of(), List.of(Cidr.of(Addresses.LOOPBACK4, 8)));
            gateway.reload(configuration(loopback4(0), List.of(), rule.with(nobody)));
            assertThat(before.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
        }
    }

    @Test
    void a_listen_address_moves_without_a_cut() {
        try (GatewayUnderTest gateway = new GatewayUnderTest()
                        .started(configuration(
                                loopback4(TcpPeer.closedPort()), List.of(answering("a.localhost", "A"))));
                RawClient open = RawClient.connect(gateway.port())) {
            assertThat(open.get("a.localhost", "/").response().body()).isEqualTo("A");
            int before = gateway.port();
            int after = TcpPeer.closedPort();

            ReloadReport report =
                    gateway.reload(configuration(loopback4(after), List.of(answering("a.localhost", "AA"))));

            assertThat(report.outcome()).isEqualTo(Outcome.APPLIED);
            assertThat(listens(before)).isFalse();
            assertThat(get(after, "a.localhost")).isEqualTo("AA");
            assertThat(open.get("a.localhost", "/").response().body()).isEqualTo("AA");
        }
    }

    @RepeatedTest(5)
    void the_first_connection_to_a_new_listen_address_finds_the_new_hosts() throws Exception {
        int port = TcpPeer.closedPort();
        ExecutorService client = Executors.newSingleThreadExecutor();
        try (GatewayUnderTest gateway =
                new GatewayUnderTest().started(configuration(loopback4(0), List.of(answering("a.localhost", "old"))))) {
            Future<String> first = client.submit(() -> {
                // At once, without a pause between two attempts.
                while (!listens(port) && !Thread.interrupted()) {
                    Thread.onSpinWait();
                }
                return get(port, "a.localhost");
            });
            gateway.reload(configuration(loopback4(port), List.of(answering("a.localhost", "new"))));
            assertThat(first.get(15, TimeUnit.SECONDS)).isEqualTo("new");
        } finally {
            client.shutdownNow();
        }
    }

    @Test
    void a_listen_address_that_is_taken_rejects_the_whole_reload() {
        Configuration good = configuration(loopback4(0), List.of(answering("a.localhost", "A")));
        try (PortHog hog = PortHog.start("127.0.0.1", 0, false);
                GatewayUnderTest gateway = new GatewayUnderTest().started(good)) {
            int port = gateway.port();
            int free = TcpPeer.closedPort();
            ReloadReport report = gateway.reload(new Configuration(
                    List.of(loopback4(free), loopback4(hog.port())),
                    List.of(answering("a.localhost", "AA")),
                    List.of(),
                    List.of(),
                    GatewayUnderTest.NO_LOG));

            assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(report.problems()).singleElement().asString().contains("pid " + hog.pid());
            assertThat(get(port, "a.localhost")).isEqualTo("A");
            assertThat(listens(free)).isFalse();
            assertThat(gateway.reload(good).outcome()).isEqualTo(Outcome.UNCHANGED);
        }
    }

    @Test
    void listening_widens_to_every_address_of_the_same_port_and_back() {
        int port = TcpPeer.closedPort();
        Configuration narrow = configuration(loopback4(port), List.of(answering("a.localhost", "A")));
        Configuration wide = configuration(BindAddress.of("0.0.0.0", port), List.of(answering("a.localhost", "A")));
        try (GatewayUnderTest gateway = new GatewayUnderTest().started(narrow)) {
            ReloadReport widened = gateway.reload(wide);
            assertThat(widened.text()).isEqualTo("+1 ~0 -1, 0 connections kept");
            assertThat(widened.network())
                    .isEqualTo(new NetworkChange(
                            List.of(new GatewayStatus.Listening("0.0.0.0:" + port, true)),
                            List.of(new GatewayStatus.Listening("127.0.0.1:" + port, false)),
                            List.of()));
            assertThat(gateway.gateway.status().listeners())
                    .containsExactly(new GatewayStatus.Listening("0.0.0.0:" + port, true));
            assertThat(get(port, "a.localhost")).isEqualTo("A");
            assertThat(gateway.reload(narrow).outcome()).isEqualTo(Outcome.APPLIED);
            assertThat(get(port, "a.localhost")).isEqualTo("A");
        }
    }

    @Test
    void listening_stays_as_it_was_where_it_cannot_widen() {
        try (PortHog hog = PortHog.start("127.0.0.2", 0, false);
                GatewayUnderTest gateway = new GatewayUnderTest()
                        .started(configuration(loopback4(hog.port()), List.of(answering("a.localhost", "A"))))) {
            ReloadReport report = gateway.reload(configuration(BindAddress.of("0.0.0.0", hog.port()), List.of()));

            assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(get(hog.port(), "a.localhost")).isEqualTo("A");
        }
    }

    /** NIO gives up a socket only some time after it was closed. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_gateway_takes_over_the_port_of_a_forward_that_goes_and_gives_it_back(boolean asShipped) {
        int port = TcpPeer.closedPort();
        try (TcpPeer echo = echo();
                GatewayUnderTest gateway = new GatewayUnderTest(
                                asShipped ? Transport.vertx(new VertxOptions()) : Vertx.vertx())
                        .started(configuration(loopback4(0), List.of(), forward(loopback4(port), echo.port())))) {
            assertEchoes(port);
            ReloadReport taken = gateway.reload(configuration(loopback4(port), List.of(answering("a.localhost", "A"))));
            assertThat(taken.problems()).isEmpty();
            assertThat(get(port, "a.localhost")).isEqualTo("A");
            ReloadReport given =
                    gateway.reload(configuration(loopback4(0), List.of(), forward(loopback4(port), echo.port())));
            assertThat(given.problems()).isEmpty();
            assertThat(gateway.blocked).isEmpty();
            assertEchoes(port);
        }
    }

    @Test
    void listening_stays_as_it_was_where_it_widened_before_something_else_failed() {
        int port = TcpPeer.closedPort();
        try (GatewayUnderTest gateway = new GatewayUnderTest()
                .started(configuration(loopback4(port), List.of(answering("a.localhost", "A"))))) {
            ReloadReport report = gateway.reload(new Configuration(
                    List.of(BindAddress.of("0.0.0.0", port)), List.of(), List.of(), List.of(), UNUSABLE_LOG));

            assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(gateway.gateway.status().listeners())
                    .containsExactly(new GatewayStatus.Listening("127.0.0.1:" + port, false));
            assertThat(get(port, "a.localhost")).isEqualTo("A");
        }
    }

    @Test
    void an_access_log_that_cannot_be_opened_rejects_the_reload() {
        Configuration good = configuration(loopback4(0), List.of(answering("a.localhost", "A")));
        try (GatewayUnderTest gateway = new GatewayUnderTest().started(good)) {
            ReloadReport report = gateway.reload(new Configuration(
                    List.of(loopback4(0)),
                    List.of(answering("a.localhost", "AA")),
                    List.of(),
                    List.of(),
                    UNUSABLE_LOG));

            assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(report.problems()).singleElement().asString().contains("/dev/null/access.log");
            assertThat(get(gateway.port(), "a.localhost")).isEqualTo("A");
        }
    }

    @Test
    void settings_that_are_there_once_count_as_changed() {
        Configuration plain = configuration(loopback4(0), List.of());
        try (GatewayUnderTest gateway = new GatewayUnderTest().started(plain)) {
            ReloadReport report = gateway.reload(new Configuration(
                    plain.listen(),
                    List.of(),
                    List.of(),
                    List.of(Cidr.of(InetAddress.getLoopbackAddress(), 8)),
                    plain.accessLog()));
            assertThat(report.text()).isEqualTo("+0 ~1 -0, 0 connections kept");
        }
    }

    private static void exchange(Wire wire) {
        wire.send("ping");
        assertThat(Wire.text(wire.read(4, Duration.ofSeconds(15)))).isEqualTo("ping");
    }
}

package dev.loopgate.gateway;

import static dev.loopgate.gateway.GatewayUnderTest.answering;
import static dev.loopgate.gateway.GatewayUnderTest.configuration;
import static dev.loopgate.gateway.GatewayUnderTest.forward;
import static dev.loopgate.gateway.GatewayUnderTest.get;
import static dev.loopgate.gateway.GatewayUnderTest.loopback4;
import static dev.loopgate.testkit.Ipv6.assumeIpv6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward;
import dev.loopgate.net.BindTargets;
import dev.loopgate.net.Transport;
import dev.loopgate.testkit.Descriptors;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.PortHog;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Wire;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class GatewayStartTest {

    private static final Duration LIMIT = Duration.ofSeconds(15);

    @Test
    void serves_hosts_and_forwards_and_says_what_it_does() {
        try (TcpPeer echo = echo();
                GatewayUnderTest gateway = new GatewayUnderTest()
                        .started(configuration(
                                loopback4(0),
                                List.of(answering("a.localhost", "A")),
                                forward(loopback4(0), echo.port())))) {
            assertThat(get(gateway.port(), "a.localhost")).isEqualTo("A");
            assertEchoes(gateway.port(0));

            GatewayStatus status = gateway.gateway.status();
            assertThat(status.pid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(status.requests()).isEqualTo(1);
            assertThat(status.listeners())
                    .containsExactly(new GatewayStatus.Listening("127.0.0.1:" + gateway.port(), false));
            assertThat(status.hosts()).singleElement().satisfies(host -> {
                assertThat(host.url()).contains("http://a.localhost:" + gateway.port() + "/");
                assertThat(host.routes()).containsExactly(new GatewayStatus.RouteState("/", "respond 200"));
            });
            assertThat(status.forwards()).singleElement().satisfies(forward -> {
                assertThat(forward.targets()).containsExactly("localhost:" + echo.port());
                assertThat(forward.problem()).isEmpty();
                assertThat(forward.accepted()).isEqualTo(1);
            });
        }
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "every address of 127.0.0.0/8 is the machine's")
    void serves_others_while_a_thousand_ports_are_being_opened() {
        int ports = 1_000;
        Descriptors.assume(ports);
        Forward[] range = IntStream.range(0, ports)
                .mapToObj(i -> forward(BindAddress.of("127.77." + i / 250 + "." + (i % 250 + 1), 0), 1))
                .toArray(Forward[]::new);
        Set<Long> seen = ConcurrentHashMap.newKeySet();
        AtomicBoolean started = new AtomicBoolean();
        try (GatewayUnderTest gateway =
                new GatewayUnderTest(Transport.vertx(new VertxOptions().setEventLoopPoolSize(1)))) {
            long before = Descriptors.open();
            Context loop = gateway.vertx.getOrCreateContext();
            loop.runOnContext(new Handler<>() {
                @Override
                public void handle(Void turn) {
                    seen.add(Descriptors.open());
                    if (!started.get()) {
                        loop.runOnContext(this);
                    }
                }
            });
            gateway.started(configuration(loopback4(0), List.of(), range));
            started.set(true);
            assertThat(gateway.gateway.status().forwards())
                    .hasSize(ports)
                    .allSatisfy(forward -> assertThat(forward.addresses()).hasSize(1));
            assertThat(seen).anyMatch(open -> open > before + 100 && open < before + ports - 100);
        }
    }

    @RepeatedTest(5)
    void the_first_connection_that_is_accepted_finds_the_hosts() throws Exception {
        int port = TcpPeer.closedPort();
        GatewayUnderTest gateway = new GatewayUnderTest();
        ExecutorService client = Executors.newSingleThreadExecutor();
        try {
            java.util.concurrent.Future<String> first = client.submit(() -> {
                // At once, without a pause between two attempts.
                while (!listens(port) && !Thread.interrupted()) {
                    Thread.onSpinWait();
                }
                return get(port, "a.localhost");
            });
            gateway.started(configuration(loopback4(port), List.of(answering("a.localhost", "A"))));
            assertThat(first.get(15, TimeUnit.SECONDS)).isEqualTo("A");
        } finally {
            client.shutdownNow();
            gateway.close();
        }
    }

    @Test
    void listens_on_both_loopback_families() {
        assumeIpv6();
        try (GatewayUnderTest gateway =
                new GatewayUnderTest().started(configuration(BindAddress.loopback(0), List.of()))) {
            assertThat(gateway.gateway.status().listeners())
                    .extracting(GatewayStatus.Listening::address)
                    .containsExactly("127.0.0.1:" + gateway.port(), "[::1]:" + gateway.port());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_port_that_another_process_has_is_the_end_even_where_it_would_share_it(boolean shared) {
        try (PortHog hog = PortHog.start("127.0.0.1", 0, shared);
                GatewayUnderTest gateway = new GatewayUnderTest()) {
            int free = TcpPeer.closedPort();
            Configuration configuration = new Configuration(
                    List.of(loopback4(free), loopback4(hog.port())),
                    List.of(),
                    List.of(),
                    List.of(),
                    GatewayUnderTest.NO_LOG);

            StartFailure failure = startFailure(gateway, configuration);

            assertThat(failure.portTaken()).isTrue();
            assertThat(failure.problem().flatMap(BindProblem::holder))
                    .get()
                    .satisfies(who -> assertThat(who.pid()).isEqualTo(hog.pid()));
            assertThat(failure)
                    .hasMessageStartingWith(
                            "cannot listen on 127.0.0.1:" + hog.port() + ": the port is taken, by java");
            assertThat(listens(free)).isFalse();
        }
    }

    @Test
    void two_gateways_never_share_a_port() {
        try (GatewayUnderTest first = new GatewayUnderTest().started(configuration(loopback4(0), List.of()));
                GatewayUnderTest second = new GatewayUnderTest()) {
            StartFailure failure = startFailure(second, configuration(loopback4(first.port()), List.of()));
            assertThat(failure.portTaken()).isTrue();
        }
    }

    @Test
    void a_busy_forward_holds_up_nothing_and_listens_once_its_port_is_free() throws Exception {
        try (TcpPeer echo = echo();
                GatewayUnderTest gateway = new GatewayUnderTest()) {
            try (PortHog hog = PortHog.start("127.0.0.1", 0, false)) {
                gateway.started(configuration(
                        loopback4(0),
                        List.of(answering("a.localhost", "A")),
                        forward(loopback4(hog.port()), echo.port()),
                        forward(loopback4(0), echo.port())));

                assertThat(get(gateway.port(), "a.localhost")).isEqualTo("A");
                assertEchoes(gateway.port(1));
                BindProblem problem = gateway.blocked.poll(15, TimeUnit.SECONDS);
                assertThat(problem).isNotNull();
                assertThat(problem.kind()).isEqualTo(BindProblem.Kind.TAKEN);
                assertThat(problem.holder())
                        .get()
                        .satisfies(who -> assertThat(who.pid()).isEqualTo(hog.pid()));
                assertThat(gateway.gateway.status().forwards().get(0).problem()).contains(problem);
            }
            assertThat(gateway.listening.poll(15, TimeUnit.SECONDS)).isNotNull();
            assertThat(gateway.gateway.status().forwards().get(0).problem()).isEmpty();
            assertEchoes(gateway.port(0));
        }
    }

    @Test
    void a_forward_of_every_address_to_a_service_that_has_the_port_is_told_of_lan() throws Exception {
        try (PortHog echo = PortHog.start("127.0.0.1", 0, false);
                GatewayUnderTest gateway = new GatewayUnderTest()
                        .started(configuration(
                                loopback4(0),
                                List.of(),
                                forward(BindAddress.of("0.0.0.0", echo.port()), echo.port())))) {
            BindProblem problem = gateway.blocked.poll(15, TimeUnit.SECONDS);
            assertThat(problem).isNotNull();
            assertThat(problem.hint()).get().asString().contains("\"lan:" + echo.port() + "\"");
        }
    }

    @Test
    void a_forward_of_the_network_to_a_service_that_listens_there_itself_is_refused_with_a_hint() throws Exception {
        Assumptions.assumeFalse(
                BindTargets.of(BindAddress.lan(1)).addresses().isEmpty(), "this machine is on no network");
        try (PortHog echo = PortHog.start("0.0.0.0", 0, false);
                GatewayUnderTest gateway = new GatewayUnderTest()
                        .started(configuration(
                                loopback4(0), List.of(), forward(BindAddress.lan(echo.port()), echo.port())))) {
            BindProblem problem = gateway.blocked.poll(15, TimeUnit.SECONDS);
            assertThat(problem).isNotNull();
            assertThat(problem.hint()).get().asString().contains("127.0.0.1 only");
        }
    }

    @Test
    void a_stop_lets_an_exchange_finish_and_then_closes() {
        try (TcpPeer slow = TcpPeer.start(wire -> {
                    wire.until("\r\n\r\n", LIMIT);
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfi");
                    wire.until("never", LIMIT);
                });
                GatewayUnderTest gateway = new GatewayUnderTest()
                        .started(configuration(
                                loopback4(0), List.of(GatewayUnderTest.proxying("a.localhost", slow.port()))));
                RawClient idle = RawClient.connect(gateway.port());
                RawClient client = RawClient.connect(gateway.port())) {
            client.get("a.localhost", "/").head();
            Eventually.until(
                    "both are connected", () -> gateway.gateway.status().connections() == 2);
            int port = gateway.port();

            var stopping = gateway.gateway.stop(Duration.ofMinutes(1));

            assertThat(idle.awaitEnd()).isEqualTo(Wire.End.FIN);
            Eventually.until("it does not listen", () -> !listens(port));
            assertThat(stopping.isComplete()).isFalse();
            Watched.await(gateway.gateway.stopNow());
            assertThat(stopping.isComplete()).isTrue();
            assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
        }
    }

    private static StartFailure startFailure(GatewayUnderTest gateway, Configuration configuration) {
        Throwable failure = gateway.gateway
                .start(configuration, List.of())
                .<Throwable>transform(done -> Future.succeededFuture(done.cause()))
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        assertThat(failure).isInstanceOf(StartFailure.class);
        return (StartFailure) failure;
    }

    static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    static TcpPeer echo() {
        return TcpPeer.start(GatewayStartTest::echo);
    }

    static void echo(Wire wire) {
        while (true) {
            byte[] some = wire.readSome(65536, Duration.ofMinutes(1));
            if (some.length == 0 || !wire.send(some)) {
                return;
            }
        }
    }

    static void assertEchoes(int port) {
        try (Wire wire = Wire.connect(port)) {
            wire.send("ping");
            assertThat(Wire.text(wire.read(4))).isEqualTo("ping");
        }
    }
}

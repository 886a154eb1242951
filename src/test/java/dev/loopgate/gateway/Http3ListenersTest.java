package dev.loopgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.diagnose.PatientPortHolders;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward;
import dev.loopgate.model.TlsSettings;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.MachineAddresses;
import dev.loopgate.net.PortHolders;
import dev.loopgate.net.QuicListening;
import dev.loopgate.net.QuicService;
import dev.loopgate.net.Transport;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Programs;
import dev.loopgate.testkit.Tls;
import dev.loopgate.testkit.UdpPeer;
import dev.loopgate.tls.TlsIdentity;
import io.netty.handler.codec.quic.QuicChannel;
import java.lang.reflect.Proxy;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The UDP sockets of HTTP/3 come and go with the file, and what they cannot have holds nothing up. */
class Http3ListenersTest {

    private final GatewayUnderTest under = new GatewayUnderTest();

    @BeforeEach
    void needsTheLibrary() {
        QuicListening.lacking().ifPresent(Programs::missing);
    }

    @AfterEach
    void close() {
        under.close();
    }

    private static Configuration configuration(String address, int port, boolean http3, Forward... forwards) {
        return new Configuration(
                List.of(BindAddress.of(address, port)),
                List.of(),
                List.of(forwards),
                List.of(),
                false,
                GatewayUnderTest.NO_LOG,
                TlsSettings.DEFAULT,
                http3);
    }

    private GatewayStatus.Http3 http3() {
        return under.gateway.status().http3().orElseThrow();
    }

    private static boolean taken(int port) {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(Addresses.LOOPBACK4, port))) {
            return socket.isClosed();
        } catch (java.io.IOException inUse) {
            return true;
        }
    }

    @Test
    void listens_on_the_udp_port_of_the_same_number_only_while_it_is_asked_for() {
        under.started(configuration("127.0.0.1", 0, false));
        int port = under.port();
        assertThat(under.gateway.status().http3()).isEmpty();
        assertThat(taken(port)).isFalse();
        assertThat(under.reload(configuration("127.0.0.1", 0, true)).inForce()).isTrue();
        assertThat(http3().addresses()).containsExactly("127.0.0.1:" + port);
        assertThat(taken(port)).isTrue();
        assertThat(under.reload(configuration("127.0.0.1", 0, false)).inForce()).isTrue();
        assertThat(under.gateway.status().http3()).isEmpty();
        Eventually.until("the port is free", () -> !taken(port));
    }

    @Test
    void a_port_that_somebody_has_is_told_and_taken_once_it_is_free() throws Exception {
        under.started(configuration("127.0.0.1", 0, false));
        int port = under.port();
        try (DatagramSocket other = new DatagramSocket(new InetSocketAddress(Addresses.LOOPBACK4, port))) {
            assertThat(other.isBound()).isTrue();
            assertThat(under.reload(configuration("127.0.0.1", 0, true)).inForce())
                    .isTrue();
            assertThat(http3().addresses()).isEmpty();
            assertThat(http3().problems())
                    .singleElement()
                    .asString()
                    .startsWith("HTTP/3 cannot listen on 127.0.0.1:" + port + "/udp: ");
            assertThat(under.notices).hasSize(1);
        }
        Eventually.until("HTTP/3 is served", () -> !http3().addresses().isEmpty());
        assertThat(http3().problems()).isEmpty();
        assertThat(under.notices).hasSize(1);
    }

    @Test
    void each_address_has_a_socket_of_its_own_where_all_are_listened_on() {
        under.started(configuration("0.0.0.0", 0, true));
        int port = under.port();
        assertThat(http3().addresses()).contains("127.0.0.1:" + port).doesNotContain("0.0.0.0:" + port);
    }

    @Test
    void says_once_where_there_is_no_quic_and_goes_on() {
        Set<String> asked = new HashSet<>();
        HttpFront without = (HttpFront) Proxy.newProxyInstance(
                HttpFront.class.getClassLoader(), new Class<?>[] {HttpFront.class}, (front, method, arguments) -> {
                    asked.add(method.getName());
                    return method.getName().equals("lackingHttp3") ? Optional.of("there is none") : null;
                });
        Http3Listeners listeners = new Http3Listeners(
                under.vertx,
                without,
                new BindProblems(PatientPortHolders.create()),
                under,
                new NetworkWatch(under.vertx, MachineAddresses::now, NetworkWatch.PAUSE));
        under.started(configuration("127.0.0.1", 0, false));
        for (int port : List.of(1, 2)) {
            Watched.await(listeners.follow(Set.of(new InetSocketAddress(Addresses.LOOPBACK4, port))));
        }
        String sentence = "HTTP/3 is not served: there is none; everything else is";
        assertThat(under.notices).containsExactly(sentence);
        assertThat(listeners.status().orElseThrow()).isEqualTo(new GatewayStatus.Http3(List.of(), List.of(sentence)));
        assertThat(asked).doesNotContain("bindHttp3");
    }

    private static final PortHolders CONFUSED = (protocol, address) -> {
        throw new IllegalStateException("who knows");
    };

    /** Opens sockets, of which those of one port fail as nobody expects, as often as told. */
    private HttpFront failing(Transport transport, int port, AtomicInteger failures) {
        QuicListening listening = new QuicListening(transport, Tls.withoutAuthority());
        QuicService nobody = new QuicService() {
            @Override
            public Optional<TlsIdentity> identity(String name, InetSocketAddress local) {
                return Optional.empty();
            }

            @Override
            public void accept(QuicChannel connection, InetSocketAddress local) {
                connection.close();
            }
        };
        return (HttpFront) Proxy.newProxyInstance(
                HttpFront.class.getClassLoader(), new Class<?>[] {HttpFront.class}, (front, method, arguments) -> {
                    if (method.getName().equals("lackingHttp3")) {
                        return Optional.empty();
                    }
                    if (!method.getName().equals("bindHttp3")) {
                        return null;
                    }
                    InetSocketAddress address = (InetSocketAddress) arguments[0];
                    if (address.getPort() == port && failures.getAndDecrement() > 0) {
                        throw new IllegalStateException("it is Friday");
                    }
                    return listening.listen(address, nobody);
                });
    }

    @Test
    void an_address_that_fails_as_nobody_expects_is_told_once_and_had_later_and_holds_no_other_up() {
        int odd = UdpPeer.closedPort();
        int even = UdpPeer.closedPort();
        AtomicInteger failures = new AtomicInteger(3);
        Http3Listeners listeners = new Http3Listeners(
                under.vertx,
                failing(new Transport(under.vertx), odd, failures),
                new BindProblems(CONFUSED),
                under,
                new NetworkWatch(under.vertx, MachineAddresses::now, Duration.ofMillis(50)));
        Set<InetSocketAddress> wanted = new LinkedHashSet<>();
        wanted.add(new InetSocketAddress(Addresses.LOOPBACK4, odd));
        wanted.add(new InetSocketAddress(Addresses.LOOPBACK4, even));
        Watched.await(listeners.follow(wanted));
        assertThat(under.notices)
                .containsExactly(
                        "HTTP/3 cannot listen on 127.0.0.1:" + odd + "/udp: it is Friday; trying again until it can");
        assertThat(listeners.status().orElseThrow().addresses()).containsExactly("127.0.0.1:" + even);
        Eventually.until(
                "both are listened on",
                () -> listeners.status().orElseThrow().addresses().size() == 2);
        assertThat(listeners.status().orElseThrow().problems()).isEmpty();
        assertThat(under.notices).hasSize(1);
        Watched.await(listeners.close(Duration.ZERO));
    }

    @Test
    void a_taken_port_is_told_though_it_cannot_be_found_out_who_has_it() throws Exception {
        try (DatagramSocket other = new DatagramSocket(new InetSocketAddress(Addresses.LOOPBACK4, 0))) {
            int free = UdpPeer.closedPort();
            Http3Listeners listeners = new Http3Listeners(
                    under.vertx,
                    failing(new Transport(under.vertx), 0, new AtomicInteger()),
                    new BindProblems(CONFUSED),
                    under,
                    new NetworkWatch(under.vertx, MachineAddresses::now, NetworkWatch.PAUSE));
            Set<InetSocketAddress> wanted = new LinkedHashSet<>();
            wanted.add(new InetSocketAddress(Addresses.LOOPBACK4, other.getLocalPort()));
            wanted.add(new InetSocketAddress(Addresses.LOOPBACK4, free));
            Watched.await(listeners.follow(wanted));
            assertThat(listeners.status().orElseThrow().addresses()).containsExactly("127.0.0.1:" + free);
            assertThat(listeners.status().orElseThrow().problems())
                    .singleElement()
                    .asString()
                    .startsWith("HTTP/3 cannot listen on 127.0.0.1:" + other.getLocalPort() + "/udp: ");
            Watched.await(listeners.close(Duration.ZERO));
        }
    }

    @Test
    void goes_off_and_on_again_on_the_same_port() {
        under.started(configuration("127.0.0.1", 0, true));
        String address = "127.0.0.1:" + under.port();
        for (int i = 0; i < 3; i++) {
            under.reload(configuration("127.0.0.1", 0, false));
            under.reload(configuration("127.0.0.1", 0, true));
            assertThat(http3().addresses()).containsExactly(address);
        }
        assertThat(under.notices).isEmpty();
    }
}

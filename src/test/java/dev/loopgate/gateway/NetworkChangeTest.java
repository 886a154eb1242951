package dev.loopgate.gateway;

import static dev.loopgate.gateway.GatewayUnderTest.configuration;
import static dev.loopgate.gateway.GatewayUnderTest.forward;
import static dev.loopgate.gateway.GatewayUnderTest.loopback4;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.gateway.ReloadReport.Outcome;
import dev.loopgate.model.Access;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Cidr;
import dev.loopgate.model.Forward;
import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.testkit.TcpPeer;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a reload says of where the network reaches this machine. */
class NetworkChangeTest {

    @Test
    void forwards_that_the_network_reaches_otherwise_than_before_are_told_once() {
        int port = TcpPeer.closedPort();
        BindAddress open = BindAddress.of("0.0.0.0", port);
        Forward.Tcp rule = forward(open, 1);
        Access some = new Access(List.of(Cidr.of(InetAddress.getLoopbackAddress(), 8)), List.of());
        Access others = new Access(List.of(), List.of(Cidr.of(InetAddress.getLoopbackAddress(), 8)));
        try (GatewayUnderTest gateway = new GatewayUnderTest().started(configuration(loopback4(0), List.of()))) {
            assertThat(exposed(gateway, allowing(rule, some), forward(loopback4(0), 1)))
                    .containsExactly(new NetworkChange.Exposed(Protocol.TCP, open.toString(), List.of("localhost:1")));
            assertThat(exposed(gateway, allowing(rule, some), forward(loopback4(0), 2)))
                    .isEmpty();
            assertThat(exposed(gateway, allowing(rule, others))).hasSize(1);
            assertThat(exposed(gateway, rule)).hasSize(1);
            assertThat(exposed(gateway, forward(open, 2)))
                    .containsExactly(new NetworkChange.Exposed(Protocol.TCP, open.toString(), List.of("localhost:2")));
            assertThat(exposed(gateway, forward(open, 2), forward(loopback4(0), 3)))
                    .isEmpty();
        }
    }

    @Test
    void a_rule_that_only_became_narrower_is_not_told() {
        BindAddress open = BindAddress.of("0.0.0.0", TcpPeer.closedPort());
        Cidr block = Cidr.of(InetAddress.getLoopbackAddress(), 8);
        Cidr part = Cidr.of(InetAddress.getLoopbackAddress(), 24);
        try (GatewayUnderTest gateway =
                new GatewayUnderTest().started(configuration(loopback4(0), List.of(), forward(open, 1, 2, 3)))) {
            assertThat(exposed(gateway, forward(open, 3, 1, 2))).isEmpty();
            assertThat(exposed(gateway, forward(open, 3, 1))).isEmpty();
            Forward.Tcp fewer = forward(open, 3);
            assertThat(exposed(gateway, allowing(fewer, new Access(List.of(block), List.of()))))
                    .isEmpty();
            assertThat(exposed(gateway, allowing(fewer, new Access(List.of(part), List.of()))))
                    .isEmpty();
            assertThat(exposed(gateway, allowing(fewer, new Access(List.of(part), List.of(part)))))
                    .isEmpty();
            assertThat(exposed(gateway, allowing(fewer, new Access(List.of(part), List.of()))))
                    .hasSize(1);
            assertThat(exposed(gateway, forward(open, 3, 4))).hasSize(1);
        }
    }

    private static List<NetworkChange.Exposed> exposed(GatewayUnderTest gateway, Forward... forwards) {
        ReloadReport report = gateway.reload(configuration(loopback4(0), List.of(), forwards));
        assertThat(report.outcome()).isEqualTo(Outcome.APPLIED);
        return report.network().exposed();
    }

    private static Forward.Tcp allowing(Forward.Tcp rule, Access access) {
        return rule.with(access);
    }
}

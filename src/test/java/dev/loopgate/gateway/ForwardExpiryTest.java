package dev.loopgate.gateway;

import static dev.loopgate.gateway.GatewayStartTest.echo;
import static dev.loopgate.gateway.GatewayUnderTest.configuration;
import static dev.loopgate.gateway.GatewayUnderTest.forward;
import static dev.loopgate.gateway.GatewayUnderTest.loopback4;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Forward;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Forwards that close by themselves. */
@ExtendWith(LeakCheck.class)
class ForwardExpiryTest {

    private static final Duration SHORT = Duration.ofMillis(700);

    private final BindAddress bind = BindAddress.of("127.0.0.1", TcpPeer.closedPort());

    private static GatewayStatus.ForwardState state(GatewayUnderTest gateway) {
        return gateway.gateway.status().forwards().get(0);
    }

    @Test
    void closes_when_its_time_is_over_and_opens_again_for_another_rule() throws Exception {
        try (TcpPeer echo = echo();
                GatewayUnderTest gateway = new GatewayUnderTest()) {
            Forward.Tcp rule = forward(bind, echo.port());
            Instant start = Instant.now();
            gateway.started(configuration(loopback4(0), List.of(), rule.withLifetime(SHORT)));
            try (Wire client = Wire.connect(bind.port())) {
                client.send("hello");
                assertThat(client.read(5)).hasSize(5);
                assertThat(gateway.expired.poll(20, TimeUnit.SECONDS)).isNotNull();
                assertThat(Instant.now()).isAfterOrEqualTo(start.plus(SHORT));
                assertThat(state(gateway).until().orElseThrow()).isBetween(start.plus(SHORT), Instant.now());
                Eventually.until(
                        "it listens nowhere", () -> state(gateway).addresses().isEmpty());
                // What is open may finish.
                client.send("still");
                assertThat(client.read(5)).hasSize(5);
                client.finish();
                assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
            }
            // Another change of the file leaves it closed, a change of its own opens it again.
            gateway.reload(configuration(
                    loopback4(0), List.of(GatewayUnderTest.answering("a.localhost", "A")), rule.withLifetime(SHORT)));
            assertThat(state(gateway).addresses()).isEmpty();
            gateway.reload(configuration(loopback4(0), List.of(), rule.withLifetime(Duration.ofHours(1))));
            assertThat(state(gateway).addresses()).containsExactly("127.0.0.1:" + bind.port());
            gateway.reload(configuration(loopback4(0), List.of(), rule));
            assertThat(state(gateway).until()).isEmpty();
            try (Wire client = Wire.connect(bind.port())) {
                client.send("again");
                assertThat(client.read(5)).hasSize(5);
            }
        }
    }

    @Test
    void a_forward_that_goes_before_its_time_is_over_is_not_told() {
        try (TcpPeer echo = echo();
                GatewayUnderTest gateway = new GatewayUnderTest()) {
            Forward.Tcp rule = forward(bind, echo.port());
            gateway.started(configuration(loopback4(0), List.of(), rule.withLifetime(SHORT)));
            gateway.reload(configuration(loopback4(0), List.of()));
            BindAddress other = BindAddress.of("127.0.0.2", bind.port());
            gateway.reload(
                    configuration(loopback4(0), List.of(), rule.with(other).withLifetime(SHORT)));
            // It is told once the sockets are closed.
            Eventually.until("word of the other", () -> !gateway.expired.isEmpty());
            assertThat(state(gateway).addresses()).isEmpty();
            assertThat(gateway.expired).extracting(Forward::bind).containsExactly(other);
        }
    }
}

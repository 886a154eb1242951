package dev.loopgate.gateway;

import static dev.loopgate.gateway.GatewayUnderTest.forward;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.forward.ForwardTls;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Forward;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.MachineAddresses;
import dev.loopgate.net.PortHolders;
import dev.loopgate.net.Transport;
import dev.loopgate.testkit.Descriptors;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.Tls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
@EnabledOnOs(value = OS.LINUX, disabledReason = "every address of 127.0.0.0/8 is the machine's")
class ForwardsTest {

    private static final int COUNT = 600;

    private final Vertx vertx = Transport.vertx(new VertxOptions());
    private final Transport transport = new Transport(vertx);
    private final NetworkWatch network =
            new NetworkWatch(vertx, () -> new MachineAddresses(List.of(), List.of()), NetworkWatch.PAUSE);
    private final CountDownLatch known = new CountDownLatch(1);
    private final PortHolders slow = (protocol, address) -> {
        await(known);
        return Optional.empty();
    };
    private final Forwards forwards = new Forwards(
            vertx,
            rule -> new ForwardSlot(
                    vertx,
                    transport,
                    new ForwardTls(Tls.withoutAuthority()),
                    rule,
                    new BindProblems(slow),
                    GatewayEvents.NONE,
                    network,
                    null));

    @AfterEach
    void close() {
        known.countDown();
        Watched.await(forwards.retireAll(Duration.ZERO));
        Watched.await(vertx.close());
    }

    @Test
    void all_others_listen_before_anybody_is_asked_who_has_one_that_is_taken() throws IOException {
        Descriptors.assume(COUNT);
        List<Forward> rules = new ArrayList<>(IntStream.range(0, COUNT)
                .mapToObj(i -> forward(BindAddress.of("127.78." + i / 250 + "." + (i % 250 + 1), 0), 1))
                .toList());
        try (ServerSocket holder = new ServerSocket(0, 1, Addresses.LOOPBACK4)) {
            rules.set(0, forward(BindAddress.of("127.0.0.1", holder.getLocalPort()), 1));
            Future<Void> applied = forwards.apply(rules);
            Eventually.until("all others to listen", () -> listening() == COUNT - 1);
            assertThat(applied.isComplete()).isFalse();

            known.countDown();
            Watched.await(applied);
            assertThat(forwards.states(rule -> rule.equals(rules.get(0))))
                    .singleElement()
                    .extracting(GatewayStatus.ForwardState::problem)
                    .isNotEqualTo(Optional.empty());
        }
    }

    private long listening() {
        return forwards.states(rule -> true).stream()
                .filter(forward -> !forward.addresses().isEmpty())
                .count();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}

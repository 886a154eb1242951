package dev.loopgate.diagnose;

import static dev.loopgate.testkit.Ipv6.assumeIpv6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.Forward.Protocol;
import dev.loopgate.net.PortHolder;
import dev.loopgate.testkit.PortHog;
import dev.loopgate.testkit.TcpPeer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SystemPortHoldersTest {

    private final SystemPortHolders holders =
            new SystemPortHolders(new PortRules(), Machine.ofThis(), Duration.ofSeconds(30));

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, false, 127.0.0.1",
        "127.0.0.1, true, 127.0.0.1",
        "0.0.0.0, false, 127.0.0.1",
        "127.0.0.1, false, 0.0.0.0",
        "::, false, 127.0.0.1",
    })
    void names_the_process_that_listens(String held, boolean shared, String wanted) {
        if (held.equals("::")) {
            assumeIpv6();
        }
        try (PortHog hog = PortHog.start(held, 0, shared, "two words")) {
            Optional<PortHolder> holder = holders.holderOf(Protocol.TCP, new InetSocketAddress(wanted, hog.port()));

            assertThat(holder).get().satisfies(who -> {
                assertThat(who.pid()).isEqualTo(hog.pid());
                assertThat(who.name()).isEqualTo("java");
                assertThat(who.command())
                        .contains("PortHog", "two words")
                        .doesNotContain("\0")
                        .hasSizeLessThan(200);
                assertThat(who.user()).isEqualTo(System.getProperty("user.name"));
                assertThat(who.gateway()).isFalse();
            });
        }
    }

    @Test
    void another_program_is_no_loopgate() {
        try (PortHog hog = PortHog.start("127.0.0.1", 0, false)) {
            PortHolder holder = holders.holderOf(
                            Protocol.TCP, new InetSocketAddress(InetAddress.getLoopbackAddress(), hog.port()))
                    .orElseThrow();
            assertThat(holder).asString().startsWith("java (pid " + hog.pid() + ", user ");
        }
    }

    @Test
    void nobody_has_a_port_that_is_free() {
        assertThat(holders.holderOf(
                        Protocol.TCP, new InetSocketAddress(InetAddress.getLoopbackAddress(), TcpPeer.closedPort())))
                .isEmpty();
    }

    @Test
    void a_holder_that_may_not_be_seen_is_told_by_its_user() {
        assertThat(new PortHolder(0, "", "", "postgres", false))
                .hasToString("a process of user postgres, which only that user and root can see");
    }
}

package dev.loopgate.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.model.BindAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.List;
import org.junit.jupiter.api.Test;

class BindTargetsTest {

    private final InetSocketAddress four = new InetSocketAddress(Addresses.LOOPBACK4, 80);
    private final InetSocketAddress six = new InetSocketAddress(Addresses.LOOPBACK6, 80);

    @Test
    void loopback_means_both_families_and_says_which_one_the_machine_lacks() throws SocketException {
        BindAddress loopback = BindAddress.loopback(80);
        assertThat(BindTargets.of(loopback, address -> true)).satisfies(both -> {
            assertThat(both.addresses()).containsExactly(four, six);
            assertThat(both.missing()).isEmpty();
        });
        assertThat(BindTargets.of(loopback, Addresses.LOOPBACK4::equals)).satisfies(one -> {
            assertThat(one.addresses()).containsExactly(four);
            assertThat(one.missing()).containsExactly(six);
        });
    }

    @Test
    void each_address_in_place_of_the_wildcard_is_of_its_family_and_includes_the_loopback() throws SocketException {
        MachineAddresses machine = new MachineAddresses(
                List.of(Addresses.literal("192.0.2.1"), Addresses.literal("2001:db8::1")),
                List.of(Addresses.literal("172.17.0.1")));
        assertThat(BindTargets.on(machine, BindAddress.of("0.0.0.0", 80)))
                .containsExactly(four, new InetSocketAddress("192.0.2.1", 80));
        assertThat(BindTargets.on(machine, BindAddress.of("::", 80)))
                .containsExactly(six, new InetSocketAddress("2001:db8::1", 80));
        assertThat(BindTargets.on(machine, BindAddress.lan(80)))
                .containsExactly(new InetSocketAddress("192.0.2.1", 80), new InetSocketAddress("2001:db8::1", 80));
        assertThat(BindTargets.on(machine, BindAddress.docker(80)))
                .containsExactly(new InetSocketAddress("172.17.0.1", 80));
        assertThatThrownBy(() -> BindTargets.on(machine, BindAddress.of("127.0.0.1", 80)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

package dev.loopgate.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.BindAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
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
        assertThat(BindTargets.ofEach(BindAddress.of("0.0.0.0", 80)).addresses())
                .contains(four)
                .doesNotContain(six)
                .allSatisfy(
                        address -> assertThat(address.getAddress().getAddress()).hasSize(4))
                .noneSatisfy(address ->
                        assertThat(address.getAddress().isAnyLocalAddress()).isTrue());
        assertThat(BindTargets.ofEach(BindAddress.of("::", 80)).addresses())
                .contains(six)
                .allSatisfy(
                        address -> assertThat(address.getAddress().getAddress()).hasSize(16));
        assertThat(BindTargets.ofEach(BindAddress.of("127.0.0.1", 80)).addresses())
                .containsExactly(four);
    }
}

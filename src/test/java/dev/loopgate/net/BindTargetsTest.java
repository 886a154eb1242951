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
}

package dev.loopgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.net.Addresses;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class HttpListenersTest {

    @Test
    void a_loopback_family_that_is_missing_is_told_with_what_follows_from_it() {
        assertThat(HttpListeners.lacking(new InetSocketAddress(Addresses.LOOPBACK6, 62893)))
                .isEqualTo("not listening on [::1]:62893: this machine has no such address, so clients that try it"
                        + " first take the other family");
    }
}

package dev.loopgate.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 5952 §4. */
class AddressTextTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "0.0.0.0",
                "255.254.9.10",
                "::",
                "::1",
                "1::",
                "fe80::1",
                "2001:db8::1:0:0:1",
                "2001:0:0:1::1",
                "2001:db8:0:1:1:1:1:1",
                "2001:db8::",
                "a:b:c:d:e:f:0:1"
            })
    void is_the_shortest(String text) throws UnknownHostException {
        assertThat(Addresses.text(InetAddress.getByName(text))).isEqualTo(text);
    }

    @Test
    void is_read_as_the_same_address() throws UnknownHostException {
        Random random = new Random(5952);
        for (int i = 0; i < 2000; i++) {
            byte[] raw = new byte[16];
            for (int j = 0; j < raw.length; j++) {
                raw[j] = (byte) (random.nextInt(3) == 0 ? random.nextInt(3) * 127 : 0);
            }
            InetAddress address = InetAddress.getByAddress(raw);
            assertThat(Addresses.literal(Addresses.text(address).replaceFirst("%.*", ""))
                            .getAddress())
                    .isEqualTo(address.getAddress());
        }
    }
}

package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientTest {

    /** RFC 5952; a zone means nothing on another machine. */
    @ParameterizedTest
    @CsvSource({"127.0.0.1, 127.0.0.1", "::1, ::1", "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1", "fe80::1%1, fe80::1"})
    void addresses_are_written_as_people_write_them(String literal, String written) throws UnknownHostException {
        Client client =
                new Client(new InetSocketAddress(InetAddress.getByName(literal), 1), new InetSocketAddress(62893));
        assertThat(client.addressText()).isEqualTo(written);
        assertThat(new String(client.forwardingFields(), StandardCharsets.US_ASCII))
                .startsWith("X-Forwarded-For: " + written + "\r\n");
    }
}

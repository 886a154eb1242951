package dev.loopgate.devserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.devserver.DevPorts.Range;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DevPortsTest {

    private static final Path SHOP = Path.of("/home/me/shop");

    @Test
    void a_project_has_the_same_port_each_time_and_another_project_another() throws IOException {
        int first = new DevPorts().portFor(SHOP, "web");

        assertThat(new DevPorts().portFor(SHOP, "web")).isEqualTo(first);
        assertThat(new DevPorts().portFor(SHOP, "api")).isNotEqualTo(first);
        assertThat(new DevPorts().portFor(Path.of("/home/me/blog"), "web")).isNotEqualTo(first);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "0.0.0.0"})
    void a_port_that_somebody_has_on_either_family_is_passed_over(String address) throws IOException {
        int first = new DevPorts().portFor(SHOP, "web");
        try (ServerSocket holder = new ServerSocket()) {
            holder.bind(new InetSocketAddress(InetAddress.getAllByName(address)[0], first));

            assertThat(new DevPorts().portFor(SHOP, "web")).isNotEqualTo(first);
        }
    }

    @Test
    void none_is_given_twice_and_none_that_browsers_refuse() throws IOException {
        DevPorts ports = new DevPorts(new Range(6660, 6700), port -> true);
        Set<Integer> given = new HashSet<>();
        for (int i = 0; i < 41 - 7; i++) {
            assertThat(given.add(ports.portFor(SHOP, "web"))).isTrue();
        }

        assertThat(given).doesNotContain(6665, 6666, 6667, 6668, 6669, 6679, 6697);
        assertThatThrownBy(() -> ports.portFor(SHOP, "web")).hasMessage("none of the ports from 6660 to 6700 is free");
    }

    @Test
    void they_are_not_those_that_outgoing_connections_come_from() {
        assertThat(DevPorts.rangeBeside(new Range(32_768, 60_999))).isEqualTo(new Range(20_100, 24_999));
        assertThat(DevPorts.rangeBeside(new Range(15_000, 65_535))).isEqualTo(new Range(10_100, 14_999));
        assertThat(DevPorts.rangeBeside(new Range(1_024, 60_999))).isEqualTo(new Range(61_000, 65_535));
    }
}

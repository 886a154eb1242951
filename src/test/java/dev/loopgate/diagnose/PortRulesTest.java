package dev.loopgate.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortRulesTest {

    @TempDir
    Path settings;

    @Test
    void tells_privileged_ports_by_the_setting_of_the_system() throws IOException {
        Files.writeString(settings.resolve("ip_unprivileged_port_start"), "100\n");
        PortRules rules = new PortRules(settings);

        assertThat(rules.privileged(99)).get().asString().contains("below 100");
        assertThat(rules.privileged(100)).isEmpty();
    }

    @Test
    void tells_the_range_of_outgoing_connections_without_what_is_reserved_from_it() throws IOException {
        Files.writeString(settings.resolve("ip_local_port_range"), "32768\t60999\n");
        Files.writeString(settings.resolve("ip_local_reserved_ports"), "40000,50000-50010\n");
        PortRules rules = new PortRules(settings);

        assertThat(rules.outgoing(45000)).get().asString().contains("32768 to 60999");
        assertThat(rules.outgoing(40000)).isEmpty();
        assertThat(rules.outgoing(50010)).isEmpty();
        assertThat(rules.outgoing(50011)).isPresent();
        assertThat(rules.outgoing(62893)).isEmpty();
    }

    @Test
    void takes_the_usual_values_where_the_system_tells_nothing() {
        PortRules rules = new PortRules(settings);

        assertThat(rules.privileged(80)).isPresent();
        assertThat(rules.privileged(8080)).isEmpty();
        assertThat(rules.outgoing(62893)).isPresent();
    }
}

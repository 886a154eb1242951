package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.AccessLogSettings;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Configuration;
import dev.loopgate.model.Forward;
import dev.loopgate.model.UpstreamAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LoopbackOnlyTest {

    @Test
    void what_is_open_goes_to_loopback_or_is_left_out() {
        ConfigurationView limited = LoopbackOnly.of(
                configuration(
                        List.of(BindAddress.of("0.0.0.0", 8000), BindAddress.of("127.0.0.1", 8001)),
                        BindAddress.loopback(9000),
                        BindAddress.of("0.0.0.0", 9001),
                        BindAddress.of("0.0.0.0", 9000),
                        BindAddress.lan(5432)),
                "a.yaml");
        assertThat(limited.configuration().listen())
                .containsExactly(BindAddress.loopback(8000), BindAddress.of("127.0.0.1", 8001));
        assertThat(limited.configuration().forwards())
                .extracting(Forward::bind)
                .containsExactly(BindAddress.loopback(9000), BindAddress.loopback(9001));
        assertThat(limited.warnings())
                .allSatisfy(warning -> assertThat(warning).endsWith("loopgate run --config a.yaml)"))
                .extracting(warning -> warning.substring(0, warning.indexOf(": a.yaml")))
                .containsExactly(
                        "listens on 8000 of loopback instead of 0.0.0.0:8000",
                        "forwards 9001 of loopback instead of 0.0.0.0:9001",
                        "leaves out the forward 0.0.0.0:9000",
                        "leaves out the forward lan:5432");
    }

    @Test
    void what_is_closed_stays_the_same_object() {
        Configuration closed = configuration(List.of(BindAddress.loopback(8000)), BindAddress.loopback(9000));
        assertThat(LoopbackOnly.of(closed, "a.yaml").configuration()).isSameAs(closed);
    }

    private static Configuration configuration(List<BindAddress> listen, BindAddress... forwards) {
        List<Forward> rules = Stream.of(forwards)
                .<Forward>map(bind -> Forward.Tcp.of(bind, List.of(new UpstreamAddress.LoopbackPort(1))))
                .toList();
        return new Configuration(listen, List.of(), rules, List.of(), AccessLogSettings.DEFAULT);
    }
}

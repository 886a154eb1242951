package dev.loopgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.gateway.PortRuns.Ports;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PortRunsTest {

    private final PortRuns<Entry> runs = new PortRuns<>(
            Entry::ports, (one, next) -> one.note.equals(next.note), (first, ports) -> new Entry(ports, first.note));

    private record Entry(Ports ports, String note) {}

    @Test
    void neighbours_that_are_alike_become_one_entry() {
        assertThat(runs.fold(entries(8000, 100, "")))
                .containsExactly(new Entry(
                        new Ports(
                                "lan:8000-8099",
                                List.of("10.0.0.7:8000-8099", "[fd00::7]:8000-8099"),
                                List.of("localhost:9000-9099")),
                        ""));
    }

    @Test
    void a_few_stay_as_they_are() {
        List<Entry> few = entries(8000, PortRuns.SHORTEST - 1, "").toList();
        assertThat(runs.fold(few.stream())).isEqualTo(few);
        assertThat(runs.fold(entries(8000, PortRuns.SHORTEST, ""))).hasSize(1);
        assertThat(runs.fold(Stream.of())).isEmpty();
    }

    @Test
    void one_that_differs_parts_a_run_and_keeps_its_place() {
        assertThat(runs.fold(Stream.of(entries(8000, 50, ""), entries(8050, 1, "used"), entries(8051, 3, ""))
                        .flatMap(entries -> entries)))
                .extracting(entry -> entry.ports.bind())
                .containsExactly("lan:8000-8049", "lan:8050", "lan:8051", "lan:8052", "lan:8053");
    }

    @Test
    void only_what_counts_up_everywhere_is_a_run() {
        int many = 2 * PortRuns.SHORTEST;
        assertThat(runs.fold(IntStream.range(0, many).mapToObj(i -> new Entry(ports("lan:" + 2 * i, "h:" + i), ""))))
                .hasSize(many);
        assertThat(runs.fold(IntStream.range(0, many).mapToObj(i -> new Entry(ports("lan:" + i, "h:1"), ""))))
                .hasSize(many);
        assertThat(runs.fold(IntStream.range(0, many)
                        .mapToObj(i -> new Entry(ports("lan:" + i, (i < many / 2 ? "h:" : "k:") + i), ""))))
                .hasSize(2);
        assertThat(runs.fold(IntStream.range(0, many)
                        .mapToObj(i -> new Entry(ports("lan:" + i, "unix:///run/s" + i), ""))))
                .hasSize(many);
    }

    private static Ports ports(String bind, String target) {
        return new Ports(bind, List.of(), List.of(target));
    }

    private static Stream<Entry> entries(int from, int count, String note) {
        return IntStream.range(from, from + count)
                .mapToObj(port -> new Entry(
                        new Ports(
                                "lan:" + port,
                                List.of("10.0.0.7:" + port, "[fd00::7]:" + port),
                                List.of("localhost:" + (port + 1000))),
                        note));
    }
}

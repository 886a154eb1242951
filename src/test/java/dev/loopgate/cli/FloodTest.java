package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FloodTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final List<String> said = new ArrayList<>();
    private final Flood flood = new Flood(() -> said.add("and more"));

    @Test
    void the_first_are_said_and_then_once_that_there_are_more() {
        offer(1_000, 0);
        assertThat(said).hasSize(17).startsWith("0", "1", "2").endsWith("15", "and more");
    }

    @Test
    void after_a_silence_it_begins_anew() {
        offer(20, 0);
        offer(20, 2 * SECOND);
        assertThat(said).hasSize(17);
        offer(3, 6 * SECOND);
        assertThat(said).hasSize(20).endsWith("and more", "0", "1", "2");
    }

    private void offer(int count, long now) {
        IntStream.range(0, count).forEach(i -> flood.offer(() -> said.add(String.valueOf(i)), now));
    }
}

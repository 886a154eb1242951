package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Requests that a client gives up: how many are too many. */
class ResetCountTest {

    private static final long MILLI = 1_000_000;

    private final ResetCount count = new ResetCount(0);

    /** How many are let through of {@code n} at one time. */
    private int letThrough(int n, long waited, long now) {
        int through = 0;
        for (int i = 0; i < n; i++) {
            through += count.add(waited, now) ? 0 : 1;
        }
        return through;
    }

    @Test
    void five_hundred_may_be_given_up_at_once() {
        assertThat(letThrough(600, 99 * MILLI, MILLI)).isEqualTo(500);
    }

    @Test
    void those_that_were_waited_for_are_deadlines() {
        assertThat(letThrough(9_000, 100 * MILLI, MILLI)).isEqualTo(9_000);
        assertThat(letThrough(500, 0, 2 * MILLI)).isEqualTo(500);
        assertThat(count.add(0, 2 * MILLI)).isTrue();
    }

    @Test
    void but_not_without_end() {
        assertThat(letThrough(12_000, 200 * MILLI, MILLI)).isEqualTo(10_000);
    }

    @Test
    void it_begins_anew_after_half_a_minute() {
        assertThat(letThrough(500, 0, MILLI)).isEqualTo(500);
        assertThat(letThrough(600, 0, 30_001 * MILLI)).isEqualTo(500);
    }
}

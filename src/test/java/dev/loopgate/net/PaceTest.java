package dev.loopgate.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long SECOND = 1_000_000_000L;

    private final Pace pace = new Pace();
    /** Anywhere, as System.nanoTime() is. */
    private long now = Long.MAX_VALUE - SECOND;

    @Test
    void without_a_limit_everything_passes() {
        for (int i = 0; i < 100; i++) {
            assertThat(pace.allows(1_000_000, now)).isTrue();
            assertThat(pace.passed(1_000_000, now)).isZero();
        }
        assertThat(pace.limited()).isFalse();
    }

    @Test
    void so_many_at_once_as_the_burst_holds_and_then_one_after_the_other() {
        pace.set(10, SECOND, SECOND / 10 * 9);
        for (int i = 0; i < 10; i++) {
            assertThat(pace.allows(1, now)).isTrue();
        }
        assertThat(pace.allows(1, now)).isFalse();
        now += SECOND / 10 - 1;
        assertThat(pace.allows(1, now)).isFalse();
        now += 1;
        assertThat(pace.allows(1, now)).isTrue();
        assertThat(pace.allows(1, now)).isFalse();
        now += 5 * SECOND;
        for (int i = 0; i < 10; i++) {
            assertThat(pace.allows(1, now)).isTrue();
        }
        assertThat(pace.allows(1, now)).isFalse();
    }

    @Test
    void what_is_larger_than_the_burst_passes_and_is_made_up_for() {
        pace.set(1000, SECOND, SECOND / 10);
        assertThat(pace.allows(5000, now)).isTrue();
        assertThat(pace.allows(1, now + 4 * SECOND)).isFalse();
        assertThat(pace.allows(1, now + 5 * SECOND)).isTrue();
    }

    @Test
    void says_how_long_to_wait_after_what_has_passed() {
        pace.set(1000, SECOND, SECOND / 10);
        assertThat(pace.passed(100, now)).isZero();
        assertThat(pace.passed(500, now)).isEqualTo(SECOND / 2);
        assertThat(pace.passed(500, now)).isEqualTo(SECOND);
        assertThat(pace.passed(0, now + SECOND)).isZero();
    }

    @Test
    void another_limit_holds_from_now_on() {
        pace.set(10, SECOND, 0);
        assertThat(pace.allows(1, now)).isTrue();
        pace.set(0, SECOND, 0);
        assertThat(pace.allows(1000, now)).isTrue();
        pace.set(1000, SECOND, 0);
        assertThat(pace.passed(1000, now)).isEqualTo(SECOND);
    }

    @Test
    void another_limit_forgets_what_passed_and_the_same_one_does_not() {
        pace.set(10, SECOND, 0);
        int first = pace.limit();
        assertThat(pace.passed(1000, now)).isEqualTo(100 * SECOND);
        pace.set(10, SECOND, 0);
        assertThat(pace.limit()).isEqualTo(first);
        assertThat(pace.passed(0, now)).isEqualTo(100 * SECOND);
        pace.set(1000, SECOND, 0);
        assertThat(pace.limit()).isNotEqualTo(first);
        assertThat(pace.passed(0, now)).isZero();
    }

    @Test
    void what_will_not_pass_after_all_is_counted_back() {
        pace.set(1000, SECOND, 0);
        assertThat(pace.passed(500, now)).isEqualTo(SECOND / 2);
        assertThat(pace.passed(-200, now)).isEqualTo(SECOND * 3 / 10);
    }
}

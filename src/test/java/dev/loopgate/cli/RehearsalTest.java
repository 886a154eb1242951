package dev.loopgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the rehearsal does about a time that is over. */
class RehearsalTest {

    @Test
    void a_limit_ends_what_takes_longer() throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        Rehearsal.limit(Duration.ofMillis(1), ended::countDown);
        assertThat(ended.await(15, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void a_limit_of_what_is_over_ends_nothing() throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        Thread limit = Rehearsal.limit(Duration.ofHours(1), ended::countDown);
        limit.interrupt();
        limit.join(Duration.ofSeconds(15).toMillis());
        assertThat(limit.isAlive()).isFalse();
        assertThat(ended.getCount()).isEqualTo(1);
    }
}

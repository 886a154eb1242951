package dev.loopgate.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.loopgate.doctor.Finding.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class DoctorTest {

    @Test
    void a_check_that_takes_too_long_or_breaks_costs_no_other_its_findings() {
        CountDownLatch never = new CountDownLatch(1);
        Check slow = new LaterCheck("slow", () -> {
            try {
                never.await();
            } catch (InterruptedException given) {
                Thread.currentThread().interrupt();
            }
            return List.of();
        });
        Check broken = new LaterCheck("broken", () -> {
            throw new IllegalStateException("no such thing");
        });
        Check good = new LaterCheck("good", () -> List.of(Finding.ok("good", "it is")));

        assertThat(new Doctor(Duration.ofMillis(500)).findings(List.of(slow, broken, good)))
                .extracting(Finding::check, Finding::status, Finding::evidence)
                .containsExactly(
                        tuple("slow", Status.WARN, "could not be found out in time"),
                        tuple(
                                "broken",
                                Status.WARN,
                                "could not be found out: java.lang.IllegalStateException: no such thing"),
                        tuple("good", Status.OK, "it is"));
    }

    @Test
    void words_from_outside_cannot_steer_a_terminal() {
        assertThat(Finding.warn("x", "a\u001b[2Jb\r\nc \u202e").fix("kill\u0007 1"))
                .isEqualTo(Finding.warn("x", "a?[2Jb  c ?").fix("kill? 1"));
    }
}

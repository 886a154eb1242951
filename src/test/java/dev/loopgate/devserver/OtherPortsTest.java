package dev.loopgate.devserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.devserver.OtherPorts.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class OtherPortsTest {

    private final Map<Integer, Answer> answers = new HashMap<>();
    private final List<Integer> asked = new ArrayList<>();
    private final OtherPorts ports = new OtherPorts(port -> {
        asked.add(port);
        return answers.getOrDefault(port, Answer.REFUSAL);
    });

    private int page(int second, Integer... open) {
        return ports.page(
                        new TreeSet<>(List.of(open)), Duration.ofSeconds(second).toNanos())
                .orElse(0);
    }

    @Test
    void one_that_said_no_is_asked_again_only_once_it_was_closed() {
        assertThat(page(0, 9229)).isZero();
        assertThat(page(2, 9229)).isZero();
        assertThat(page(600, 9229)).isZero();
        assertThat(asked).containsExactly(9229);

        assertThat(page(602)).isZero();
        answers.put(9229, Answer.PAGE);
        assertThat(page(604, 9229)).isEqualTo(9229);
    }

    @Test
    void one_that_is_silent_is_asked_more_and_more_seldom() {
        answers.put(3000, Answer.SILENCE);
        List<Integer> when = new ArrayList<>();
        for (int second = 0; second < 200; second++) {
            int before = asked.size();
            page(second, 3000);
            if (asked.size() > before) {
                when.add(second);
            }
        }

        assertThat(when).containsExactly(0, 2, 6, 14, 30, 62, 122, 182);
    }

    @Test
    void one_that_has_a_page_is_found_behind_others() {
        answers.put(3000, Answer.SILENCE);
        answers.put(5173, Answer.PAGE);

        assertThat(page(0, 2999, 3000, 5173, 9229)).isEqualTo(5173);
        assertThat(asked).containsExactly(2999, 3000, 5173);
    }
}

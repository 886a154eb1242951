package dev.loopgate.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.forward.ForwardStatus.Down;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.model.UpstreamAddress.LoopbackPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetTurnsTest {

    private final UpstreamAddress one = new LoopbackPort(1);
    private final UpstreamAddress two = new LoopbackPort(2);
    private final UpstreamAddress three = new LoopbackPort(3);
    private final List<UpstreamAddress> all = List.of(one, two, three);
    private final List<String> told = new ArrayList<>();
    private final TargetTurns turns = turns(Duration.ofHours(1));

    private TargetTurns turns(Duration behind) {
        return new TargetTurns((target, cause) -> told.add(target + " " + cause.orElse("is back")), behind);
    }

    @Test
    void each_comes_first_in_turn_and_the_others_follow() {
        assertThat(turns.next(all)).containsExactly(one, two, three);
        assertThat(turns.next(all)).containsExactly(two, three, one);
        assertThat(turns.next(all)).containsExactly(three, one, two);
        assertThat(turns.next(all)).containsExactly(one, two, three);
        assertThat(turns.next(List.of(two))).containsExactly(two);
    }

    @Test
    void one_that_is_lost_comes_last_and_is_told_once() {
        turns.unreachable(two, "refused");
        turns.unreachable(two, "timed out");
        assertThat(turns.next(all)).containsExactly(one, three, two);
        assertThat(turns.next(all)).containsExactly(three, one, two);
        assertThat(turns.next(all)).containsExactly(three, one, two);
        assertThat(turns.down(all)).containsExactly(new Down(two, "timed out"));
        turns.reached(one);
        turns.reached(two);
        assertThat(turns.down(all)).isEmpty();
        assertThat(turns.next(all)).containsExactly(one, two, three);
        assertThat(told).containsExactly("localhost:2 refused", "localhost:2 is back");
    }

    @Test
    void one_that_was_lost_is_tried_again_in_its_turn_once_the_time_is_over() {
        TargetTurns impatient = turns(Duration.ZERO);
        impatient.unreachable(one, "refused");
        assertThat(impatient.next(all)).containsExactly(one, two, three);
        assertThat(impatient.down(all)).hasSize(1);
    }

    @Test
    void a_target_that_the_rule_no_longer_names_is_forgotten() {
        turns.unreachable(one, "refused");
        turns.keep(List.of(two));
        assertThat(turns.down(all)).isEmpty();
    }
}

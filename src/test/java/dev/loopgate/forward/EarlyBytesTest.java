package dev.loopgate.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.net.QueueBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class EarlyBytesTest {

    private final QueueBudget budget = new QueueBudget(100_000);
    private final EarlyBytes early = new EarlyBytes(budget);

    private static ByteBuf bytes(int count) {
        return Unpooled.buffer(count).writeZero(count);
    }

    @Test
    void takes_64_kib_and_is_counted_until_it_is_passed_on() {
        assertThat(early.add(bytes((64 << 10) - 1))).isTrue();
        assertThat(early.add(bytes(1))).isFalse();
        assertThat(budget.waiting()).isEqualTo(64 << 10);
        ByteBuf all = Unpooled.buffer();
        early.passTo(each -> {
            all.writeBytes(each);
            each.release();
        });
        assertThat(all.readableBytes()).isEqualTo(64 << 10);
        assertThat(early.size()).isZero();
        assertThat(budget.waiting()).isZero();
    }

    @Test
    void takes_little_while_much_waits_already() {
        budget.add(100_001);
        assertThat(early.add(bytes(QueueBudget.SMALL_READ - 1))).isTrue();
        assertThat(early.add(bytes(1))).isFalse();
        early.release();
        assertThat(budget.waiting()).isEqualTo(100_001);
    }
}

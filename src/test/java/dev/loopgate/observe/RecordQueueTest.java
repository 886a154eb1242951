package dev.loopgate.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class RecordQueueTest {

    @Test
    void gives_records_in_order_and_drops_what_finds_no_room() {
        RecordQueue queue = new RecordQueue(4, 1 << 20);
        for (int i = 0; i < 6; i++) {
            assertThat(queue.offer(Records.of("/" + i))).isEqualTo(i < 4);
        }
        assertThat(queue.takeDropped()).isEqualTo(2);
        assertThat(queue.takeDropped()).isZero();
        List<String> targets = new ArrayList<>();
        for (ExchangeRecord r = queue.poll(); r != null; r = queue.poll()) {
            targets.add(r.target());
        }
        assertThat(targets).containsExactly("/0", "/1", "/2", "/3");
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void large_records_cannot_fill_the_heap() {
        RecordQueue queue = new RecordQueue(1024, 100_000);
        String huge = "/" + "x".repeat(30_000);
        int taken = 0;
        for (int i = 0; i < 10; i++) {
            taken += queue.offer(Records.of(huge)) ? 1 : 0;
        }
        assertThat(taken).isEqualTo(3);
        assertThat(queue.offer(Records.of("/small"))).isTrue();
        queue.poll();
        assertThat(queue.offer(Records.of(huge))).isTrue();
    }

    @Test
    void nothing_is_lost_or_doubled_between_several_event_loops_and_the_writer() throws InterruptedException {
        RecordQueue queue = new RecordQueue(256, 1 << 20);
        int each = 20_000;
        CountDownLatch ended = new CountDownLatch(3);
        for (int loop = 0; loop < 3; loop++) {
            String name = "/" + loop + "/";
            new Thread(() -> {
                        for (int i = 0; i < each; i++) {
                            queue.offer(Records.of(name + i));
                        }
                        ended.countDown();
                    })
                    .start();
        }
        Set<String> seen = new HashSet<>();
        long polled = 0;
        while (true) {
            boolean done = ended.getCount() == 0;
            ExchangeRecord next = queue.poll();
            if (next != null) {
                seen.add(next.target());
                polled++;
            } else if (done) {
                break;
            }
        }
        ended.await();
        assertThat(seen).hasSize((int) polled);
        assertThat(polled + queue.takeDropped()).isEqualTo(3L * each);
    }
}

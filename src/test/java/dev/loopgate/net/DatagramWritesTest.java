package dev.loopgate.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A socket whose network is slower than those who send. */
class DatagramWritesTest {

    private static final InetSocketAddress CLIENT = new InetSocketAddress(Addresses.LOOPBACK4, 9);

    private final QueueBudget budget = new QueueBudget(100_000);
    private final DatagramWrites writes = new DatagramWrites(budget);
    private final SlowSocket socket = new SlowSocket();
    /** What one system call has read. */
    private final ByteBuf batch = Unpooled.buffer(1000).writeBytes("abcdefghij".getBytes(StandardCharsets.US_ASCII));

    /** Sends so many datagrams, and no more until there is room again. */
    private static final class SlowSocket extends EmbeddedChannel {
        private int room;
        private final List<String> sent = new ArrayList<>();

        SlowSocket() {
            config().setWriteBufferWaterMark(DatagramWrites.WATER_MARK);
        }

        @Override
        protected void doWrite(ChannelOutboundBuffer queue) {
            for (; room > 0 && queue.current() != null; room--) {
                Object datagram = queue.current();
                ByteBuf content = datagram instanceof DatagramPacket to ? to.content() : (ByteBuf) datagram;
                sent.add(content.toString(StandardCharsets.US_ASCII));
                queue.remove();
            }
        }

        void makeRoom(int datagrams) {
            room = datagrams;
            // As the event loop does once the system has room.
            unsafe().voidPromise();
            flush();
        }
    }

    @AfterEach
    void close() {
        socket.close();
        assertThat(budget.waiting()).isZero();
        assertThat(batch.refCnt()).isEqualTo(1);
        batch.release();
    }

    private boolean write(int at) {
        return writes.write(socket, batch.retainedSlice(at, 1), at % 2 == 0 ? CLIENT : null);
    }

    @Test
    void what_is_sent_at_once_is_neither_copied_nor_counted() {
        socket.room = 2;
        assertThat(write(0)).isTrue();
        assertThat(write(1)).isTrue();
        assertThat(batch.refCnt()).isEqualTo(3);
        writes.flush(socket);
        assertThat(socket.sent).containsExactly("a", "b");
        assertThat(batch.refCnt()).isEqualTo(1);
    }

    @Test
    void what_waits_is_sent_in_order_and_keeps_nothing_of_the_batch() {
        socket.room = 1;
        for (int at = 0; at < 4; at++) {
            assertThat(write(at)).isTrue();
        }
        writes.flush(socket);
        assertThat(socket.sent).containsExactly("a");
        assertThat(batch.refCnt()).isEqualTo(1);
        assertThat(budget.waiting()).isEqualTo(3);

        assertThat(write(4)).isTrue();
        assertThat(batch.refCnt()).isEqualTo(1);
        writes.flush(socket);
        assertThat(budget.waiting()).isEqualTo(4);

        socket.makeRoom(3);
        assertThat(socket.sent).containsExactly("a", "b", "c", "d");
        assertThat(budget.waiting()).isEqualTo(1);
        socket.makeRoom(9);
        assertThat(write(5)).isTrue();
        writes.flush(socket);
        assertThat(socket.sent).containsExactly("a", "b", "c", "d", "e", "f");
    }

    @Test
    void drops_what_comes_while_too_much_waits_for_the_socket() {
        int size = 60_000;
        QueueBudget large = new QueueBudget(10 << 20);
        DatagramWrites other = new DatagramWrites(large);
        int taken = 0;
        for (int i = 0; i < 40; i++) {
            ByteBuf datagram = Unpooled.buffer(size).writeZero(size);
            taken += other.write(socket, datagram, null) ? 1 : 0;
            other.flush(socket);
            assertThat(large.waiting()).isLessThanOrEqualTo((1 << 20) + size);
        }
        assertThat(taken).isBetween(17, 19);
        socket.close();
        assertThat(large.waiting()).isZero();
    }

    @Test
    void one_waits_for_room_even_while_the_budget_is_spent_and_the_rest_is_dropped() {
        budget.add(100_001);
        for (int at = 0; at < 3; at++) {
            assertThat(write(at)).isTrue();
        }
        assertThat(writes.flush(socket)).isEqualTo(2);
        assertThat(batch.refCnt()).isEqualTo(1);
        assertThat(write(3)).isFalse();
        assertThat(writes.flush(socket)).isZero();
        socket.makeRoom(9);
        assertThat(socket.sent).containsExactly("a");
        assertThat(write(4)).isTrue();
        writes.flush(socket);
        assertThat(socket.sent).containsExactly("a", "e");
        budget.add(-100_001);
    }
}

package dev.loopgate.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.loopgate.testkit.LeakCheck;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What arrives where datagrams are sent in pieces, and how many pieces there are. */
@ExtendWith(LeakCheck.class)
class SegmentedWritesTest {

    /** {@code SO_NO_CHECK}: the system refuses segments where it is to leave their checksums out. */
    private static final IntegerUnixChannelOption NO_CHECKSUMS = new IntegerUnixChannelOption("SO_NO_CHECK", 1, 11);

    private final Vertx vertx = Transport.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final Transport transport = new Transport(vertx);
    private final EventLoop loop = transport.loops().get(0);
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    /** Datagrams of each piece that went to the system. */
    private final List<Integer> pieces = new CopyOnWriteArrayList<>();

    private final List<Channel> sockets = new CopyOnWriteArrayList<>();

    private DatagramSocket receiver;

    @BeforeEach
    void open() throws IOException {
        assumeThat(Epoll.isAvailable() && EpollDatagramChannel.isSegmentedDatagramPacketSupported())
                .as("the system sends segments")
                .isTrue();
        receiver = new DatagramSocket(new InetSocketAddress(Addresses.LOOPBACK4, 0));
        receiver.setReceiveBufferSize(4 << 20);
        receiver.setSoTimeout(10_000);
    }

    @AfterEach
    void close() throws Exception {
        if (receiver != null) {
            receiver.close();
        }
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void datagrams_of_one_size_go_in_one_piece_and_arrive_one_by_one() throws Exception {
        send(true, 1200, 1200, 1200, 700, 700, 1200, 900, 1000);
        assertArrive(1200, 1200, 1200, 700, 700, 1200, 900, 1000);
        // A smaller one ends a piece, and a larger one begins another.
        assertThat(pieces).containsExactly(4, 1, 2, 1);
    }

    @Test
    void the_same_to_an_address_of_a_socket_that_is_not_connected() throws Exception {
        send(false, 512, 512, 100);
        assertArrive(512, 512, 100);
        assertThat(pieces).containsExactly(3);
    }

    @Test
    void empty_and_large_ones_keep_their_place() throws Exception {
        send(true, 100, 100, 0, 100, 100, 65_507, 100, 100);
        assertArrive(100, 100, 0, 100, 100, 65_507, 100, 100);
        assertThat(pieces).containsExactly(2, 2, 1, 2);
    }

    @Test
    void a_piece_has_no_more_datagrams_and_bytes_than_the_system_takes() throws Exception {
        int[] small = IntStream.generate(() -> 10).limit(150).toArray();
        send(true, small);
        assertArrive(small);
        assertThat(pieces).containsExactly(64, 64, 22);
        pieces.clear();
        int[] large = IntStream.generate(() -> 2_000).limit(70).toArray();
        send(true, large);
        assertArrive(large);
        assertThat(pieces).containsExactly(32, 32, 6);
    }

    @Test
    void a_piece_that_the_system_refuses_goes_again_one_by_one_and_is_not_tried_again() throws Exception {
        Channel socket = connect();
        socket.config().setOption(NO_CHECKSUMS, 1);
        send(socket, null, 1200, 1200, 700);
        assertArrive(1200, 1200, 700);
        assertThat(pieces).containsExactly(3, 1, 1, 1);
        assertThat(failures).isEmpty();
        pieces.clear();
        send(socket, null, 1200, 1200);
        assertArrive(1200, 1200);
        assertThat(pieces).containsExactly(1, 1);
    }

    private void send(boolean connected, int... sizes) throws Exception {
        if (connected) {
            send(connect(), null, sizes);
            return;
        }
        Listener own = transport
                .datagrams()
                .listen(loop, new InetSocketAddress(Addresses.LOOPBACK4, 0), new Told())
                .await();
        assertThat(own.port()).isPositive();
        send(sockets.get(0), target(), sizes);
    }

    private Channel connect() throws Exception {
        return loop.submit(() -> transport.datagrams().connect(loop, target(), new Told()))
                .get(20, TimeUnit.SECONDS);
    }

    private InetSocketAddress target() {
        return (InetSocketAddress) receiver.getLocalSocketAddress();
    }

    /** All of them in one turn of the event loop, each filled with its number. */
    private void send(Channel socket, @Nullable InetSocketAddress to, int... sizes) throws Exception {
        loop.submit(() -> {
                    for (int i = 0; i < sizes.length; i++) {
                        ByteBuf datagram = Unpooled.buffer(Math.max(1, sizes[i]));
                        for (int k = 0; k < sizes[i]; k++) {
                            datagram.writeByte(i);
                        }
                        assertThat(transport.datagrams().write(socket, datagram, to))
                                .isTrue();
                    }
                    assertThat(transport.datagrams().flush(socket)).isZero();
                })
                .get(20, TimeUnit.SECONDS);
    }

    private void assertArrive(int... sizes) throws IOException {
        List<Integer> arrived = new ArrayList<>();
        for (int i = 0; i < sizes.length; i++) {
            DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
            receiver.receive(packet);
            arrived.add(packet.getLength());
            for (int k = 0; k < packet.getLength(); k++) {
                assertThat(packet.getData()[k]).isEqualTo((byte) i);
            }
        }
        assertThat(arrived)
                .containsExactlyElementsOf(IntStream.of(sizes).boxed().toList());
    }

    /** Looks at what passes on its way to the system, behind what puts datagrams together. */
    private final class Told extends ChannelInboundHandlerAdapter {

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            sockets.add(context.channel());
            context.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
                @Override
                public void write(ChannelHandlerContext inner, Object message, ChannelPromise promise) {
                    List<Object> datagrams = new ArrayList<>();
                    SegmentedWrites.apart(message, datagrams);
                    datagrams.forEach(ReferenceCountUtil::release);
                    pieces.add(datagrams.size());
                    inner.write(message, promise);
                }
            });
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            failures.add(cause);
        }
    }
}

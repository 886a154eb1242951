package dev.loopgate.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.loopgate.testkit.Eventually;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.IoEventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a port whose first clients come at a bad time. */
class QuietListenerTest {

    private final Vertx vertx = Transport.vertx(new VertxOptions());
    private final Transport transport = new Transport(vertx);
    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final PrintStream original = System.err;

    @BeforeEach
    void listen() {
        assumeTrue(EpollRearmed.available(), "there are such listeners with epoll only");
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void close() throws Exception {
        System.setErr(original);
        vertx.close().await(20, TimeUnit.SECONDS);
    }

    private boolean reaches(int port) {
        try (Socket client = new Socket(Addresses.LOOPBACK4, port)) {
            return client.isConnected() && accepted.poll(100, TimeUnit.MILLISECONDS) != null;
        } catch (IOException | InterruptedException refused) {
            return false;
        }
    }

    @Test
    void goes_on_listening_where_netty_makes_no_channel_of_it_and_says_so_once_for_each_reason() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Listener listener = QuietListener.open(
                        transport,
                        (IoEventLoop) transport.loops().get(0),
                        new InetSocketAddress(Addresses.LOOPBACK4, 0),
                        accepted::add,
                        descriptor -> channel(descriptor, asked.incrementAndGet()))
                .await(20, TimeUnit.SECONDS);
        int port = ((InetSocketAddress) listener.address()).getPort();
        Eventually.until("somebody is accepted", () -> reaches(port));
        assertThat(asked).hasValue(4);
        assertThat(logged.toString(StandardCharsets.UTF_8).lines().filter(line -> line.contains("has to try again")))
                .hasSize(2)
                .first()
                .asString()
                .contains("whoever connects to 127.0.0.1:" + port + " has to try again: there are none today");
        listener.close().await(20, TimeUnit.SECONDS);
        try (ServerSocket other = new ServerSocket()) {
            other.bind(new InetSocketAddress(Addresses.LOOPBACK4, port));
            assertThat(other.isBound()).isTrue();
        }
    }

    /** None at first, then one that cannot be registered, then a good one. */
    private static ServerChannel channel(int descriptor, int time) {
        if (time <= 2) {
            throw new ChannelException("there are none today");
        }
        ServerChannel channel = new EpollServerSocketChannel(descriptor);
        if (time == 3) {
            channel.unsafe().closeForcibly();
        }
        return channel;
    }
}

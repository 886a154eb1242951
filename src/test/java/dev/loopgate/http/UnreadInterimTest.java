package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.net.Addresses;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.Stage;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Interim answers for a client that does not read them. */
class UnreadInterimTest {

    @RegisterExtension
    static final Stage STAGE = new Stage();

    /** Of the connection between a client and the gateway, so that the system keeps little there, in bytes. */
    private static final int SEGMENT = 536;

    private static final IntegerUnixChannelOption TCP_MAXSEG = new IntegerUnixChannelOption("TCP_MAXSEG", 6, 2);

    @Test
    void they_are_not_read_from_the_upstream_either() throws Exception {
        Assumptions.assumeTrue(Epoll.isAvailable(), "segments can be made small on Linux only");
        String interim = "HTTP/1.1 103 Early Hints\r\nLink: " + "x".repeat(8_000) + "\r\n\r\n";
        // More of them than are passed on, read or not: had all been read, the upstream would be cut off.
        int pieces = 40;
        AtomicInteger sent = new AtomicInteger();
        CountDownLatch over = new CountDownLatch(1);
        STAGE.a().always(PeerAction.script((connection, request) -> {
            try {
                while (sent.get() < pieces && connection.send(interim)) {
                    sent.incrementAndGet();
                    // The gateway has been at it since, where it reads at all.
                    STAGE.stillServes();
                }
            } finally {
                over.countDown();
            }
            return false;
        }));
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try {
            Channel client = new Bootstrap()
                    .group(group)
                    .channel(EpollSocketChannel.class)
                    .option(TCP_MAXSEG, SEGMENT)
                    .option(ChannelOption.SO_RCVBUF, 4096)
                    .option(ChannelOption.AUTO_READ, false)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(new InetSocketAddress(
                            Addresses.LOOPBACK4, STAGE.gateway().port()))
                    .sync()
                    .channel();
            client.writeAndFlush(
                    Unpooled.copiedBuffer("GET / HTTP/1.1\r\nHost: a.localhost\r\n\r\n", StandardCharsets.US_ASCII));
            assertThat(over.await(4 * Eventually.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(sent).hasValue(pieces);
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }
}

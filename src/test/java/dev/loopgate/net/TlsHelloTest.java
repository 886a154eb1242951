package dev.loopgate.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Tls;
import dev.loopgate.tls.AuthorityFolder;
import dev.loopgate.tls.LocalCertificates;
import dev.loopgate.tls.TlsIdentity;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens between a client's hello and the certificate for it. */
class TlsHelloTest {

    private final CountDownLatch mayBeMade = new CountDownLatch(1);
    private final CompletableFuture<Channel> accepted = new CompletableFuture<>();
    private final CompletableFuture<String> secured = new CompletableFuture<>();

    @TempDir
    Path folder;

    /** Certificates are made once they may be. */
    private TlsTermination slow() {
        InstantSource clock = () -> {
            if (Thread.currentThread().getName().equals("loopgate-certificates")) {
                try {
                    mayBeMade.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return Instant.now();
        };
        return new TlsTermination(
                new LocalCertificates(Optional.of(AuthorityFolder.at(folder)), clock, sentence -> {}), clock);
    }

    private final class Begins extends ChannelInboundHandlerAdapter {

        private final TlsTermination termination;
        private boolean begun;

        Begins(TlsTermination termination) {
            this.termination = termination;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (begun) {
                context.writeAndFlush(message);
                return;
            }
            begun = true;
            termination.begin(
                    context,
                    (ByteBuf) message,
                    name -> Optional.of(new TlsIdentity.Local(name, "")),
                    (asked, protocol) -> secured.complete(asked));
            accepted.complete(context.channel());
        }
    }

    @Test
    void reads_nothing_while_the_certificate_is_being_made() throws Exception {
        Tls authority = Tls.at(folder);
        TlsTermination termination = slow();
        var loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            Channel server = new ServerBootstrap()
                    .group(loops)
                    .channel(NioServerSocketChannel.class)
                    .childHandler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.pipeline().addLast(new Begins(termination));
                        }
                    })
                    .bind(Addresses.LOOPBACK4, 0)
                    .sync()
                    .channel();
            int port = ((InetSocketAddress) server.localAddress()).getPort();
            CompletableFuture<SSLSocket> client = CompletableFuture.supplyAsync(() -> {
                try {
                    return Tls.connect(authority.trusting(), port, "a.localhost");
                } catch (java.io.IOException e) {
                    throw new AssertionError(e);
                }
            });
            Channel channel = accepted.get(30, TimeUnit.SECONDS);
            assertThat(channel.config().isAutoRead()).isFalse();
            mayBeMade.countDown();
            try (SSLSocket socket = client.get(30, TimeUnit.SECONDS)) {
                assertThat(secured.get(30, TimeUnit.SECONDS)).isEqualTo("a.localhost");
                socket.getOutputStream().write('x');
                assertThat(socket.getInputStream().read()).isEqualTo('x');
                Eventually.until("it reads on", () -> channel.config().isAutoRead());
            }
        } finally {
            mayBeMade.countDown();
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
        }
    }
}

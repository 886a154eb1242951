package dev.loopgate.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Wire;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A listener in a process of its own that may open few files. */
class DescriptorLimitTest {

    private static final int LIMIT = 120;

    /** Echoes on a free port, which it tells, and ends with its input. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws Exception {
            Vertx vertx = Transport.vertx(new VertxOptions().setEventLoopPoolSize(1));
            Listener listener = new Transport(vertx)
                    .listen(
                            new InetSocketAddress(Addresses.LOOPBACK4, 0),
                            channel -> channel.pipeline().addLast(new Echo()))
                    .await();
            System.out.println(listener.port());
            while (System.in.read() >= 0) {
                System.out.println("still here");
            }
            vertx.close().await(10, TimeUnit.SECONDS);
        }
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.writeAndFlush(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            ctx.close();
        }
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "needs ulimit")
    void serves_again_once_descriptors_are_free(@TempDir Path dir) throws Exception {
        assumeThat(new File("/bin/sh")).exists();
        Path log = dir.resolve("log");
        Process child = start(log);
        List<Wire> crowd = new ArrayList<>();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            int port = Integer.parseInt(output.readLine());
            assertThat(exchange(port)).isTrue();
            long start = System.nanoTime();
            for (int i = 0; i < LIMIT; i++) {
                crowd.add(Wire.connect(port));
            }
            Eventually.until("it cannot accept", () -> read(log).contains("cannot accept connections"));
            crowd.forEach(Wire::close);
            Eventually.until("it serves again", () -> exchange(port));
            // At most once in ten seconds, however long that took.
            int most = 1 + (int) (Duration.ofNanos(System.nanoTime() - start).toSeconds() / 10);
            assertThat(read(log).lines().filter(line -> line.contains("cannot accept")))
                    .hasSizeBetween(1, most)
                    .allSatisfy(line -> assertThat(line).contains("too many open files"));
            assertThat(child.isAlive()).isTrue();
        } finally {
            crowd.forEach(Wire::close);
            child.getOutputStream().close();
            if (!child.waitFor(20, TimeUnit.SECONDS)) {
                child.destroyForcibly();
            }
        }
    }

    private static Process start(Path log) throws IOException {
        return new ProcessBuilder(
                        "/bin/sh",
                        "-c",
                        "ulimit -n " + LIMIT + " && exec \"$@\"",
                        "sh",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName())
                .redirectError(log.toFile())
                .start();
    }

    private static boolean exchange(int port) {
        try (Wire client = Wire.connect(port)) {
            client.send("x");
            return client.read(1).length == 1;
        } catch (AssertionError reset) {
            return false;
        }
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException notYet) {
            return "";
        }
    }
}

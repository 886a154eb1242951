package dev.loopgate.forward;

import static dev.loopgate.forward.ForwardFixture.connect;
import static dev.loopgate.forward.ForwardFixture.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.net.Addresses;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Gate;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.NativeSockets;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Wire;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Integrity, back-pressure, half-close and resets of the bytes that a forward relays. */
@ExtendWith(LeakCheck.class)
class TcpForwardStreamTest {

    private final ForwardFixture fixture = new ForwardFixture();

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @ParameterizedTest
    @CsvSource({"100,true", "100,false", "5000000,true", "5000000,false", "20000000,true", "20000000,false"})
    void brings_a_download_whole_when_the_server_ends_at_once(int size, boolean halfClose) throws Exception {
        try (ServerSocket server = new ServerSocket(0)) {
            TcpForward forward = fixture.to(server.getLocalPort());
            CompletableFuture<Long> sent = CompletableFuture.supplyAsync(() -> {
                try (Socket socket = server.accept()) {
                    long sum = write(socket.getOutputStream(), size);
                    if (halfClose) {
                        socket.shutdownOutput();
                        assertThat(socket.getInputStream().read()).isEqualTo(-1);
                    }
                    return sum;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            long received;
            try (Socket client = new Socket(Addresses.LOOPBACK4, port(forward))) {
                received = sum(client.getInputStream(), size);
            }
            assertThat(sent.get(30, TimeUnit.SECONDS)).isEqualTo(received);
        }
    }

    @ParameterizedTest
    @CsvSource({"100,true", "100,false", "5000000,true", "5000000,false", "20000000,true", "20000000,false"})
    void brings_an_upload_whole_when_the_client_ends_at_once(int size, boolean halfClose) throws Exception {
        try (ServerSocket server = new ServerSocket(0)) {
            TcpForward forward = fixture.to(server.getLocalPort());
            CompletableFuture<Long> received = CompletableFuture.supplyAsync(() -> {
                try (Socket socket = server.accept()) {
                    long sum = sum(socket.getInputStream(), size);
                    socket.getOutputStream().write("a reply after the half-close".getBytes(StandardCharsets.US_ASCII));
                    return sum;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            long sent;
            try (Socket client = new Socket(Addresses.LOOPBACK4, port(forward))) {
                sent = write(client.getOutputStream(), size);
                if (halfClose) {
                    client.shutdownOutput();
                    assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                            .isEqualTo("a reply after the half-close");
                }
            }
            assertThat(received.get(30, TimeUnit.SECONDS)).isEqualTo(sent);
        }
    }

    @Test
    void passes_the_servers_half_close_on_and_keeps_taking_from_the_client() {
        CompletableFuture<String> received = new CompletableFuture<>();
        try (TcpPeer peer = TcpPeer.start(wire -> {
            wire.send("done");
            wire.finish();
            received.complete(new String(wire.rest(Eventually.LIMIT), StandardCharsets.US_ASCII) + wire.end());
        })) {
            try (Wire client = connect(fixture.to(peer.port()))) {
                assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
                client.send("more");
                client.finish();
                assertThat(received.orTimeout(15, TimeUnit.SECONDS).join()).isEqualTo("moreFIN");
            }
        }
    }

    @Test
    void brings_a_large_reply_whole_to_a_slow_client_that_has_ended() {
        int size = 8_000_000;
        AtomicLong sent = new AtomicLong();
        try (TcpPeer peer = TcpPeer.start(wire -> {
            wire.awaitEnd();
            byte[] block = new byte[100_000];
            while (sent.get() < size && wire.send(block)) {
                sent.addAndGet(block.length);
            }
        })) {
            try (Wire client = connect(fixture.to(peer.port()))) {
                client.finish();
                Eventually.until("the server is held back or done", () -> standsStill(sent));
                assertThat(client.rest(Eventually.LIMIT)).hasSize(size);
                assertThat(client.end()).isEqualTo(Wire.End.FIN);
            }
        }
    }

    @Test
    void brings_a_large_upload_whole_to_a_slow_server_that_has_ended() {
        int size = 8_000_000;
        Gate gate = new Gate();
        CompletableFuture<Integer> received = new CompletableFuture<>();
        try (TcpPeer peer = TcpPeer.start(wire -> {
            wire.finish();
            gate.await();
            received.complete(wire.rest(Eventually.LIMIT).length);
        })) {
            TcpForward forward = fixture.to(peer.port());
            try (Wire client = connect(forward)) {
                assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
                CompletableFuture<Void> upload = CompletableFuture.runAsync(() -> {
                    client.send(new byte[size]);
                    client.finish();
                });
                Eventually.until(
                        "the client is held back",
                        () -> fixture.transport.budget().waiting() > 0);
                gate.open();
                upload.join();
                assertThat(received.orTimeout(15, TimeUnit.SECONDS).join()).isEqualTo(size);
                Eventually.until("it ends", () -> forward.status().connections() == 0);
            }
        }
    }

    @Test
    void passes_a_clients_reset_on_to_the_server() {
        CompletableFuture<Wire.End> seen = new CompletableFuture<>();
        try (TcpPeer peer = TcpPeer.start(wire -> {
            wire.send("!");
            seen.complete(wire.awaitEnd());
        })) {
            TcpForward forward = fixture.to(peer.port());
            Wire client = connect(forward);
            assertThat(client.read(1)).hasSize(1);
            client.reset();
            assertThat(seen.orTimeout(15, TimeUnit.SECONDS).join()).isEqualTo(Wire.End.RESET);
            Eventually.until("it ends", () -> forward.status().connections() == 0);
        }
    }

    @Test
    void passes_a_servers_reset_on_to_the_client() {
        try (TcpPeer peer = TcpPeer.start(wire -> {
            wire.send("begun");
            wire.read(1);
            wire.reset();
        })) {
            try (Wire client = connect(fixture.to(peer.port()))) {
                assertThat(client.read(5)).hasSize(5);
                client.send("x");
                assertThat(client.awaitEnd()).isEqualTo(Wire.End.RESET);
            }
        }
    }

    @Test
    void passes_a_reset_on_that_follows_a_half_close() {
        CompletableFuture<Wire.End> seen = new CompletableFuture<>();
        Gate gate = new Gate();
        try (TcpPeer peer = TcpPeer.start(wire -> {
            assertThat(wire.awaitEnd()).isEqualTo(Wire.End.FIN);
            gate.open();
            // nobody tells a silent server of a client that is gone; writing does
            boolean taken = true;
            while (taken) {
                taken = wire.send(new byte[1000]);
            }
            seen.complete(Wire.End.RESET);
        })) {
            Wire client = connect(fixture.to(peer.port()));
            client.finish();
            assertThat(gate.await()).isTrue();
            client.reset();
            assertThat(seen.orTimeout(15, TimeUnit.SECONDS).join()).isEqualTo(Wire.End.RESET);
        }
    }

    @Test
    void holds_a_fast_server_back_while_the_client_reads_nothing() {
        AtomicLong sent = new AtomicLong();
        try (TcpPeer peer = TcpPeer.start(wire -> {
            byte[] block = new byte[100_000];
            while (sent.get() < 200_000_000 && wire.send(block)) {
                sent.addAndGet(block.length);
            }
        })) {
            TcpForward forward = fixture.to(peer.port());
            long before = PlatformDependent.usedDirectMemory();
            try (Wire client = connect(forward)) {
                assertThat(client.read(1)).hasSize(1);
                Eventually.until(
                        "the server is held back",
                        () -> standsStill(sent) && fixture.transport.budget().waiting() > 0);
                assertThat(sent.get()).isLessThan(100_000_000);
                assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(6 << 20);
                assertThat(fixture.transport.budget().waiting()).isBetween(1L, 1L << 20);
                assertThat(client.read(2_000_000)).hasSize(2_000_000);
                client.reset();
            }
            Eventually.until("it ends", () -> forward.status().connections() == 0);
            assertThat(fixture.transport.budget().waiting()).isZero();
        }
    }

    @Test
    void leaves_what_a_stalled_reader_has_not_taken_in_the_kernel_after_fin() {
        CompletableFuture<TcpForward> forward = new CompletableFuture<>();
        AtomicLong sent = new AtomicLong();
        Gate over = new Gate();
        try (TcpPeer peer = TcpPeer.start(wire -> {
            while (fixture.transport.budget().waiting() == 0) {
                wire.send(new byte[10_000]);
                long now = sent.addAndGet(10_000);
                Eventually.until(
                        "it is read or reading stops",
                        () -> forward.join().status().bytesToClient() == now
                                || fixture.transport.budget().waiting() > 0);
            }
            wire.send(new byte[20_000]);
            sent.addAndGet(20_000);
            wire.close();
            over.open();
        })) {
            forward.complete(fixture.to(peer.port()));
            try (Wire client = Wire.connectWithReceiveBuffer(port(forward.join()), 4096)) {
                assertThat(over.await()).isTrue();
                fixture.transport.loops().forEach(loop -> loop.submit(() -> {}).syncUninterruptibly());
                assertThat(forward.join().status().bytesToClient()).isLessThan(sent.get());
                assertThat(client.rest(Eventually.LIMIT)).hasSize((int) sent.get());
                assertThat(client.end()).isEqualTo(Wire.End.FIN);
            }
        }
    }

    @Test
    void ends_a_stalled_stream_when_its_server_resets() {
        NativeSockets.assumeFor("notice the reset of a connection that is not read");
        AtomicLong sent = new AtomicLong();
        Gate gate = new Gate();
        try (TcpPeer peer = TcpPeer.start(wire -> {
            byte[] block = new byte[100_000];
            while (wire.send(block)) {
                sent.addAndGet(block.length);
            }
            gate.open();
        })) {
            TcpForward forward = fixture.to(peer.port());
            try (Wire client = connect(forward)) {
                assertThat(client.read(1)).hasSize(1);
                Eventually.until("the server is held back", () -> standsStill(sent));
                peer.dropAll(true);
                Eventually.until("it ends", () -> forward.status().connections() == 0);
                assertThat(client.awaitEnd()).isEqualTo(Wire.End.RESET);
                assertThat(gate.await()).isTrue();
            }
        }
    }

    /** Whether nothing more was sent for a while, and something was before. */
    private static boolean standsStill(AtomicLong sent) {
        long now = sent.get();
        return now > 0 && !Eventually.holds(java.time.Duration.ofMillis(200), () -> sent.get() != now);
    }

    private static long write(OutputStream out, int size) throws IOException {
        CRC32 sum = new CRC32();
        byte[] block = new byte[61_441];
        int written = 0;
        while (written < size) {
            int count = Math.min(block.length, size - written);
            for (int i = 0; i < count; i++) {
                block[i] = (byte) (((written + i) * 2654435761L) >> 13);
            }
            sum.update(block, 0, count);
            out.write(block, 0, count);
            written += count;
        }
        return sum.getValue();
    }

    private static long sum(InputStream in, int size) {
        CRC32 sum = new CRC32();
        byte[] block = new byte[65536];
        int total = 0;
        try {
            for (int count = in.read(block); count >= 0; count = in.read(block)) {
                sum.update(block, 0, count);
                total += count;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(total).isEqualTo(size);
        return sum.getValue();
    }
}

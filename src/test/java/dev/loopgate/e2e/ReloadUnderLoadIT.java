package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.PackagedGateway;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.Wire;
import io.vertx.core.http.WebSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file is rewritten again and again while everything is in use. */
class ReloadUnderLoadIT {

    private static final int RELOADS = 50;

    @TempDir
    Path folder;

    private volatile boolean over;

    @Test
    void fifty_reloads_in_a_row_fail_no_request_and_drop_no_connection() throws Exception {
        ExecutorService traffic = Executors.newCachedThreadPool();
        try (Rig rig = new Rig(folder);
                LiveServers first = new LiveServers();
                LiveServers second = new LiveServers()) {
            int forward = Rig.freePort();
            int port = Rig.freePort();
            Path file = rig.file("loopgate.yaml", text(port, first, first, forward, 0));
            PackagedGateway gateway = rig.gateway(file, port);
            Eventually.until("the first table", () -> gateway.output().contains("listening on"));

            AtomicBoolean dropped = new AtomicBoolean();
            AtomicInteger messages = new AtomicInteger();
            WebSocket socket = first.webSocket("same.localhost", port);
            socket.closeHandler(ended -> dropped.set(true));
            socket.textMessageHandler(message -> {
                if (message.equals("message " + messages.get())) {
                    socket.writeTextMessage("message " + messages.incrementAndGet());
                }
            });
            socket.writeTextMessage("message 0");
            List<Future<Integer>> clients = new ArrayList<>();
            clients.add(traffic.submit(() -> requests(port, "same.localhost", "GET", "")));
            clients.add(traffic.submit(() -> requests(port, "same.localhost", "POST", "x".repeat(20_000))));
            clients.add(traffic.submit(() -> requests(port, "changing.localhost", "GET", "")));
            clients.add(traffic.submit(() -> requests(port, "changing.localhost", "POST", "y".repeat(20_000))));
            clients.add(traffic.submit(() -> stream(forward)));

            for (int i = 1; i <= RELOADS; i++) {
                rewrite(file, text(port, first, i % 2 == 0 ? first : second, forward, i), i);
                awaitInForce(port, Integer.toString(i));
            }
            int answered = messages.get();
            Eventually.until("one more message", () -> dropped.get() || messages.get() > answered);
            assertThat(dropped).isFalse();
            over = true;
            for (Future<Integer> client : clients) {
                assertThat(client.get(30, TimeUnit.SECONDS)).isGreaterThan(RELOADS);
            }
            assertThat(messages.get()).isGreaterThan(RELOADS);
            Eventually.until("every reload was told", () -> reloads(gateway) == RELOADS);
            assertThat(gateway.process().stderr()).doesNotContain("0 connections kept", "Exception", "still serving");
        } finally {
            over = true;
            traffic.shutdownNow();
        }
    }

    private static String text(int port, LiveServers same, LiveServers changing, int forward, int number) {
        return String.join(
                "\n",
                "listen: 127.0.0.1:" + port,
                "access-log: off",
                "hosts:",
                "  same.localhost: " + same.http(),
                "  changing.localhost: " + changing.http(),
                "  number-" + number + ".localhost: {respond: {body: new}}",
                "  number.localhost: {respond: {body: \"" + number + "\"}}",
                "forwards:",
                "  \"127.0.0.1:" + forward + "\": " + same.echo(),
                "");
    }

    /** In place, or by the rename that editors do. */
    private static void rewrite(Path file, String text, int number) throws IOException {
        if (number % 3 == 0) {
            Files.writeString(file, text);
        } else {
            Path next = Files.writeString(file.resolveSibling("next"), text);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static void awaitInForce(int port, String body) {
        try (RawClient client = RawClient.connect(port)) {
            Eventually.until(
                    "reload " + body,
                    () -> client.get("number.localhost", "/").response().body().equals(body));
        }
    }

    /** Requests on one connection, one after the other; gives their number. */
    private int requests(int port, String host, String method, String body) {
        int count = 0;
        try (RawClient client = RawClient.connect(port)) {
            while (!over) {
                RawResponse response = client.request(method, host, "/", body, "Content-Length: " + body.length())
                        .response();
                assertThat(response.status())
                        .as("request %d to %s: %s", count, host, response)
                        .isEqualTo(200);
                assertThat(response.body()).isEqualTo("got " + body);
                count++;
            }
        }
        return count;
    }

    /** Blocks through the forward and back, on one connection; gives their number. */
    private int stream(int port) {
        byte[] block = new byte[100_000];
        Random random = new Random(50);
        int count = 0;
        try (Wire wire = Wire.connect(port)) {
            while (!over) {
                random.nextBytes(block);
                assertThat(wire.send(block)).isTrue();
                assertThat(Arrays.equals(wire.read(block.length, Duration.ofSeconds(30)), block))
                        .as("block %d", count)
                        .isTrue();
                count++;
            }
            wire.finish();
            assertThat(wire.awaitEnd()).isEqualTo(Wire.End.FIN);
        }
        return count;
    }

    private static long reloads(PackagedGateway gateway) {
        return gateway.process()
                .stderr()
                .lines()
                .filter(line -> line.contains("reloaded "))
                .count();
    }
}

package dev.loopgate.gateway;

import static dev.loopgate.gateway.Watched.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.config.ConfigurationReader;
import dev.loopgate.config.ReadResult;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Wire;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakCheck.class)
class FollowedFileTest {

    private static final int RELOADS = 50;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final int listen = TcpPeer.closedPort();
    private final int steady = TcpPeer.closedPort();
    private final int changing = TcpPeer.closedPort();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger exchanges = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();

    @Test
    void fifty_reloads_in_a_row_fail_no_request_and_touch_no_connection() throws Exception {
        try (TcpPeer web = TcpPeer.start(FollowedFileTest::web);
                TcpPeer echo = GatewayStartTest.echo();
                GatewayUnderTest gateway = new GatewayUnderTest()) {
            Path file = folder.resolve("loopgate.yaml");
            write(file, 0, web.port(), echo.port());
            ConfigurationWatch watch =
                    new ConfigurationWatch(gateway.vertx, file, new ConfigurationReader(name -> null), notice -> {});
            gateway.started(((ReadResult.Valid) await(watch.read())).configuration());
            await(watch.follow(result -> take(gateway, result)));

            List<Thread> traffic = new ArrayList<>();
            traffic.add(client("requests on one connection", this::requestsOnOneConnection));
            traffic.add(client("requests on new connections", this::requestsOnNewConnections));
            traffic.add(client("WebSocket", this::upgraded));
            traffic.add(client("stream", () -> stream(steady)));
            traffic.add(client("stream of a changing rule", () -> stream(changing)));
            traffic.add(client("new streams", () -> newStreams(steady)));
            Eventually.until("traffic flows", () -> exchanges.get() > 50);

            for (int i = 1; i <= RELOADS; i++) {
                int before = exchanges.get();
                write(file, i, web.port(), echo.port());
                String body = "version " + i;
                Eventually.until(
                        body,
                        () -> GatewayUnderTest.get(listen, "version.localhost").equals(body));
                Eventually.until("traffic flows on", () -> exchanges.get() > before || !failures.isEmpty());
            }
            over.set(true);
            for (Thread thread : traffic) {
                thread.join(LIMIT.toMillis());
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
            await(watch.close());

            assertThat(failures).isEmpty();
            assertThat(gateway.blocked).isEmpty();
        }
    }

    @Test
    void keeps_serving_old_routes_when_new_file_is_invalid() throws Exception {
        try (TcpPeer web = TcpPeer.start(FollowedFileTest::web);
                GatewayUnderTest gateway = new GatewayUnderTest()) {
            Path file = folder.resolve("loopgate.yaml");
            write(file, 1, web.port(), web.port());
            ConfigurationWatch watch =
                    new ConfigurationWatch(gateway.vertx, file, new ConfigurationReader(name -> null), notice -> {});
            gateway.started(((ReadResult.Valid) await(watch.read())).configuration());
            await(watch.follow(result -> take(gateway, result)));

            Files.writeString(file, "hosts: {app.localhost: 99999999}\n");

            Eventually.until(
                    "the problem is known",
                    () -> gateway.gateway
                            .status()
                            .lastReload()
                            .filter(report -> report.outcome() == ReloadReport.Outcome.INVALID)
                            .isPresent());
            assertThat(GatewayUnderTest.get(listen, "app.localhost")).isEqualTo("app");
            assertThat(GatewayUnderTest.get(listen, "version.localhost")).isEqualTo("version 1");
            write(file, 2, web.port(), web.port());
            Eventually.until(
                    "the good file is in force",
                    () -> GatewayUnderTest.get(listen, "version.localhost").equals("version 2"));
            assertThat(await(watch.trigger()).outcome()).isEqualTo(ReloadReport.Outcome.UNCHANGED);
            await(watch.close());
        }
    }

    /** By turns in place and by rename; a host and a forward come, change and go, others stay. */
    private void write(Path file, int version, int web, int echo) throws IOException {
        StringBuilder text = new StringBuilder();
        text.append("listen: 127.0.0.1:").append(listen).append('\n');
        text.append("access-log: off\n");
        text.append("hosts:\n  app.localhost: ").append(web).append('\n');
        text.append("  version.localhost: {respond: {status: 200, body: version ")
                .append(version)
                .append("}}\n");
        if (version % 2 == 0) {
            text.append("  even.localhost: ").append(web).append('\n');
        }
        text.append("forwards:\n");
        text.append("  \"127.0.0.1:").append(steady).append("\": ").append(echo).append('\n');
        text.append("  \"127.0.0.1:").append(changing).append("\": {to: ").append(echo);
        text.append(", connections: ").append(100 + version).append("}\n");
        if (version % 3 == 0) {
            Files.writeString(file, text);
        } else {
            Path next = Files.writeString(folder.resolve("next"), text);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static Future<ReloadReport> take(GatewayUnderTest gateway, ReadResult result) {
        return result instanceof ReadResult.Valid valid
                ? gateway.gateway.reload(valid.configuration(), List.of())
                : Future.succeededFuture(gateway.gateway.invalid(List.of("invalid")));
    }

    private void requestsOnOneConnection() {
        try (RawClient client = RawClient.connect(listen)) {
            while (!over.get()) {
                expect(
                        "200 of app.localhost",
                        client.get("app.localhost", "/").response().body(),
                        "app");
            }
        }
    }

    private void requestsOnNewConnections() {
        while (!over.get()) {
            expect("a new connection", GatewayUnderTest.get(listen, "app.localhost"), "app");
        }
    }

    private void upgraded() {
        try (RawClient client = RawClient.connect(listen)) {
            client.get("app.localhost", "/", "Connection: Upgrade", "Upgrade: echo")
                    .head();
            while (!over.get()) {
                client.send("ping");
                expect("echo of a tunnel", Wire.text(client.wire().read(4, LIMIT)), "ping");
            }
        }
    }

    private void stream(int port) {
        try (Wire wire = Wire.connect(port)) {
            while (!over.get()) {
                wire.send("ping");
                expect("echo of a stream", Wire.text(wire.read(4, LIMIT)), "ping");
            }
        }
    }

    private void newStreams(int port) {
        while (!over.get()) {
            try (Wire wire = Wire.connect(port)) {
                wire.send("ping");
                expect("echo of a new stream", Wire.text(wire.read(4, LIMIT)), "ping");
            }
        }
    }

    /** The first failure ends a client's work. */
    private void expect(String what, String actual, String expected) {
        if (!actual.equals(expected)) {
            throw new AssertionError(what + ": expected " + expected + ", not " + actual);
        }
        exchanges.incrementAndGet();
    }

    private Thread client(String name, Runnable work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException | AssertionError failed) {
                        failures.add(name + ": " + failed);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Keeps its connections; echoes on one that is upgraded. */
    private static void web(Wire wire) {
        while (true) {
            String head = wire.until("\r\n\r\n", Duration.ofMinutes(1));
            if (head == null) {
                return;
            }
            if (head.contains("Upgrade: echo")) {
                wire.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
                GatewayStartTest.echo(wire);
                return;
            }
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\napp");
        }
    }
}

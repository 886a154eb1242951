package dev.loopgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.UdpWire;
import dev.loopgate.testkit.Wire;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Clients of every kind that check each answer; the first that is wrong ends the client, and is told. */
final class SoakTraffic implements AutoCloseable {

    /** Between two exchanges of a client: it is to be always under way, and not to take the machine. */
    private static final long PAUSE_MILLIS = 2;

    /** After a connection or a session that is not used again: ports that were closed are not free at once. */
    private static final long LONG_PAUSE_MILLIS = 20;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Future<Integer>> clients = new LinkedHashMap<>();
    private volatile boolean over;

    /** One exchange; its number makes it differ from the others. */
    private interface Step {
        void take(int number) throws Exception;
    }

    /** Requests on one connection. */
    void kept(int port, String host, String method, String body) {
        start(method + " to " + host, () -> {
            try (RawClient client = RawClient.connect(port)) {
                return repeat(PAUSE_MILLIS, number -> request(client, host, method, body, "X-Number: " + number));
            }
        });
    }

    /** Requests on a connection each. */
    void fresh(int port, String host) {
        start(
                "connections to " + host,
                () -> repeat(LONG_PAUSE_MILLIS, number -> {
                    try (RawClient client = RawClient.connect(port)) {
                        request(client, host, "POST", "new " + number, "Connection: close");
                        client.awaitEnd();
                    }
                }));
    }

    private static void request(RawClient client, String host, String method, String body, String field) {
        RawResponse response = client.request(method, host, "/", body, "Content-Length: " + body.length(), field)
                .response();
        assertThat(response.status()).as("%s to %s: %s", method, host, response).isEqualTo(200);
        assertThat(response.body()).isEqualTo("got " + body);
    }

    /** Messages and their echoes on one WebSocket (RFC 6455 §5.2). */
    void webSocket(int port, String host) {
        start("WebSocket to " + host, () -> {
            try (RawClient client = RawClient.connect(port)) {
                RawResponse opened = client.get(
                                host,
                                "/socket",
                                "Connection: Upgrade",
                                "Upgrade: websocket",
                                "Sec-WebSocket-Version: 13",
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
                        .head();
                assertThat(opened.status()).isEqualTo(101);
                int count = repeat(PAUSE_MILLIS, number -> {
                    String text = "message " + number;
                    client.send("\u0081" + (char) (0x80 + text.length()) + "\0\0\0\0" + text);
                    String echo = "\u0081" + (char) text.length() + text;
                    assertThat(Wire.text(client.wire().read(echo.length()))).isEqualTo(echo);
                });
                client.finish();
                assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
                return count;
            }
        });
    }

    /** Blocks there and back on one connection through a forward. */
    void stream(int forward) {
        start("stream", () -> {
            try (Wire wire = Wire.connect(forward)) {
                int count = repeat(PAUSE_MILLIS, number -> echo(wire, "block " + number + " ".repeat(50_000)));
                wire.finish();
                assertThat(wire.awaitEnd()).isEqualTo(Wire.End.FIN);
                return count;
            }
        });
    }

    /** A connection each through a forward. */
    void streams(int forward) {
        start(
                "streams",
                () -> repeat(LONG_PAUSE_MILLIS, number -> {
                    try (Wire wire = Wire.connect(forward)) {
                        echo(wire, "stream " + number);
                        wire.finish();
                        assertThat(wire.awaitEnd()).isEqualTo(Wire.End.FIN);
                    }
                }));
    }

    static void echo(Wire wire, String text) {
        assertThat(wire.send(text)).isTrue();
        assertThat(Wire.text(wire.read(text.length()))).isEqualTo(text);
    }

    /** Datagrams of one session. */
    void datagrams(int forward) {
        start("session", () -> {
            try (UdpWire wire = udp(forward)) {
                return repeat(PAUSE_MILLIS, number -> echo(wire, "datagram " + number));
            }
        });
    }

    /** A session for each datagram. */
    void sessions(int forward) {
        start(
                "sessions",
                () -> repeat(LONG_PAUSE_MILLIS, number -> {
                    try (UdpWire wire = udp(forward)) {
                        echo(wire, "session " + number);
                    }
                }));
    }

    static UdpWire udp(int port) {
        return UdpWire.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    static void echo(UdpWire wire, String text) {
        assertThat(wire.send(text).text()).isEqualTo(text);
    }

    /** Fails where a client has. */
    void check() {
        for (Map.Entry<String, Future<Integer>> client : clients.entrySet()) {
            if (client.getValue().isDone()) {
                outcome(client.getKey(), client.getValue());
                throw new AssertionError(client.getKey() + " ended early");
            }
        }
    }

    /** Lets each come to its end, and gives how many exchanges each had. */
    Map<String, Integer> finish() {
        over = true;
        Map<String, Integer> counts = new LinkedHashMap<>();
        clients.forEach((name, client) -> counts.put(name, outcome(name, client)));
        return counts;
    }

    private static int outcome(String name, Future<Integer> client) {
        try {
            return client.get(2 * Rig.LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failed) {
            throw new AssertionError(name + ": " + failed, failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError(stopped);
        }
    }

    private void start(String name, java.util.concurrent.Callable<Integer> client) {
        clients.put(clients.size() + " " + name, threads.submit(client));
    }

    private int repeat(long pauseMillis, Step step) throws Exception {
        int count = 0;
        while (!over) {
            step.take(count);
            count++;
            TimeUnit.MILLISECONDS.sleep(pauseMillis);
        }
        return count;
    }

    @Override
    public void close() {
        over = true;
        threads.shutdownNow();
    }
}

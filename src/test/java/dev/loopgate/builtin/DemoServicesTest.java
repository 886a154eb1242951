package dev.loopgate.builtin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.ShippedVertx;
import dev.loopgate.testkit.UdpWire;
import io.vertx.core.Vertx;
import io.vertx.junit5.ProvidedBy;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sample services, without a gateway before them. */
@ExtendWith({LeakCheck.class, VertxExtension.class})
class DemoServicesTest {

    private DemoServices demo;

    @BeforeEach
    void start(@ProvidedBy(ShippedVertx.class) Vertx vertx) {
        demo = ServedFolder.await(DemoServices.start(vertx));
    }

    @AfterEach
    void stop(VertxTestContext context) {
        demo.close().onComplete(context.succeedingThenComplete());
    }

    @Test
    void the_page_shows_the_request_escaped() {
        String page = get("/", "X-Evil: <script>alert(1)</script>").body();

        assertThat(page)
                .contains("It works.", "GET / HTTP/1.1", "X-Evil: &lt;script&gt;")
                .doesNotContain("<script>alert", "{{");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /, 200",
        "HEAD, /, 200",
        "POST, /, 404",
        "HEAD, /events, 200",
        "POST, /events, 404",
        "POST, /request, 200",
        "GET, /echo, 426",
        "GET, /nope, 404"
    })
    void each_path_has_its_methods(String method, String path, int status) {
        try (RawClient client = RawClient.connect(demo.httpPort())) {
            assertThat(client.request(method, "demo.localhost:1", path, "")
                            .response(method, Eventually.LIMIT)
                            .status())
                    .isEqualTo(status);
        }
    }

    @Test
    void the_request_comes_back_as_text() {
        assertThat(get("/request?a=b", "X-One: 1").body())
                .startsWith("GET /request?a=b HTTP/1.1\nHost: ")
                .contains("X-One: 1\n");
    }

    @Test
    void events_tick_until_nobody_listens() {
        try (RawClient client = RawClient.connect(demo.httpPort())) {
            client.get("demo.localhost:1", "/events");
            assertThat(client.head().field("Content-Type")).contains("text/event-stream");
            assertThat(client.wire().until("\"tick\":2,", Eventually.LIMIT)).contains("id: 1\ndata: {");
        }
    }

    @Test
    void a_websocket_says_what_it_hears() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + demo.httpPort() + "/echo"), new Listener(heard))
                .get(Eventually.LIMIT.toSeconds(), TimeUnit.SECONDS);

        socket.sendText("grüß dich", true).get(Eventually.LIMIT.toSeconds(), TimeUnit.SECONDS);

        assertThat(heard.poll(Eventually.LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo("grüß dich");
        socket.abort();
    }

    private record Listener(BlockingQueue<String> heard) implements WebSocket.Listener {
        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            heard.add(text.toString());
            socket.request(1);
            return null;
        }
    }

    @Test
    void the_udp_echo_returns_each_datagram() {
        try (UdpWire client = UdpWire.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), demo.udpPort()))) {
            assertThat(client.send("hello").text()).isEqualTo("hello");
            assertThat(client.send("").text()).isEmpty();
        }
    }

    @Test
    void the_tcp_echo_returns_every_byte_also_after_a_half_close() throws Exception {
        byte[] sent = new byte[3_000_000];
        new Random(7).nextBytes(sent);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), demo.tcpPort())) {
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                try {
                    socket.getOutputStream().write(sent);
                    socket.shutdownOutput();
                } catch (java.io.IOException e) {
                    throw new AssertionError(e);
                }
            });
            byte[] echoed = socket.getInputStream().readAllBytes();
            writing.get(Eventually.LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(Arrays.equals(echoed, sent)).isTrue();
        }
    }

    @Test
    void the_port_of_the_missing_server_refuses_connections() {
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), demo.downPort()))
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void the_sample_site_is_written_whole(@TempDir Path place) throws Exception {
        DemoServices.writeSite(place.resolve("site"));

        for (String name : new String[] {"index.html", "site.css", "notes.txt", "about/index.html"}) {
            assertThat(place.resolve("site").resolve(name)).isNotEmptyFile();
        }
    }

    private RawResponse get(String target, String field) {
        try (RawClient client = RawClient.connect(demo.httpPort())) {
            return client.get("demo.localhost:1", target, field).response();
        }
    }
}

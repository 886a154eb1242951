package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.model.TlsSettings;
import dev.loopgate.model.VirtualHost;
import dev.loopgate.net.Addresses;
import dev.loopgate.testkit.BackendConnection;
import dev.loopgate.testkit.BackendRequest;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Http2Peer;
import dev.loopgate.testkit.PeerAction;
import dev.loopgate.testkit.RawClient;
import dev.loopgate.testkit.RawResponse;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.Tls;
import dev.loopgate.testkit.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTPS on the port that HTTP has: who is who, and that nothing of HTTP/1.1 is different within. */
class TlsTest {

    private static final Tls TLS = Tls.inNewFolder();

    @RegisterExtension
    static final Stage STAGE = new Stage(TlsTest::configuration, TLS.termination());

    static dev.loopgate.model.Configuration configuration(Stage stage) {
        VirtualHost plain = Sites.proxy("plain.localhost", stage.b().port());
        return Sites.of(
                Sites.proxy("a.localhost", stage.a().port()),
                Sites.proxy("b.localhost", stage.b().port()),
                Sites.proxy("*.w.localhost", stage.b().port()),
                Sites.proxy("down.localhost", stage.closedPort()),
                new VirtualHost(plain.pattern(), plain.routes(), Optional.of(new TlsSettings.Off()), false),
                new VirtualHost(Sites.pattern("only.localhost"), plain.routes(), Optional.empty(), true));
    }

    private static RawClient secure(String name) {
        return STAGE.keep(TLS.client(STAGE.gateway().port(), name));
    }

    @Test
    void answers_on_the_port_that_plain_requests_come_to() {
        assertThat(secure("a.localhost").get("a.localhost", "/").response().body())
                .isEqualTo("A");
        assertThat(STAGE.get("a.localhost", "/").body()).isEqualTo("A");
    }

    @Test
    void tells_the_upstream_how_the_client_came() {
        RawClient client = secure("a.localhost");
        client.get("a.localhost:1", "/", "X-Forwarded-Proto: http").response();
        BackendRequest request = STAGE.a().requests().get(0);
        assertThat(request.all("X-Forwarded-Proto")).containsExactly("https");
        assertThat(request.all("X-Forwarded-Port"))
                .containsExactly(Integer.toString(STAGE.gateway().port()));
        assertThat(request.all("X-Forwarded-For")).containsExactly("127.0.0.1");
    }

    @Test
    void keeps_the_connection_for_further_requests() {
        RawClient client = secure("b.localhost");
        for (int i = 0; i < 3; i++) {
            assertThat(client.get("b.localhost", "/" + i).response().body()).isEqualTo("B");
        }
        assertThat(client.get("B.localhost.", "/").response().body()).isEqualTo("B");
    }

    @ParameterizedTest
    @ValueSource(strings = {"one.w.localhost", "two.three.w.localhost", "localhost", "127.0.0.1"})
    void proves_to_be_each_name_that_it_serves(String name) throws IOException {
        try (SSLSocket socket = Tls.connect(TLS.trusting(), STAGE.gateway().port(), name)) {
            X509Certificate leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            assertThat(Duration.between(
                            leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant()))
                    .isLessThan(Duration.ofDays(397));
            assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown.localhost", "w.localhost", "plain.localhost", "example.com"})
    void tells_a_client_that_there_is_no_such_name(String name) {
        assertThatThrownBy(() -> Tls.connect(TLS.trusting(), STAGE.gateway().port(), name))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("unrecognized_name");
    }

    @Test
    void refuses_a_request_for_another_host_than_the_certificate_is_for() {
        RawResponse response = secure("a.localhost").get("b.localhost", "/").response();
        assertThat(response.status()).isEqualTo(421);
        assertThat(response.error()).isEqualTo("misdirected");
        assertThat(response.body()).contains("a.localhost").contains("b.localhost");
    }

    @Test
    void serves_no_host_without_tls_to_a_client_that_named_none() {
        RawClient client = secure("127.0.0.1");
        assertThat(client.get("plain.localhost", "/").response().status()).isEqualTo(421);
        assertThat(STAGE.get("plain.localhost", "/").status()).isEqualTo(200);
        assertThat(secure("127.0.0.1").get("a.localhost", "/").response().status())
                .isEqualTo(200);
    }

    @Test
    void sends_plain_requests_to_the_same_address_over_tls_where_it_is_told_to() {
        RawResponse plain = STAGE.get("only.localhost:81", "/path?query=1");
        assertThat(plain.status()).isEqualTo(307);
        assertThat(plain.all("Location")).containsExactly("https://only.localhost:81/path?query=1");
        assertThat(STAGE.get("only.localhost", "/", "X-Forwarded-Proto: https").status())
                .isEqualTo(307);
        assertThat(secure("only.localhost")
                        .get("only.localhost", "/")
                        .response()
                        .status())
                .isEqualTo(200);
    }

    @Test
    void explains_failures_to_a_neighbour() {
        RawResponse response =
                secure("down.localhost").get("down.localhost", "/").response();
        assertThat(response.status()).isEqualTo(502);
        assertThat(response.body()).contains("127.0.0.1:" + STAGE.closedPort());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
            })
    void never_passes_half_an_answer_off_as_whole(String half) {
        STAGE.a().always(PeerAction.replyThenReset(half));
        assertThat(secure("a.localhost").get("a.localhost", "/").response().clean())
                .isFalse();
    }

    @Test
    void ends_an_answer_without_a_length_by_saying_so() {
        STAGE.a().always(PeerAction.replyThenClose("HTTP/1.1 200 OK\r\n\r\nhello"));
        RawResponse response = secure("a.localhost").get("a.localhost", "/").response();
        assertThat(response.body()).isEqualTo("hello");
        assertThat(response.clean()).isTrue();
    }

    @Test
    void carries_large_bodies_both_ways() {
        STAGE.a().always(PeerAction.echo());
        char[] large = new char[3 << 20];
        Arrays.fill(large, 'x');
        String body = new String(large);
        RawClient client = secure("a.localhost");
        Thread sender =
                new Thread(() -> client.request("POST", "a.localhost", "/", body, "Content-Length: " + body.length()));
        sender.start();
        RawResponse response = client.response();
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).hasSize(body.length());
        assertThat(client.get("a.localhost", "/").response().status()).isEqualTo(200);
    }

    @Test
    void cancels_what_a_client_wanted_that_breaks_off() throws IOException {
        AtomicReference<Wire.End> end = new AtomicReference<>(Wire.End.OPEN);
        STAGE.a().always(PeerAction.script((connection, request) -> {
            end.set(connection.awaitEnd());
            return false;
        }));
        try (Socket plain = new Socket()) {
            plain.connect(
                    new InetSocketAddress(Addresses.LOOPBACK4, STAGE.gateway().port()));
            SSLSocket socket = Tls.over(TLS.trusting(), plain, STAGE.gateway().port(), "a.localhost");
            send(socket, "GET / HTTP/1.1\r\nHost: a.localhost\r\n\r\n");
            STAGE.a().request();
            // A FIN, and no close_notify before it.
            plain.shutdownOutput();
            Eventually.until("the upstream need not go on", () -> end.get() != Wire.End.OPEN);
            Eventually.until(
                    "the gateway has let go of it", () -> STAGE.gateway().connections() == 0);
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void takes_an_end_between_requests_for_an_end() throws IOException {
        SSLSocket socket = Tls.connect(TLS.trusting(), STAGE.gateway().port(), "a.localhost");
        socket.close();
        Eventually.until("the gateway has let go of it", () -> STAGE.gateway().connections() == 0);
    }

    @Test
    void becomes_a_tunnel_like_a_plain_connection() {
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n");
            byte[] piece = connection.wire().readSome(65_536, Eventually.LIMIT);
            while (piece.length > 0 && connection.wire().send(piece)) {
                piece = connection.wire().readSome(65_536, Eventually.LIMIT);
            }
            return false;
        }));
        RawClient client = secure("a.localhost");
        assertThat(client.get("a.localhost", "/", "Connection: Upgrade", "Upgrade: x")
                        .response()
                        .status())
                .isEqualTo(101);
        byte[] bulk = new byte[2 << 20];
        Arrays.fill(bulk, (byte) 7);
        Thread sender = new Thread(() -> client.send(bulk));
        sender.start();
        assertThat(client.wire().read(bulk.length)).isEqualTo(bulk);
        client.send("last");
        assertThat(client.wire().read(4)).asString().isEqualTo("last");
    }

    /** Makes a connection for a.localhost a tunnel to what runs there. */
    private static RawClient tunnel(Consumer<BackendConnection> upstream) {
        STAGE.a().always(PeerAction.script((connection, request) -> {
            connection.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n");
            upstream.accept(connection);
            return false;
        }));
        RawClient client = secure("a.localhost");
        assertThat(client.get("a.localhost", "/", "Connection: Upgrade", "Upgrade: x")
                        .response()
                        .status())
                .isEqualTo(101);
        return client;
    }

    @Test
    void ends_a_tunnel_whose_client_is_gone_while_the_upstream_goes_on() {
        CountDownLatch over = new CountDownLatch(1);
        RawClient client = tunnel(connection -> {
            connection.awaitEnd();
            while (connection.wire().send(new byte[1000])) {
                // Until somebody says that it reaches nobody.
            }
            over.countDown();
        });
        // close_notify, then FIN.
        client.close();
        Eventually.until("the upstream has heard of it", () -> over.getCount() == 0);
    }

    @Test
    void ends_a_tunnel_that_both_sides_have_ended() {
        RawClient client = tunnel(BackendConnection::awaitEnd);
        client.close();
        Eventually.until("the gateway has let go of it", () -> STAGE.gateway().connections() == 0);
    }

    @Test
    void passes_on_what_a_client_says_after_the_upstream_has_ended() {
        AtomicReference<String> late = new AtomicReference<>("");
        RawClient client = tunnel(connection -> {
            connection.send("bye");
            connection.wire().finish();
            for (int i = 0; i < 3; i++) {
                late.accumulateAndGet(Wire.text(connection.wire().read(4)), String::concat);
            }
            late.accumulateAndGet(connection.awaitEnd().toString(), String::concat);
        });
        assertThat(Wire.text(client.wire().rest(Eventually.LIMIT))).isEqualTo("bye");
        assertThat(client.wire().end()).isEqualTo(Wire.End.FIN);
        String said = "";
        for (int i = 0; i < 3; i++) {
            client.send("late");
            said += "late";
            String all = said;
            Eventually.until("it came", () -> all.equals(late.get()));
        }
        client.close();
        Eventually.until("so did the end", () -> "latelatelateFIN".equals(late.get()));
    }

    /** RFC 9112 §9.6: a connection that is closed at once may take the answer with it. */
    @Test
    void lets_a_client_that_still_sends_take_its_last_answer() {
        STAGE.a()
                .always(new PeerAction.EarlyReply(
                        "HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig", PeerAction.Then.KEEP));
        RawClient client = secure("a.localhost");
        client.request("POST", "a.localhost", "/", "some", "Content-Length: 100000000");
        RawResponse response = client.response();
        assertThat(response.status()).isEqualTo(413);
        assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
        byte[] piece = new byte[10_000];
        assertThat(Eventually.holds(Duration.ofMillis(400), () -> !client.wire().send(piece)))
                .as("cut off")
                .isFalse();
        client.close();
        Eventually.until("the gateway has let go of it", () -> STAGE.gateway().connections() == 0);
    }

    /** Nothing more is sent to it: its request is over, and not one that was answered. */
    @ParameterizedTest
    @ValueSource(strings = {"http/1.1", "h2"})
    void cancels_what_a_client_wanted_that_ends_before_it_has_its_answer(String application) throws IOException {
        AtomicReference<Wire.End> end = new AtomicReference<>(Wire.End.OPEN);
        STAGE.a().always(PeerAction.script((connection, request) -> {
            end.set(connection.awaitEnd());
            return false;
        }));
        try (SSLSocket socket = Tls.connect(TLS.trusting(), STAGE.gateway().port(), "a.localhost", application)) {
            if (application.equals("h2")) {
                Http2Peer.client(new Wire(socket)).get("a.localhost", "/");
            } else {
                send(socket, "GET / HTTP/1.1\r\nHost: a.localhost\r\n\r\n");
            }
            STAGE.a().request();
            socket.shutdownOutput();
            Eventually.until("the upstream need not go on", () -> end.get() != Wire.End.OPEN);
            Eventually.until(
                    "the gateway has let go of it", () -> STAGE.gateway().connections() == 0);
        }
    }

    @Test
    void holds_back_who_sends_more_than_is_read() {
        CountDownLatch reads = new CountDownLatch(1);
        byte[] piece = new byte[64 << 10];
        new Random(7).nextBytes(piece);
        int pieces = 512;
        AtomicInteger sent = new AtomicInteger();
        AtomicInteger came = new AtomicInteger();
        RawClient client = tunnel(connection -> {
            try {
                reads.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            while (Arrays.equals(connection.wire().read(piece.length), piece)) {
                came.incrementAndGet();
            }
        });
        Thread sender = new Thread(() -> {
            for (int i = 0; i < pieces; i++) {
                client.send(piece);
                sent.incrementAndGet();
            }
        });
        sender.start();
        int[] seen = {0, 0};
        Eventually.until("nothing more is taken", () -> {
            int now = sent.get();
            seen[1] = now > 0 && now == seen[0] ? seen[1] + 1 : 0;
            seen[0] = now;
            return seen[1] == 20;
        });
        assertThat(sent.get()).isLessThan(pieces);
        reads.countDown();
        Eventually.until("all of it came", () -> came.get() == pieces);
        client.close();
    }

    @Test
    void resumes_what_was_agreed_before() throws IOException {
        javax.net.ssl.SSLContext context = TLS.trusting();
        long first;
        try (SSLSocket socket = Tls.connect(context, STAGE.gateway().port(), "a.localhost")) {
            RawClient client = RawClient.over(new Wire(socket));
            assertThat(client.get("a.localhost", "/").response().status()).isEqualTo(200);
            first = socket.getSession().getCreationTime();
        }
        STAGE.gateway().install(configuration(STAGE));
        Eventually.until("time has passed", () -> System.currentTimeMillis() > first);
        try (SSLSocket socket = Tls.connect(context, STAGE.gateway().port(), "a.localhost")) {
            assertThat(socket.getSession().getCreationTime()).isEqualTo(first);
        }
    }

    @Test
    void agrees_on_nothing_weak() {
        for (List<String> weak : List.of(
                List.of("TLSv1.2", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"),
                List.of("TLSv1.2", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"))) {
            assertThatThrownBy(() -> {
                        Socket plain =
                                new Socket(Addresses.LOOPBACK4, STAGE.gateway().port());
                        SSLSocket socket = (SSLSocket) TLS.trusting()
                                .getSocketFactory()
                                .createSocket(
                                        plain, "a.localhost", STAGE.gateway().port(), true);
                        socket.setEnabledProtocols(new String[] {weak.get(0)});
                        socket.setEnabledCipherSuites(new String[] {weak.get(1)});
                        try (socket) {
                            socket.startHandshake();
                        }
                    })
                    .isInstanceOf(SSLException.class);
        }
    }

    @Test
    void lets_go_of_who_begins_and_says_no_more() {
        RawClient client = STAGE.client().send(new byte[] {22, 3, 1, 2, 0});
        assertThat(client.wire().fill(Duration.ofMillis(200))).isFalse();
        assertThat(STAGE.gateway().connections()).isEqualTo(1);
        client.finish();
        assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
    }

    @Test
    void cuts_off_who_says_hello_in_too_many_pieces() {
        ByteArrayOutputStream hello = new ByteArrayOutputStream();
        // A hello of 12 KiB, a byte in each record; less than all of it.
        byte[] begin = {1, 0, 48, 0};
        for (int i = 0; i < 8000; i++) {
            hello.writeBytes(new byte[] {22, 3, 1, 0, 1, i < begin.length ? begin[i] : 0});
        }
        RawClient client = STAGE.client().send(hello.toByteArray());
        // Before the deadline of those who do not go on.
        assertThat(client.wire().awaitEnd(Duration.ofSeconds(12))).isNotEqualTo(Wire.End.OPEN);
    }

    @Test
    void survives_what_only_looks_like_tls() {
        RawClient client = STAGE.client().send(new byte[] {22, 9, 9, 0, 5, 1, 2, 3, 4, 5, 6});
        assertThat(client.awaitEnd()).isNotEqualTo(Wire.End.OPEN);
        STAGE.stillServes();
    }
}

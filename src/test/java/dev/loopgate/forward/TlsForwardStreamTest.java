package dev.loopgate.forward;

import static dev.loopgate.forward.ForwardFixture.connect;
import static dev.loopgate.forward.ForwardFixture.port;
import static dev.loopgate.forward.ForwardFixture.rule;
import static dev.loopgate.forward.TlsForwards.ENDS;
import static dev.loopgate.forward.TlsForwards.TLS;
import static dev.loopgate.forward.TlsForwards.gone;
import static dev.loopgate.forward.TlsForwards.secure;
import static dev.loopgate.forward.TlsForwards.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.model.UpstreamAddress.LoopbackPort;
import dev.loopgate.net.Addresses;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Tls;
import dev.loopgate.testkit.Wire;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The bytes of forwards with TLS on either side, and their ends. */
@ExtendWith(LeakCheck.class)
class TlsForwardStreamTest {

    @RegisterExtension
    final TlsForwards forwards = new TlsForwards();

    @Test
    void passes_bulk_whole_in_both_directions_through_tls_on_both_sides() throws Exception {
        TcpForward inner = forwards.ending(forwards.echo.port());
        TcpForward outer = forwards.open(
                rule(new UpstreamAddress.Tls(new LoopbackPort(port(inner)))).with(ENDS));
        byte[] bulk = new byte[8 << 20];
        new Random(5).nextBytes(bulk);
        try (Wire client = secure(outer)) {
            CompletableFuture<Boolean> sent = CompletableFuture.supplyAsync(() -> client.send(bulk));
            assertThat(client.read(bulk.length)).isEqualTo(bulk);
            assertThat(sent.get(30, TimeUnit.SECONDS)).isTrue();
        }
        gone(outer);
        gone(inner);
    }

    /** What a target hears of a client that ends as it likes. */
    private String heard(Consumer<SSLSocket> ending) throws Exception {
        CompletableFuture<String> heard = new CompletableFuture<>();
        try (TcpPeer peer = TcpPeer.start(wire -> {
            String said = text(wire.rest(Eventually.LIMIT));
            heard.complete(said + wire.end());
        })) {
            TcpForward forward = forwards.ending(peer.port());
            Socket plain = new Socket(Addresses.LOOPBACK4, port(forward));
            SSLSocket client = Tls.over(TLS.trusting(), plain, port(forward), "localhost");
            client.getOutputStream().write("last words ".getBytes(StandardCharsets.US_ASCII));
            ending.accept(client);
            String said = heard.get(30, TimeUnit.SECONDS);
            plain.close();
            gone(forward);
            return said;
        }
    }

    @Test
    void passes_a_clients_close_notify_on_as_fin() throws Exception {
        assertThat(heard(client -> {
                    try {
                        client.shutdownOutput();
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }))
                .isEqualTo("last words FIN");
    }

    @Test
    void passes_the_end_of_a_client_without_close_notify_on_as_a_reset() throws Exception {
        CompletableFuture<Wire.End> heard = new CompletableFuture<>();
        try (TcpPeer peer = TcpPeer.start(wire -> heard.complete(wire.awaitEnd()))) {
            TcpForward forward = forwards.ending(peer.port());
            try (Socket plain = new Socket(Addresses.LOOPBACK4, port(forward))) {
                SSLSocket client = Tls.over(TLS.trusting(), plain, port(forward), "localhost");
                client.getOutputStream().write(1);
                Eventually.until("it is there", () -> forward.status().bytesToTarget() == 1);
                plain.shutdownOutput();
                assertThat(heard.get(30, TimeUnit.SECONDS)).isEqualTo(Wire.End.RESET);
            }
            gone(forward);
        }
    }

    @Test
    void passes_a_targets_fin_on_as_close_notify_and_takes_what_the_client_still_says() throws Exception {
        CompletableFuture<String> late = new CompletableFuture<>();
        try (TcpPeer peer = TcpPeer.start(wire -> {
            wire.send("bye");
            wire.finish();
            late.complete(text(wire.rest(Eventually.LIMIT)) + wire.end());
        })) {
            TcpForward forward = forwards.ending(peer.port());
            try (Wire client = secure(forward)) {
                assertThat(text(client.rest(Eventually.LIMIT))).isEqualTo("bye");
                // Java takes an end without close_notify for a failure.
                assertThat(client.end()).isEqualTo(Wire.End.FIN);
                client.send("late");
                client.finish();
                assertThat(late.get(30, TimeUnit.SECONDS)).isEqualTo("lateFIN");
            }
            gone(forward);
        }
    }

    @Test
    void a_target_that_breaks_off_breaks_the_client_off() throws Exception {
        try (TcpPeer peer = TcpPeer.start(wire -> {
            wire.read(1);
            wire.reset();
        })) {
            TcpForward inner = forwards.ending(peer.port());
            TcpForward outer = forwards.beginning(true, port(inner));
            try (Wire client = connect(outer)) {
                client.send("x");
                assertThat(client.awaitEnd()).isEqualTo(Wire.End.RESET);
            }
            try (Wire client = secure(inner)) {
                client.send("x");
                assertThat(client.awaitEnd()).isEqualTo(Wire.End.RESET);
            }
            gone(outer);
            gone(inner);
        }
    }

    @Test
    void passes_the_ends_of_a_target_over_tls_on() throws Exception {
        CompletableFuture<String> heard = new CompletableFuture<>();
        try (TcpPeer peer = TcpPeer.start(wire -> {
            heard.complete(text(wire.rest(Eventually.LIMIT)) + wire.end());
        })) {
            TcpForward inner = forwards.ending(peer.port());
            TcpForward outer = forwards.beginning(true, port(inner));
            try (Wire client = connect(outer)) {
                client.send("request");
                client.finish();
                assertThat(heard.get(30, TimeUnit.SECONDS)).isEqualTo("requestFIN");
                assertThat(client.awaitEnd()).isEqualTo(Wire.End.FIN);
            }
            gone(outer);
            gone(inner);
        }
    }
}

package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.net.QuicListener;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Http3Client;
import dev.loopgate.testkit.Http3Stage;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Stage;
import dev.loopgate.testkit.Tls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whom the gateway takes a client of HTTP/3 for, whose datagrams may have anybody as their sender. */
@EnabledOnOs(OS.LINUX)
class Http3AddressTest {

    private static final Tls TLS = Tls.inNewFolder();

    @RegisterExtension
    @Order(1)
    static final Stage STAGE =
            new Stage(stage -> Sites.of(Sites.proxy("a.localhost", stage.a().port())), TLS.termination());

    @RegisterExtension
    @Order(2)
    static final Http3Stage HTTP3 = new Http3Stage(STAGE, TLS);

    /**
     * No answer is waited for from elsewhere: quiche closes a connection whose probe of a new address is not answered within
     * seconds, which a busy machine may take.
     */
    @Test
    void a_client_stays_who_it_has_shown_to_be_when_its_datagrams_come_from_elsewhere() throws Exception {
        QuicListener listener = HTTP3.listen(0);
        try (Router router = new Router(listener.address().getPort());
                Http3Client client = Http3Client.connect(
                        router.port(), "a.localhost", TLS.folder().certificateOrNew(Instant.now()))) {
            assertThat(client.get("a.localhost", "/1").answer().status()).isEqualTo(200);
            router.elsewhere = true;
            client.get("a.localhost", "/2");
            Eventually.until("the request is there", () -> STAGE.a().requests().size() == 2);
            Eventually.until("the gateway probes the second address", () -> router.probes.get() > 0);
            assertThat(STAGE.a().requests())
                    .allSatisfy(request ->
                            assertThat(request.all("X-Forwarded-For")).containsExactly("127.0.0.1"));
        } finally {
            // With its connections, whether or not the client's word of its end got through.
            listener.close().await(Eventually.LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /** In front of one client, whose address it changes on its way to the gateway. */
    private static final class Router implements AutoCloseable {

        private final DatagramChannel inside;
        private final DatagramChannel here;
        private final DatagramChannel there;
        private final SocketAddress gateway;
        private final List<Thread> threads = new ArrayList<>();
        private final AtomicInteger probes = new AtomicInteger();
        private volatile boolean elsewhere;
        private volatile @Nullable SocketAddress client;

        Router(int port) throws IOException {
            gateway = address(1, port);
            inside = DatagramChannel.open().bind(address(1, 0));
            here = DatagramChannel.open().bind(address(1, 0));
            there = DatagramChannel.open().bind(address(2, 0));
            pass(inside, (datagram, sender) -> {
                client = sender;
                (elsewhere ? there : here).send(datagram, gateway);
            });
            pass(here, (datagram, sender) -> inside.send(datagram, client));
            pass(there, (datagram, sender) -> {
                probes.incrementAndGet();
                inside.send(datagram, client);
            });
        }

        private interface Way {
            void go(ByteBuffer datagram, SocketAddress sender) throws IOException;
        }

        private static InetSocketAddress address(int last, int port) throws IOException {
            return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last}), port);
        }

        private void pass(DatagramChannel from, Way way) {
            Thread thread = new Thread(() -> {
                ByteBuffer datagram = ByteBuffer.allocate(65_535);
                while (from.isOpen()) {
                    try {
                        SocketAddress sender = from.receive(datagram.clear());
                        way.go(datagram.flip(), sender);
                    } catch (IOException closed) {
                        // Then the loop ends.
                    }
                }
            });
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }

        int port() {
            return inside.socket().getLocalPort();
        }

        @Override
        public void close() throws IOException {
            for (DatagramChannel each : List.of(inside, here, there)) {
                each.close();
            }
            try {
                for (Thread thread : threads) {
                    thread.join();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

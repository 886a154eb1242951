package dev.loopgate.gateway;

import static dev.loopgate.gateway.GatewayStartTest.echo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Forward;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.BindTargets;
import dev.loopgate.net.PortHolders;
import dev.loopgate.net.Transport;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.TcpPeer;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class ForwardSlotTest {

    private static final Duration OFTEN = Duration.ofMillis(20);

    private final BlockingQueue<List<String>> moves = new LinkedBlockingQueue<>();
    private final GatewayEvents events = new GatewayEvents() {
        @Override
        public void forwardMoved(Forward.Tcp rule, List<String> addresses) {
            moves.add(addresses);
        }
    };

    @Test
    void a_lan_forward_goes_along_with_the_interfaces_of_the_machine() throws Exception {
        int port = TcpPeer.closedPort();
        BindAddress lan = BindAddress.lan(port);
        List<InetSocketAddress> first = BindTargets.of(lan).addresses();
        Assumptions.assumeFalse(first.isEmpty(), "this machine is on no network");
        InetSocketAddress vpn = new InetSocketAddress("127.0.0.2", port);
        Vertx vertx = Transport.vertx(new VertxOptions());
        Machine machine = new Machine(first);
        try (TcpPeer echo = echo()) {
            ForwardSlot slot = new ForwardSlot(
                    vertx,
                    new Transport(vertx),
                    GatewayUnderTest.forward(lan, echo.port()),
                    new BindProblems(PortHolders.UNKNOWN),
                    events,
                    machine,
                    OFTEN);
            Watched.await(slot.open());
            assertThat(slot.state().problem()).isEmpty();

            machine.has(vpn, first);
            assertThat(next()).contains("127.0.0.2:" + port).hasSize(first.size() + 1);
            assertEchoes(vpn);

            machine.has(vpn, List.of());
            assertThat(next()).containsExactly("127.0.0.2:" + port);
            assertEchoes(vpn);

            machine.has(null, first);
            assertThat(next())
                    .containsExactlyElementsOf(
                            first.stream().map(Addresses::text).toList());
            Watched.await(slot.retire(Duration.ZERO));
        } finally {
            Watched.await(vertx.close());
        }
        assertThat(moves).isEmpty();
    }

    private static void assertEchoes(InetSocketAddress at) throws IOException {
        try (Socket socket = new Socket(at.getAddress(), at.getPort())) {
            socket.getOutputStream().write('x');
            assertThat(socket.getInputStream().read()).isEqualTo('x');
        }
    }

    private List<String> next() throws InterruptedException {
        return moves.poll(15, TimeUnit.SECONDS);
    }

    private static final class Machine implements ForwardSlot.Targets {

        private volatile List<InetSocketAddress> addresses;

        Machine(List<InetSocketAddress> addresses) {
            this.addresses = addresses;
        }

        void has(@org.jspecify.annotations.Nullable InetSocketAddress one, List<InetSocketAddress> others) {
            List<InetSocketAddress> all = new ArrayList<>(others);
            if (one != null) {
                all.add(one);
            }
            addresses = all;
        }

        @Override
        public List<InetSocketAddress> of(BindAddress bind) throws SocketException {
            return addresses;
        }
    }
}

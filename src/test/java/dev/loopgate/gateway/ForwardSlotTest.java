package dev.loopgate.gateway;

import static dev.loopgate.gateway.GatewayStartTest.echo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.diagnose.PatientPortHolders;
import dev.loopgate.forward.ForwardTls;
import dev.loopgate.model.Forward;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.MachineAddresses;
import dev.loopgate.net.PortHolder;
import dev.loopgate.net.Transport;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.PortHog;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Tls;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A machine whose interfaces come and go; its addresses are all of loopback, where every one is free to use. */
@ExtendWith(LeakCheck.class)
class ForwardSlotTest {

    private static final Duration OFTEN = Duration.ofMillis(20);

    private final BlockingQueue<List<String>> moves = new LinkedBlockingQueue<>();
    private final BlockingQueue<BindProblem> blocked = new LinkedBlockingQueue<>();
    private final GatewayEvents events = new GatewayEvents() {
        @Override
        public void forwardMoved(Forward rule, List<String> addresses) {
            moves.add(addresses);
        }

        @Override
        public void forwardBlocked(Forward rule, BindProblem problem) {
            blocked.add(problem);
        }
    };
    private final Vertx vertx = Transport.vertx(new VertxOptions());
    private final Machine machine = new Machine();
    private final TcpPeer echo = echo();
    private final ForwardSlot slot = slot(machine);
    private int port;

    @BeforeEach
    void open() {
        machine.has("127.0.0.1");
        Watched.await(slot.open());
        port = ((InetSocketAddress) slot.listening().get(0)).getPort();
        machine.has("127.0.0.1");
    }

    @AfterEach
    void close() {
        Watched.await(slot.retire(Duration.ZERO));
        Watched.await(vertx.close());
        echo.close();
        assertThat(moves).isEmpty();
        assertThat(blocked).isEmpty();
    }

    @Test
    void goes_along_with_the_interfaces_of_the_machine() throws Exception {
        machine.has("127.0.0.1", "127.0.0.2");
        assertThat(next(moves)).containsExactly("127.0.0.1:" + port, "127.0.0.2:" + port);
        assertEchoes("127.0.0.2");

        machine.has("127.0.0.2");
        assertThat(next(moves)).containsExactly("127.0.0.2:" + port);
        assertEchoes("127.0.0.2");

        machine.has("127.0.0.1");
        assertThat(next(moves)).containsExactly("127.0.0.1:" + port);
        assertEchoes("127.0.0.1");
    }

    @Test
    void a_new_address_whose_port_is_taken_is_told_once_and_listened_on_once_it_is_free() throws Exception {
        try (PortHog hog = PortHog.start("127.0.0.2", port, false)) {
            machine.has("127.0.0.1", "127.0.0.2");
            BindProblem problem = next(blocked);
            assertThat(problem.kind()).isEqualTo(BindProblem.Kind.TAKEN);
            assertThat(problem.address()).isEqualTo("127.0.0.2:" + port);
            assertThat(problem.holder().map(PortHolder::pid)).contains(hog.pid());
            assertThat(slot.state().problem()).contains(problem);
            assertThat(slot.state().addresses()).containsExactly("127.0.0.1:" + port);
            machine.awaitLooks(30);
            assertThat(blocked).isEmpty();
            assertEchoes("127.0.0.1");
        }
        assertThat(next(moves)).containsExactly("127.0.0.1:" + port, "127.0.0.2:" + port);
        Eventually.until(
                "there is no problem any more", () -> slot.state().problem().isEmpty());
        assertEchoes("127.0.0.2");
        // Whoever asks for the holder just while it ends is told another answer, once.
        blocked.clear();
    }

    @Test
    void an_address_that_is_taken_from_the_start_keeps_no_other_from_listening() throws Exception {
        Machine other = new Machine();
        other.has("127.0.0.2", "127.0.0.3");
        ForwardSlot second = slot(other);
        try (PortHog hog = PortHog.start("127.0.0.2", port, false)) {
            Watched.await(second.open());
            assertThat(second.state().addresses()).containsExactly("127.0.0.3:" + port);
            BindProblem problem = next(blocked);
            assertThat(problem.address()).isEqualTo("127.0.0.2:" + port);
            assertThat(problem.holder().map(PortHolder::pid)).contains(hog.pid());
            assertThat(second.state().problem()).contains(problem);
            assertEchoes("127.0.0.3");
            other.awaitLooks(30);
            assertThat(blocked).isEmpty();
        }
        assertThat(next(moves)).containsExactly("127.0.0.3:" + port, "127.0.0.2:" + port);
        Eventually.until(
                "there is no problem any more", () -> second.state().problem().isEmpty());
        assertEchoes("127.0.0.2");
        Watched.await(second.retire(Duration.ZERO));
        // As above.
        blocked.clear();
    }

    @Test
    void what_is_taken_everywhere_is_listened_on_once_it_is_free() throws Exception {
        Machine other = new Machine();
        other.has("127.0.0.2");
        ForwardSlot second = slot(other);
        try (PortHog hog = PortHog.start("127.0.0.2", port, false)) {
            Watched.await(second.open());
            assertThat(next(blocked).holder().map(PortHolder::pid)).contains(hog.pid());
            assertThat(second.state().addresses()).isEmpty();
        }
        assertThat(next(moves)).containsExactly("127.0.0.2:" + port);
        assertThat(second.state().problem()).isEmpty();
        assertEchoes("127.0.0.2");
        Watched.await(second.retire(Duration.ZERO));
    }

    @Test
    void a_taken_address_that_goes_away_is_no_problem_any_more() throws Exception {
        try (PortHog hog = PortHog.start("127.0.0.2", port, false)) {
            machine.has("127.0.0.1", "127.0.0.2");
            assertThat(next(blocked).holder().map(PortHolder::pid)).contains(hog.pid());
            machine.has("127.0.0.1");
            Eventually.until(
                    "there is no problem any more", () -> slot.state().problem().isEmpty());
        }
    }

    private ForwardSlot slot(Machine machine) {
        return new ForwardSlot(
                vertx,
                new Transport(vertx),
                new ForwardTls(Tls.withoutAuthority()),
                GatewayUnderTest.forward(GatewayUnderTest.loopback4(0), echo.port()),
                new BindProblems(PatientPortHolders.create()),
                events,
                new NetworkWatch(vertx, machine, OFTEN),
                on -> on.network().stream()
                        .map(address -> new InetSocketAddress(address, port))
                        .toList());
    }

    private void assertEchoes(String address) throws IOException {
        try (Socket socket = new Socket(address, port)) {
            socket.getOutputStream().write('x');
            assertThat(socket.getInputStream().read()).isEqualTo('x');
        }
    }

    private static <T> T next(BlockingQueue<T> told) throws InterruptedException {
        T next = told.poll(15, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return Objects.requireNonNull(next);
    }

    private static final class Machine implements NetworkWatch.Source {

        private final AtomicInteger looks = new AtomicInteger();
        private volatile MachineAddresses addresses = new MachineAddresses(List.of(), List.of());

        void has(String... all) {
            addresses =
                    new MachineAddresses(Stream.of(all).map(Addresses::literal).toList(), List.of());
        }

        void awaitLooks(int more) {
            int goal = looks.get() + more;
            Eventually.until("it looked again", () -> looks.get() >= goal);
        }

        @Override
        public MachineAddresses now() {
            looks.incrementAndGet();
            return addresses;
        }
    }
}

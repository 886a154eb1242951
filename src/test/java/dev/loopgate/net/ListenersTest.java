package dev.loopgate.net;

import static dev.loopgate.testkit.Ipv6.assumeIpv6;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.model.BindAddress;
import dev.loopgate.testkit.LeakCheck;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A machine with or without loopback families; the sockets are real. */
@ExtendWith(LeakCheck.class)
class ListenersTest {

    private final Vertx vertx = Transport.vertx(new VertxOptions());
    private final Transport transport = new Transport(vertx);

    @AfterEach
    void close() throws Exception {
        vertx.close().await(20, TimeUnit.SECONDS);
    }

    @Test
    void loopback_is_both_families_on_one_port() {
        assumeIpv6();
        Listeners both = open(address -> true);
        assertThat(both.sockets()).hasSize(2).extracting(Listener::port).doesNotContain(0);
        assertThat(both.sockets().get(1).port()).isEqualTo(both.sockets().get(0).port());
        assertThat(both.missing()).isEmpty();
        both.close().await();
    }

    @Test
    void loopback_is_the_family_that_is_there_and_tells_of_the_other() {
        Listeners four = open(address -> !(address.getAddress() instanceof Inet6Address));
        assertThat(four.addresses()).hasSize(1);
        assertThat(four.missing())
                .containsExactly(new InetSocketAddress(
                        Addresses.LOOPBACK6, four.sockets().get(0).port()));
        four.close().await();
    }

    @Test
    void a_machine_without_loopback_has_no_address_for_it() {
        assertThatThrownBy(() -> open(address -> false))
                .isInstanceOfSatisfying(
                        BindFailure.class,
                        failure -> assertThat(failure.kind()).isEqualTo(BindFailure.Kind.NO_SUCH_ADDRESS));
    }

    @Test
    void a_family_that_is_taken_is_not_taken_for_one_that_is_missing() throws Exception {
        assumeIpv6();
        try (ServerSocket holder = new ServerSocket(0, 1, Addresses.LOOPBACK6)) {
            BindAddress bind = BindAddress.loopback(holder.getLocalPort());
            assertThatThrownBy(() -> Listeners.open(bind, address -> transport.listen(address, channel -> {}))
                            .await())
                    .isInstanceOfSatisfying(
                            BindFailure.class,
                            failure -> assertThat(failure.kind()).isEqualTo(BindFailure.Kind.TAKEN));
            // Nothing is left of the other family.
            new ServerSocket(holder.getLocalPort(), 1, Addresses.LOOPBACK4).close();
        }
    }

    private Listeners open(Predicate<InetSocketAddress> has) {
        return Listeners.open(
                        BindAddress.loopback(0),
                        address -> has.test(address)
                                ? transport.listen(address, channel -> {})
                                : Future.failedFuture(
                                        new BindFailure(BindFailure.Kind.NO_SUCH_ADDRESS, address, "not here")))
                .await();
    }
}

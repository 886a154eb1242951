package dev.loopgate.forward;

import static dev.loopgate.forward.ForwardFixture.connect;
import static dev.loopgate.forward.ForwardFixture.port;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loopgate.model.Access;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Cidr;
import dev.loopgate.model.Forward;
import dev.loopgate.model.UpstreamAddress.LoopbackPort;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.BindFailure;
import dev.loopgate.net.Transport;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.TcpPeer;
import dev.loopgate.testkit.Wire;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a reload does to a forward and its connections. */
@ExtendWith(LeakCheck.class)
class TcpForwardChangeTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final ForwardFixture fixture = new ForwardFixture();
    private final TcpPeer one = TcpPeer.start(wire -> serve("1", wire));
    private final TcpPeer two = TcpPeer.start(wire -> serve("2", wire));

    @AfterEach
    void close() throws Exception {
        fixture.close();
        one.close();
        two.close();
    }

    @Test
    void a_changed_rule_is_for_new_connections_while_old_ones_go_on() {
        TcpForward forward = fixture.open(rule(one, Access.ALL, LONG));
        try (Wire old = connect(forward)) {
            assertThat(old.read(1)).isEqualTo(new byte[] {'1'});
            forward.change(rule(two, Access.ALL, LONG));
            try (Wire fresh = connect(forward)) {
                assertThat(fresh.read(1)).isEqualTo(new byte[] {'2'});
                old.send("still");
                assertThat(old.read(5)).hasSize(5);
            }
        }
    }

    @Test
    void connections_to_a_target_that_is_gone_are_reset_after_the_drain() {
        TcpForward forward = fixture.open(rule(one, Access.ALL, LONG));
        try (Wire old = connect(forward)) {
            assertThat(old.read(1)).hasSize(1);
            forward.change(rule(two, Access.ALL, Duration.ofMillis(100)));
            assertThat(old.awaitEnd()).isEqualTo(Wire.End.RESET);
        }
    }

    @Test
    void connections_whose_target_stays_outlive_the_drain() {
        TcpForward forward = fixture.open(rule(one, Access.ALL, LONG));
        try (Wire old = connect(forward);
                Wire gone = connect(fixture.open(rule(one, Access.ALL, LONG)))) {
            assertThat(old.read(1)).hasSize(1);
            assertThat(gone.read(1)).hasSize(1);
            forward.change(rule(one, new Access(List.of(), List.of(new Cidr("0a000000", 8))), Duration.ZERO));
            old.send("still");
            assertThat(old.read(5)).hasSize(5);
        }
    }

    @Test
    void connections_that_the_new_rule_forbids_are_reset_at_once() {
        TcpForward forward = fixture.open(rule(one, Access.ALL, LONG));
        try (Wire old = connect(forward)) {
            assertThat(old.read(1)).hasSize(1);
            forward.change(rule(one, new Access(List.of(), List.of(Cidr.of(Addresses.LOOPBACK4, 32))), LONG));
            assertThat(old.awaitEnd()).isEqualTo(Wire.End.RESET);
        }
    }

    @Test
    void a_retired_forward_frees_its_port_at_once_and_lets_connections_finish() throws Exception {
        TcpForward forward = fixture.open(rule(one, Access.ALL, LONG));
        int port = port(forward);
        try (Wire old = connect(forward)) {
            assertThat(old.read(1)).hasSize(1);
            Future<Void> retired = forward.retire();
            Eventually.until("the port is free", () -> free(port));
            old.send("still");
            assertThat(old.read(5)).hasSize(5);
            assertThat(retired.isComplete()).isFalse();
            old.finish();
            assertThat(old.awaitEnd()).isEqualTo(Wire.End.FIN);
            retired.await(15, TimeUnit.SECONDS);
        }
        assertThat(forward.status().listening()).isEmpty();
    }

    @Test
    void a_retired_forward_resets_what_is_left_after_the_drain() throws Exception {
        TcpForward forward = fixture.open(rule(one, Access.ALL, Duration.ofMillis(100)));
        try (Wire old = connect(forward)) {
            assertThat(old.read(1)).hasSize(1);
            Future<Void> retired = forward.retire();
            assertThat(old.awaitEnd()).isEqualTo(Wire.End.RESET);
            retired.await(15, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_stop_waits_for_sockets_that_are_just_being_opened() throws Exception {
        TcpForward fresh = new TcpForward(fixture.transport, fixture.tls, rule(one, Access.ALL, LONG), fixture);
        Future<Void> opening = fresh.open();
        fresh.stopAccepting().await(15, TimeUnit.SECONDS);
        assertThat(opening.isComplete()).isTrue();
        assertThat(fresh.status().listening()).isEmpty();
    }

    @Test
    void a_stop_waits_for_sockets_that_are_just_being_added() throws Exception {
        // There a bind takes longer than a close.
        Vertx nio = Vertx.vertx();
        TcpForward forward = new TcpForward(new Transport(nio), fixture.tls, rule(one, Access.ALL, LONG), fixture);
        forward.open().await(15, TimeUnit.SECONDS);
        InetSocketAddress first = ForwardFixture.sockets(forward).get(0);
        InetSocketAddress second = new InetSocketAddress("127.0.0.2", first.getPort());
        Future<?> following = forward.follow(List.of(first, second));
        forward.stopAccepting().await(15, TimeUnit.SECONDS);
        assertThat(following.isComplete()).isTrue();
        assertThat(forward.status().listening()).isEmpty();
        try (ServerSocket probe = new ServerSocket(second.getPort(), 1, second.getAddress())) {
            assertThat(probe.isBound()).isTrue();
        } finally {
            nio.close().await(15, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_port_that_is_taken_fails_to_open_and_can_be_tried_again() throws Exception {
        TcpForward forward;
        try (ServerSocket holder = new ServerSocket(0, 1, Addresses.LOOPBACK4)) {
            Forward.Tcp free = rule(one, Access.ALL, LONG);
            forward = new TcpForward(
                    fixture.transport,
                    fixture.tls,
                    free.with(BindAddress.of("127.0.0.1", holder.getLocalPort())),
                    fixture);
            assertThatThrownBy(() -> forward.open().await()).isInstanceOf(BindFailure.class);
        }
        forward.open().await(15, TimeUnit.SECONDS);
        assertThat(forward.status().listening()).hasSize(1);
        forward.retire(Duration.ZERO).await(15, TimeUnit.SECONDS);
    }

    private static Forward.Tcp rule(TcpPeer target, Access access, Duration drain) {
        return ForwardFixture.rule(access, 0, Duration.ZERO, drain, new LoopbackPort(target.port()));
    }

    private static boolean free(int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, Addresses.LOOPBACK4)) {
            return probe.isBound();
        } catch (java.io.IOException taken) {
            return false;
        }
    }

    private static void serve(String greeting, Wire wire) {
        wire.send(greeting);
        TcpForwardTest.echo(wire);
    }
}

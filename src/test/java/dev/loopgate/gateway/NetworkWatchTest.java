package dev.loopgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.net.Addresses;
import dev.loopgate.net.MachineAddresses;
import dev.loopgate.net.Transport;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.LeakCheck;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class NetworkWatchTest {

    private static final int CROWD = 1_000;

    private final Vertx vertx = Transport.vertx(new VertxOptions());
    private final AtomicInteger looks = new AtomicInteger();
    private volatile List<String> machine = List.of("192.0.2.1");
    private volatile boolean silent;
    private final NetworkWatch watch = new NetworkWatch(vertx, this::addresses, Duration.ofMillis(20));

    private final List<NetworkWatch.Follower> followers = new ArrayList<>();

    private void follow(NetworkWatch.Follower follower) {
        followers.add(follower);
        watch.add(follower);
    }

    private MachineAddresses addresses() throws SocketException {
        looks.incrementAndGet();
        if (silent) {
            throw new SocketException("no answer");
        }
        return new MachineAddresses(machine.stream().map(Addresses::literal).toList(), List.of());
    }

    @AfterEach
    void close() {
        followers.forEach(watch::remove);
        Watched.await(vertx.close());
    }

    @Test
    void one_look_serves_all_that_ask_at_once() {
        List<Future<MachineAddresses>> asked =
                IntStream.range(0, CROWD).mapToObj(i -> watch.now()).toList();
        Watched.await(Future.all(asked));
        assertThat(looks.get()).isLessThan(CROWD / 10);
    }

    @Test
    void a_crowd_is_told_of_each_look_and_of_what_is_new() {
        Queue<MachineAddresses> told = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < CROWD; i++) {
            follow(told::add);
        }
        Eventually.until("three looks", () -> told.size() >= 3 * CROWD);
        assertThat(looks.get()).isLessThan(told.size() / 100);
        assertThat(told).allSatisfy(now -> assertThat(now).isEqualTo(told.peek()));

        machine = List.of("192.0.2.2");
        Eventually.until("the change to be told", () -> told.stream().anyMatch(now -> !now.equals(told.peek())));
    }

    @Test
    void looks_again_after_the_system_did_not_answer() {
        silent = true;
        Queue<MachineAddresses> told = new ConcurrentLinkedQueue<>();
        follow(told::add);
        Eventually.until("two looks", () -> looks.get() >= 2);
        assertThat(told).isEmpty();
        silent = false;
        Eventually.until("an answer", () -> !told.isEmpty());
    }

    @Test
    void begins_again_after_nobody_followed() {
        NetworkWatch.Follower first = now -> {};
        follow(first);
        Eventually.until("a look", () -> looks.get() > 0);
        watch.remove(first);
        Queue<MachineAddresses> told = new ConcurrentLinkedQueue<>();
        follow(told::add);
        Eventually.until("another one", () -> !told.isEmpty());
    }
}
